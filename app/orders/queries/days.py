"""Which pickup times what is made to order leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from app.core.i18n import gettext as _
from app.core.i18n import ngettext, pick
from app.merchants.queries.days import first_day, free_on_days
from app.merchants.types import PointRow, SlotChoice, SlotState
from app.orders.types import Quote, QuoteLine

Offered = dict[int, list[tuple[PointRow, list[SlotChoice]]]]
Free = Mapping[tuple[int, date], int | None]


def limited(quote: Quote, slots: Offered, *, at: datetime) -> Offered:
    """Return pickup times with those closed, saying why, on whose day something of the basket
    cannot be made. One statement where a shop makes so many a day, else none.
    """
    found = dict(slots)
    free = _free(quote, slots, at)
    for shop in quote.shops:
        lines = [one for one in shop.lines if one.lead_days or one.daily_total]
        if lines and shop.merchant_id in slots:
            found[shop.merchant_id] = [
                (point, [_closed(slot, lines, free, at) for slot in choices])
                for point, choices in slots[shop.merchant_id]
            ]
    return found


def _free(quote: Quote, slots: Offered, at: datetime) -> Free:
    totals = {line.listing_id: line.daily_total for line in quote.lines if line.daily_total}
    shops = {line.merchant_id for line in quote.lines if line.daily_total}
    days = {slot.day for shop_id in shops for _p, some in slots.get(shop_id, ()) for slot in some}
    return free_on_days(totals, sorted(days), at=at)


def _closed(slot: SlotChoice, lines: Sequence[QuoteLine], free: Free, at: datetime) -> SlotChoice:
    if slot.state is not SlotState.FREE:
        return slot
    for line in lines:
        if slot.day < first_day(line.lead_days, at=at):
            told = ngettext("Needs a day's notice", "Needs %(num)s days' notice", line.lead_days)
            return replace(slot, state=SlotState.TOO_LATE, reason=told)
    for listing_id, wanted in pieces_by_listing(lines).items():
        left = free.get((listing_id, slot.day))
        if left is not None and left < wanted:
            line = next(one for one in lines if one.listing_id == listing_id)
            name = pick(line.name_zh, line.name_en)
            told = _("No more of %(name)s that day", name=name)
            return replace(slot, state=SlotState.FULL, reason=told)
    return slot


def pieces_by_listing(lines: Iterable[QuoteLine]) -> dict[int, int]:
    """Return how many pieces are wanted of each listing that a shop makes so many of a day."""
    found: dict[int, int] = {}
    for line in lines:
        if line.daily_total:
            found[line.listing_id] = found.get(line.listing_id, 0) + line.pieces
    return found
