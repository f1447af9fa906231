"""Putting things into the index and taking them out, in the transaction that changes them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.db import changed, db, is_postgresql
from app.core.search.models import SearchDocument
from app.core.search.types import Document
from app.core.search.words import marked, normalised, tokens_of

_LONGEST_BODY = 20_000


def put(
    kind: str,
    subject_id: int,
    *,
    title: str,
    body: str,
    lang: str = "",
    audience: str = "public",
    weight: float = 0,
    at: datetime | None = None,
) -> None:
    """Make a thing findable, or findable as it is now."""
    put_many([Document(kind, subject_id, title, body, at or clock.now(), lang, audience, weight)])


def put_many(documents: Sequence[Document]) -> None:
    """Make many things findable with a few statements per kind; in one call each thing may come
    once.
    """
    for kind in dict.fromkeys(document.kind for document in documents):
        of_kind = [document for document in documents if document.kind == kind]
        known = _known(kind, [document.subject_id for document in of_kind])
        rows = [_row(document) for document in of_kind]
        fresh = [row for row in rows if row["subject_id"] not in known]
        if fresh:
            _insert(fresh)
        for row in rows:
            if row["subject_id"] in known:
                _update(row, *known[row["subject_id"]])


def drop(kind: str, *subject_ids: int) -> None:
    """Take things of a kind out of the index; what is not in it is left so."""
    known = list(_known(kind, subject_ids).values()) if subject_ids else []
    if known:
        _forget_all(known)
        ids = [document_id for document_id, _text in known]
        changed(sa.delete(SearchDocument).where(SearchDocument.id.in_(ids)))


def clear(kind: str) -> None:
    """Take all things of a kind out of the index, before they are put in again."""
    if not is_postgresql():
        rows = db.session.execute(
            sa.select(SearchDocument.id, SearchDocument.text).where(SearchDocument.kind == kind)
        )
        if known := [(document_id, text) for document_id, text in rows]:
            _forget_all(known)
    changed(sa.delete(SearchDocument).where(SearchDocument.kind == kind))


_FORGET = sa.text(
    "INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', :id, :tokens)"
)
_REMEMBER = sa.text("INSERT INTO search_index(rowid, tokens) VALUES (:id, :tokens)")


def _known(kind: str, subject_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    rows = db.session.execute(
        sa.select(SearchDocument.subject_id, SearchDocument.id, SearchDocument.text).where(
            SearchDocument.kind == kind, SearchDocument.subject_id.in_(list(subject_ids))
        )
    )
    return {subject_id: (document_id, text) for subject_id, document_id, text in rows}


def _row(document: Document) -> dict[str, Any]:
    title, body = document.title, document.body[:_LONGEST_BODY]
    text = f"{normalised(title)}\n{normalised(body)}"
    row = {
        "kind": document.kind,
        "subject_id": document.subject_id,
        "title": title,
        "body": body,
        "text": marked(text),
        "lang": document.lang,
        "audience": document.audience,
        "weight": document.weight,
        "at": document.at,
    }
    return row | {"tokens": sorted(tokens_of(text))} if is_postgresql() else row


def _insert(rows: list[dict[str, Any]]) -> None:
    step = sa.insert(SearchDocument).returning(
        SearchDocument.subject_id, SearchDocument.id, SearchDocument.text
    )
    written = db.session.execute(step, rows).all()
    if not is_postgresql():
        remembered = [
            {"id": document_id, "tokens": _line(tokens_of(_unmarked(text)))}
            for _subject_id, document_id, text in written
        ]
        db.session.execute(_REMEMBER, remembered)


def _update(row: dict[str, Any], document_id: int, old_text: str) -> None:
    changed(sa.update(SearchDocument).where(SearchDocument.id == document_id).values(**row))
    if not is_postgresql() and row["text"] != old_text:
        _forget_all([(document_id, old_text)])
        tokens = _line(tokens_of(_unmarked(row["text"])))
        db.session.execute(_REMEMBER, {"id": document_id, "tokens": tokens})


def _forget_all(documents: Sequence[tuple[int, str]]) -> None:
    """Take texts' tokens out of SQLite's index, which keeps no copy of them; this way serves every
    version.
    """
    if not is_postgresql():
        gone = [{"id": number, "tokens": _line(tokens_of(_unmarked(t)))} for number, t in documents]
        db.session.execute(_FORGET, gone)


def _unmarked(text: str) -> str:
    return text.replace("\x01", "")


def _line(tokens: Iterable[str]) -> str:
    return " ".join(sorted(tokens))
