"""What keeps an order's goods: pieces of the shelf, what was kept for who waited, and places of the
day for which something is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from app.core import clock
from app.core.db import changed, db
from app.core.i18n import pick
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.models import Listing
from app.merchants.queries.days import first_day
from app.merchants.services import waits
from app.merchants.services.scarce import day_pools
from app.merchants.types import SlotChoice
from app.orders.errors import DayFullError, NoFreeTimeError, SoldOutError, TooSoonError
from app.orders.models import Order, OrderLine
from app.orders.services import moves
from app.orders.types import LineKind, Quote, QuoteLine


def take_goods(
    lines: Sequence[QuoteLine], owner: tuple[str, int], *, until: datetime, at: datetime
) -> dict[int, list[int]]:
    """Hold every line of goods in one go, what was kept for the buyer first; return the holds by
    line. Refuses what is sold out: then nothing is held.
    """
    goods = [line for line in lines if line.kind == LineKind.GOODS and line.pool_id is not None]
    kept = {line.id: [line.kept_hold_id] for line in goods if line.kept_hold_id is not None}
    waits.take_kept([hold for [hold] in kept.values()], owner, until=until, at=at)
    more = {line.id: line.pieces - line.pack_size * (line.id in kept) for line in goods}
    parts = [(line.pool_id or 0, more[line.id]) for line in goods if more[line.id]]
    try:
        taken = iter(pools.take(parts, owner=owner, until=until, at=at))
    except PoolEmptyError as empty:
        raise _sold_out(goods, empty) from empty
    return {
        line.id: [*kept.get(line.id, ()), *([next(taken)] if more[line.id] else ())]
        for line in goods
    }


def _sold_out(lines: Sequence[QuoteLine], empty: PoolEmptyError) -> SoldOutError:
    line = next(line for line in lines if line.pool_id == empty.data["pool_id"])
    free = max(0, empty.data["free"] or 0) // line.pack_size
    kept = line.kept_hold_id is not None
    name = pick(line.name_zh, line.name_en)
    return SoldOutError(name=name, left=free + kept, variant_id=line.variant_id)


def settle_goods(
    quote: Quote,
    held: Mapping[int, list[int]],
    slots: Mapping[int, SlotChoice],
    owner: tuple[str, int],
    *,
    at: datetime,
) -> dict[int, list[int]]:
    """Return the confirmed holds of each line as an order keeps them: one for the pieces, and one
    of the day for which they are made.

    Refuses a day that is too soon, and one for which the shop can make no more.
    """
    found = {line_id: list(holds) for line_id, holds in held.items()}
    made: list[tuple[QuoteLine, date]] = []
    for shop in quote.shops:
        slot = slots.get(shop.merchant_id)
        day = slot.day if slot else clock.local(at).date()
        goods = [line for line in shop.lines if line.kind == LineKind.GOODS]
        if slot:
            _check_notice(goods, day, at)
        for line in goods:
            found[line.id] = _merged(found.get(line.id, []))
        made += [(line, day) for line in goods if line.daily_total]
    parts = [(_day_pool(line, day), line.pieces) for line, day in made]
    try:
        taken = pools.take(parts, owner=owner, at=at)
    except PoolEmptyError as full:
        number = next(n for n, part in enumerate(parts) if part[0] == full.data["pool_id"])
        line = made[number][0]
        name = pick(line.name_zh, line.name_en)
        raise DayFullError(name=name, variant_id=line.variant_id) from full
    for (line, _day), hold_id in zip(made, taken, strict=True):
        found[line.id].append(hold_id)
    return found


def _merged(holds: list[int]) -> list[int]:
    """Make one hold of what was kept for the buyer and what they took beside it."""
    if len(holds) > 1:
        pools.merge(holds[0], holds[1:])
    return holds[:1]


def _check_notice(lines: Sequence[QuoteLine], day: date, at: datetime) -> None:
    for line in lines:
        if day < first_day(line.lead_days, at=at):
            raise TooSoonError(name=pick(line.name_zh, line.name_en))


def _day_pool(line: QuoteLine, day: date) -> int:
    return day_pools({line.listing_id: line.daily_total or 0}, day)[line.listing_id]


def to_day(order: Order, day: date, *, at: datetime) -> None:
    """Take the places of another day for what is made to order, and give those of its own day back;
    refuses (NoFreeTimeError) a day for which the shop can make no more: then nothing has moved.
    """
    lines = [
        line
        for line in db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
        if line.kind == LineKind.GOODS and len(line.hold_ids) > 1 and line.to_prepare + line.ready
    ]
    was = order.slot_starts_at
    if not lines or (was is not None and clock.local(was).date() == day):
        return
    wanted = select(Listing.id, Listing.daily_total).where(
        Listing.id.in_({line.listing_id for line in lines})
    )
    found = day_pools({row[0]: row[1] for row in db.session.execute(wanted)}, day)
    parts = [
        (found[line.listing_id or 0], (line.to_prepare + line.ready) * line.pack_size)
        for line in lines
    ]
    try:
        taken = pools.take(parts, owner=("order", order.id), at=at)
    except PoolEmptyError as full:
        raise NoFreeTimeError from full
    for line, hold_id in zip(lines, taken, strict=True):
        pools.release(line.hold_ids[1:])
        hold_ids = [line.hold_ids[0], hold_id]
        changed(update(OrderLine).where(OrderLine.id == line.id).values(hold_ids=hold_ids))
        moves.set_on(line, hold_ids=hold_ids)


def let_go(hold_ids: Sequence[int], *, at: datetime) -> None:
    """Give back what a checkout held; what was kept for somebody who waited stays theirs until its
    time is over.
    """
    kept = waits.take_back(hold_ids, at=at)
    pools.release([hold_id for hold_id in hold_ids if hold_id not in kept])
