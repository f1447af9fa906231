"""Reads a list of divisions (streets, communities) as public bodies publish it: CSV with a header,
UTF-8 or GB 18030, packed by gzip or not.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.errors import FieldError
from app.core.i18n import gettext as _

LARGEST_FILE = 12 * 1024 * 1024
MOST_ROWS = 60_000
NAMES = ("name", "名称", "社区", "街道", "neighbourhood", "neighborhood")
CODES = ("code", "代码", "编码", "id")
ENGLISH = ("name_en", "english", "英文名", "英文")


@dataclass(frozen=True, slots=True)
class Division:
    """One row of such a list."""

    code: str
    name: str
    name_en: str = ""


def read_divisions(content: bytes) -> list[Division]:
    """Return the rows of a file; refuses (FieldError `file`) what is no such list, and says why."""
    rows = csv.reader(io.StringIO(_text(_unpacked(content)), newline=""))
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        name, code, english = (_column(header, known) for known in (NAMES, CODES, ENGLISH))
        if name is None:
            said = ", ".join(header)[:80]
            raise _refused(
                _("No column is called “name”; the first line says: %(line)s", line=said)
            )
        found = list(_divisions(rows, name, code, english))
    except csv.Error as wrong:
        raise _refused(_("This is not a CSV file: %(why)s", why=str(wrong))) from wrong
    if not found:
        raise _refused(_("The file holds no names."))
    return found


def _divisions(
    rows: Iterable[Sequence[str]], name: int, code: int | None, english: int | None
) -> Iterable[Division]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise _refused(_("More than %(most)d rows: take the file of one city.", most=MOST_ROWS))
        words = _cell(row, name)[:60]
        if words and words.isprintable():
            yield Division(_cell(row, code)[:20] or str(number), words, _cell(row, english)[:80])


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _column(header: list[str], known: tuple[str, ...]) -> int | None:
    return next((header.index(word) for word in known if word in header), None)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    opened = zlib.decompressobj(wbits=31)
    try:
        plain = opened.decompress(content, LARGEST_FILE)
    except zlib.error as wrong:
        raise _refused(_("This packed file is damaged.")) from wrong
    if opened.unconsumed_tail:
        raise _refused(_("Unpacked, this file is too large."))
    if not opened.eof:
        raise _refused(_("This packed file is damaged."))
    return plain


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(_("This is not text: save it as CSV, in UTF-8."))


def _refused(why: str) -> FieldError:
    return FieldError("file", why)


def found_among(rows: Sequence[Division], words: str) -> list[Division]:
    """Return the rows whose code begins with the words or whose name holds them."""
    wanted = words.strip().lower()
    return [
        row
        for row in rows
        if not wanted
        or row.code.startswith(wanted)
        or wanted in f"{row.name} {row.name_en}".lower()
    ]
