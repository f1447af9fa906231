"""A shop's table read back onto its shelf: a wrong line is named, the rest goes in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import BelowPromisedError, ImportRefusedError
from app.merchants.models import Listing, Variant
from app.merchants.policies import selling
from app.merchants.policies import sheets as cells
from app.merchants.queries.shelf import sheet_of
from app.merchants.services.encodings import text_of
from app.merchants.services.listings import change_listing, open_listing, shelve
from app.merchants.services.shelf import draft_of
from app.merchants.types import ListingDraft, ListingKind, VariantDraft
from app.merchants.types.sheets import SheetFault, SheetLine, SheetReport

MOST_LINES, MOST_SIZES = 2000, 6
_TEXTS = ("name_zh", "name_en", "unit", "allergens", "rules", "description")
Cells = Mapping[str, str]


@dataclass(slots=True)
class _Wanted:
    """What the table wants of one listing that is there: its words, its sizes, their stock."""

    words: dict[str, Any] = field(default_factory=dict)
    sizes: dict[int, VariantDraft] = field(default_factory=dict)
    more: list[VariantDraft] = field(default_factory=list)
    stock: dict[int, tuple[int, int]] = field(default_factory=dict)


def read_sheet(actor: Viewer, merchant_id: int, content: bytes, *, at: datetime) -> SheetReport:
    """Change the shelf as the table says, new things as drafts, and return what came of it; a line
    that breaks a rule is named with its column and left out. Refuses a file that is no such table.
    """
    selling.check_keeps(actor, merchant_id)
    report = SheetReport()
    there = {line.variant: line for line in sheet_of(merchant_id)}
    wanted: dict[int, _Wanted] = {}
    made: dict[tuple[str, str], ListingDraft] = {}
    for number, row in _rows(content, report):
        try:
            if _is_new(row):
                _make(row, made)
            elif not _read(row, there, wanted, number):
                report.as_before += 1
        except FieldError as refused:
            report.faults.append(SheetFault(number, refused.field, str(refused)))
    for listing_id, change in sorted(wanted.items()):
        _carry_out(actor, listing_id, change, report, at)
    for draft in made.values():
        open_listing(actor, merchant_id, draft, at=at)
        report.added += 1
    report.faults.sort(key=lambda fault: fault.line)
    return report


def _rows(content: bytes, report: SheetReport) -> Iterator[tuple[int, Cells]]:
    text = text_of(content)
    first = text.partition("\n")[0]
    between = max((",", ";", "\t"), key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        columns = cells.columns_of(next(lines, []))
        if "price" not in columns or not {"name_zh", "name_en", "variant"} & set(columns):
            raise ImportRefusedError(
                _l("This table has no columns for name and price. Take the shelf's own as a start.")
            )
        begins, rows = lines.line_num + 1, 0
        for fields in lines:
            number, begins = begins, lines.line_num + 1
            if not any(cell.strip() for cell in fields):
                continue
            rows += 1
            if rows > MOST_LINES:
                raise ImportRefusedError(_l("This table is too long. Send it in parts."))
            if len(fields) > len(columns):
                reason = str(_l("This line has more cells than there are columns."))
                report.faults.append(SheetFault(number, "", reason))
                continue
            yield number, {key: cell for key, cell in zip(columns, fields, strict=False) if key}
    except csv.Error as broken:
        raise ImportRefusedError(_l("This is not a table: %(why)s"), why=str(broken)) from broken


def _is_new(row: Cells) -> bool:
    return not row.get("variant", "").strip() and not row.get("listing", "").strip()


def _read(
    row: Cells, there: Mapping[int, SheetLine], wanted: dict[int, _Wanted], number: int
) -> bool:
    """Note what a line with a number wants; return whether that is anything new."""
    variant_id = cells.number_cell("variant", row.get("variant", ""), most=2**31 - 1)
    listing_id = cells.number_cell("listing", row.get("listing", ""), most=2**31 - 1)
    if variant_id is None:
        old = next((line for line in there.values() if line.listing == listing_id), None)
    else:
        old = there.get(variant_id)
    if old is None or listing_id not in (None, old.listing):
        column = "listing" if variant_id is None else "variant"
        raise FieldError(column, _l("There is no such number on this shelf."))
    if variant_id is not None:
        return _compare(row, old, wanted, number)
    size = _size(row)
    change = wanted.setdefault(old.listing, _Wanted())
    count = sum(line.listing == old.listing for line in there.values()) + len(change.more)
    if count >= MOST_SIZES:
        raise FieldError("size_zh", _l("A listing has six sizes at most."))
    change.more.append(size)
    return True


def _compare(row: Cells, old: SheetLine, wanted: dict[int, _Wanted], number: int) -> bool:
    """Note what a line says otherwise than the shelf; return whether it says anything new."""
    words: dict[str, Any] = {
        key: cells.text_cell(key, row[key])
        for key in _TEXTS
        if key in row and not cells.is_same(row[key], getattr(old, key))
    }
    names = [str(words.get(key, getattr(old, key))) for key in ("name_zh", "name_en")]
    selling.check_named(*names)
    if old.kind == ListingKind.SERVICE.value and row.get("minutes", "").strip():
        minutes = cells.number_cell("minutes", row["minutes"], least=5, most=1440)
        if minutes != old.minutes:
            words["duration_minutes"] = minutes
    size = VariantDraft(
        price_minor=cells.price_cell(row.get("price", "")),
        name_zh=_kept(row, "size_zh", old.size_zh),
        name_en=_kept(row, "size_en", old.size_en),
        id=old.variant,
    )
    is_other = (size.price_minor, size.name_zh, size.name_en) != (
        old.price_minor, old.size_zh, old.size_en,
    )  # fmt: skip
    stock = cells.number_cell("stock", row.get("stock", ""))
    counts = stock is not None and stock != old.stock and old.kind == ListingKind.GOODS.value
    if not (words or is_other or counts):
        return False
    change = wanted.setdefault(old.listing, _Wanted())
    change.words |= words
    if is_other:
        change.sizes[old.variant] = size
    if counts and stock is not None:
        change.stock[old.variant] = (stock, number)
    return True


def _kept(row: Cells, key: str, old: str) -> str:
    return old if key not in row or cells.is_same(row[key], old) else cells.text_cell(key, row[key])


def _size(row: Cells) -> VariantDraft:
    return VariantDraft(
        price_minor=cells.price_cell(row.get("price", "")),
        name_zh=cells.text_cell("size_zh", row.get("size_zh", "")),
        name_en=cells.text_cell("size_en", row.get("size_en", "")),
        stock=cells.number_cell("stock", row.get("stock", "")),
    )


def _make(row: Cells, made: dict[tuple[str, str], ListingDraft]) -> None:
    words: dict[str, Any] = {key: cells.text_cell(key, row.get(key, "")) for key in _TEXTS}
    selling.check_named(words["name_zh"], words["name_en"])
    size = _size(row)
    key = (words["name_zh"], words["name_en"])
    if key in made:
        if len(made[key].variants) >= MOST_SIZES:
            raise FieldError("size_zh", _l("A listing has six sizes at most."))
        made[key] = replace(made[key], variants=(*made[key].variants, size))
        return
    kind = ListingKind(cells.kind_cell(row.get("kind", "")))
    minutes = cells.number_cell("minutes", row.get("minutes", ""), least=5, most=1440)
    if kind is ListingKind.SERVICE and minutes is None:
        raise FieldError("minutes", _l("Say how long the service takes."))
    made[key] = ListingDraft(
        kind=kind, variants=(size,), is_draft=True, **words,
        duration_minutes=minutes if kind is ListingKind.SERVICE else None,
    )  # fmt: skip


def _carry_out(
    actor: Viewer, listing_id: int, change: _Wanted, report: SheetReport, at: datetime
) -> None:
    listing = db.session.get_one(Listing, listing_id)
    if change.words or change.sizes or change.more:
        now = draft_of(listing)
        sizes = [change.sizes.get(size.id or 0, size) for size in now.variants]
        draft = replace(now, variants=(*sizes, *change.more), **change.words)
        change_listing(actor, listing_id, draft, at=at)
    is_done = bool(change.words or change.sizes or change.more)
    for variant_id, (total, number) in sorted(change.stock.items()):
        try:
            shelve(db.session.get_one(Variant, variant_id), total, at)
            is_done = True
        except BelowPromisedError as low:
            report.faults.append(SheetFault(number, "stock", str(low)))
    report.changed += is_done
