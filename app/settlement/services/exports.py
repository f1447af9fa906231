"""Reading of sales exports: looked through whole before anything is written, then line by line."""

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from app.core import clock
from app.core.i18n import gettext as _
from app.core.money import Money, NotMoneyError
from app.settlement.errors import ExportUnreadableError, LineRejectedError
from app.settlement.types import ExportColumns, ExportLine, Inspection, LineFate, SaleLine

LARGEST = 4 * 1024**3
LARGEST_RATIO = 200
FEES = frozenset({"POST", "DOT", "M", "D", "S", "C2", "B", "CRUK", "BANK CHARGES", "AMAZONFEE"})
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")


class _Guarded:
    """Counts what comes out of a file, and stops a bomb."""

    def __init__(self, source: BinaryIO, packed: int) -> None:
        self._source = source
        self._limit = min(LARGEST, max(packed, 4096) * LARGEST_RATIO)
        self._seen = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._source:
            self._seen += len(line)
            if self._seen > self._limit:
                raise ExportUnreadableError("file", _("The file unpacks to far more than it says."))
            self.digest.update(line)
            yield line


@contextmanager
def _opened(path: Path) -> Iterator[_Guarded]:
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if is_packed else raw
            yield _Guarded(cast("BinaryIO", stream), path.stat().st_size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise ExportUnreadableError("file", _("The file is cut off or damaged.")) from broken
    except OSError as missing:
        raise ExportUnreadableError("file", _("The file cannot be opened.")) from missing


def _text(source: _Guarded, encoding: str) -> Iterator[str]:
    for number, line in enumerate(source, start=1):
        try:
            text = line.decode(encoding)
        except (UnicodeDecodeError, LookupError) as wrong:
            message = _("Line %(number)s is not %(encoding)s.", number=number, encoding=encoding)
            raise ExportUnreadableError("file", message) from wrong
        yield text.removeprefix("\ufeff") if number == 1 else text


def export_lines(
    path: Path, columns: ExportColumns, *, encoding: str = "utf-8"
) -> Iterator[ExportLine]:
    """Yield the data lines of an export; refuses (ExportUnreadableError) what is no such file."""
    with _opened(path) as source:
        yield from _lines(source, columns, encoding)


def inspected(path: Path, columns: ExportColumns, *, encoding: str = "utf-8") -> Inspection:
    """Read a whole export without keeping it; refuses a damaged, mis-encoded, empty or foreign
    file.
    """
    with _opened(path) as source:
        count = sum(1 for _line in _lines(source, columns, encoding))
        if not count:
            raise ExportUnreadableError("file", _("The file has no lines."))
        return Inspection(source.digest.hexdigest(), count)


def _lines(source: _Guarded, columns: ExportColumns, encoding: str) -> Iterator[ExportLine]:
    rows = csv.reader(cast("TextIO", _text(source, encoding)), strict=True)
    names = [getattr(columns, name) for name in ExportColumns.__slots__]
    try:
        header = [name.strip() for name in next(rows, [])]
        missing = [name for name in names if name not in header]
        if missing:
            message = _("These columns are missing: %(names)s", names=", ".join(missing))
            raise ExportUnreadableError("file", message)
        places = [header.index(name) for name in names]
        for n, row in enumerate((row for row in rows if row), start=1):
            full = row + [""] * (len(header) - len(row))
            yield ExportLine(n, *(full[place] for place in places))
    except csv.Error as wrong:
        message = _("Line %(number)s is no CSV: %(why)s", number=rows.line_num, why=str(wrong))
        raise ExportUnreadableError("file", message) from wrong


def understood(line: ExportLine, fees: frozenset[str]) -> SaleLine:
    """Return a line in pieces and minor units; refuses (LineRejectedError) with its reason."""
    try:
        quantity = int(line.quantity)
    except ValueError as wrong:
        raise LineRejectedError("the quantity is no whole number") from wrong
    try:
        unit = Money.of(line.price.strip())
    except NotMoneyError as wrong:
        raise LineRejectedError(_why_no_price(line.price)) from wrong
    is_fee = line.code.strip().upper() in fees
    return SaleLine(
        line.n,
        line.invoice.strip(),
        line.code.strip(),
        line.name.strip(),
        quantity,
        unit.minor,
        _instant(line.at),
        line.customer.strip(),
        _fate(line, quantity, unit.minor, is_fee=is_fee),
    )


def _why_no_price(text: str) -> str:
    try:
        return (
            "the price is below the smallest coin"
            if Decimal(text.strip()).is_finite()
            else "no price"
        )
    except InvalidOperation:
        return "the price is no number"


def _instant(text: str) -> datetime:
    for shape in TIMES:
        try:
            naive = datetime.strptime(text.strip(), shape)  # noqa: DTZ007 - the town's zone is put on below
        except ValueError:
            continue
        return clock.at_local(naive.date(), naive.time())
    raise LineRejectedError("the time is not understood")


def _fate(line: ExportLine, quantity: int, unit_minor: int, *, is_fee: bool) -> LineFate:
    if not line.invoice.strip() or not line.code.strip():
        raise LineRejectedError("no invoice or no code")
    if quantity == 0:
        raise LineRejectedError("the quantity is zero")
    if is_fee:
        return LineFate.ADJUSTMENT
    if unit_minor < 0:
        raise LineRejectedError("a negative price that is no fee")
    if quantity > 0:
        return LineFate.SALE
    if unit_minor == 0:
        raise LineRejectedError("a stock correction without money")
    return LineFate.RETURN


def money_of(line: ExportLine) -> Decimal:
    """Return what a line says it is worth, as exactly as it says it; 0 where it says nothing."""
    try:
        value = Decimal(line.quantity.strip()) * Decimal(line.price.strip())
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)
