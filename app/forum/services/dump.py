"""Reads a Stack Exchange dump, one row at a time, and trusts nothing in it."""

import gzip
import heapq
import html
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.forum.errors import DumpRefusedError
from app.forum.services.markdown import rendered, shortened
from app.forum.types import Format, PastAuthor, PastPost

FILES = ("Posts", "Comments", "Users", "Badges")
QUESTION, ANSWER = "1", "2"
# So many bytes without a row are no dump; it keeps a bomb from filling the memory.
ROOM = 16 * 1024 * 1024
_UNREADABLE = (OSError, EOFError, zlib.error, ParseError, ValueError, LookupError)

Row = dict[str, str]


class _Counted:
    """A file that is refused when it goes on for too long without a row."""

    def __init__(self, source: Any) -> None:
        self.source, self.since_row = source, 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.source.read(min(size, 65_536) if size > 0 else 65_536)
        self.since_row += len(data)
        if self.since_row > ROOM:
            raise ValueError("it is far too long without a row")
        return data


def file_of(folder: Path, name: str) -> Path | None:
    """Return where one of the dump's files lies, plain or packed, or None."""
    for suffix in (".xml", ".xml.gz"):
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    return None


def rows(folder: Path, name: str) -> Iterator[Row]:
    """Give the rows of one file; an absent file has none.

    Refuses (DumpRefusedError) what is truncated, mis-encoded or not a dump, and any entity, own or
    from outside.
    """
    path = file_of(folder, name)
    if path is None:
        return
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as source:
            yield from _elements(_Counted(source), name)
    except DefusedXmlException as refused:
        raise DumpRefusedError(file=path.name, reason="it declares entities") from refused
    except _UNREADABLE as refused:
        raise DumpRefusedError(file=path.name, reason=str(refused) or "it ends early") from refused


def _elements(source: _Counted, name: str) -> Iterator[Row]:
    root: Any = None
    for moment, element in iterparse(source, events=("start", "end")):
        if root is None:
            root = element
            if root.tag.lower() != name.lower():
                raise ValueError(f"it holds <{root.tag[:40]}>, not <{name.lower()}>")
        elif moment == "end" and element.tag == "row":
            source.since_row = 0
            yield dict(element.attrib)
            root.clear()


def authors_in(folder: Path, wanted: set[str]) -> dict[str, PastAuthor]:
    """Return the people of the dump who said something, by their number there."""
    found = {}
    for row in rows(folder, "Users"):
        number = row.get("Id", "")
        if number in wanted and not number.startswith("-"):
            name = row.get("DisplayName", "").strip()[:40] or f"user{number}"
            joined = instant_of(row.get("CreationDate")) or datetime(2000, 1, 1, tzinfo=UTC)
            about = shortened(rendered(row.get("AboutMe", ""), Format.HTML).words, 300) or None
            found[number] = PastAuthor(number, name, joined, about)
    return found


def said_in(
    folder: Path, authors: dict[str, PastAuthor]
) -> Iterator[tuple[str, str, PastPost | str]]:
    """Give everything said in the dump in the order of time: file, number, and the post or why it
    is left out.
    """
    streams = [_dated(folder, name) for name in ("Posts", "Comments")]
    early = datetime(1970, 1, 1, tzinfo=UTC)
    makers = {"Posts": _post, "Comments": _comment}
    for said_at, name, row in heapq.merge(*streams, key=lambda entry: entry[0] or early):
        number = row.get("Id", "")
        if not number.isdecimal() or len(number) > 18:
            yield name, number[:40], "it has no number"
        elif said_at is None:
            yield name, number, "it has no date"
        else:
            yield name, number, makers[name](row, said_at, authors)


def _dated(folder: Path, name: str) -> Iterator[tuple[datetime | None, str, Row]]:
    return ((instant_of(row.get("CreationDate")), name, row) for row in rows(folder, name))


def accepted_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Give question and accepted answer, by their keys."""
    for row in rows(folder, "Posts"):
        if row.get("PostTypeId") == QUESTION and row.get("AcceptedAnswerId"):
            yield f"post:{row['Id']}", f"post:{row['AcceptedAnswerId']}"


def instant_of(text: str | None) -> datetime | None:
    """Return the UTC instant a dump writes, or None where it writes none."""
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        return None


def _post(row: Row, said_at: datetime, authors: dict[str, PastAuthor]) -> PastPost | str:
    kind = row.get("PostTypeId")
    if kind not in {QUESTION, ANSWER}:
        return "it is neither a question nor an answer (a tag's description)"
    if kind == QUESTION and not row.get("Title", "").strip():
        return "it is a question without a title"
    author, name = _author(row, "OwnerUserId", "OwnerDisplayName", authors)
    return PastPost(
        key=f"post:{row['Id']}",
        parent_key=None if kind == QUESTION else f"post:{row.get('ParentId', '')}",
        body=row.get("Body", ""),
        format=Format.HTML,
        said_at=said_at,
        author=author,
        author_name=name,
        title=html.unescape(row.get("Title", "")).strip(),
        score=_whole(row.get("Score")),
        edited_at=instant_of(row.get("LastEditDate")),
        closed_at=instant_of(row.get("ClosedDate")),
    )


def _comment(row: Row, said_at: datetime, authors: dict[str, PastAuthor]) -> PastPost | str:
    author, name = _author(row, "UserId", "UserDisplayName", authors)
    return PastPost(
        key=f"comment:{row['Id']}",
        parent_key=f"post:{row.get('PostId', '')}",
        body=row.get("Text", ""),
        format=Format.MARKDOWN,
        said_at=said_at,
        author=author,
        author_name=name,
        score=_whole(row.get("Score")),
        is_quoting=True,
    )


def _author(
    row: Row, number_at: str, name_at: str, authors: dict[str, PastAuthor]
) -> tuple[PastAuthor | None, str | None]:
    author = authors.get(row.get(number_at, ""))
    return author, None if author else row.get(name_at, "").strip()[:80] or None


def _whole(text: str | None) -> int:
    number = (text or "").lstrip("-")
    return int(text or 0) if number.isdecimal() and len(number) < 10 else 0
