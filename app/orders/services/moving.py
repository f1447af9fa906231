"""Moving an order to another day when the shop cannot serve it on its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update

from app.core import clock
from app.core.access import Viewer
from app.core.db import changed
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.services.scarce import quantum_pools, slot_part
from app.orders import policies
from app.orders.errors import NoFreeTimeError, NothingToHandOverError, OrderOverError
from app.orders.models import Order, OrderLine
from app.orders.queries.moving import due_between, free_slots, free_times, load_of
from app.orders.services import endings, moves
from app.orders.services.bookings import rewrite_bookings
from app.orders.services.holding import to_day
from app.orders.types import MOVED, LineKind, OrderState, Side, Timer

Span = tuple[datetime, datetime]


def move_on(actor: Viewer, order_id: int, *, at: datetime, after_day: date | None = None) -> Order:
    """Move an order to the next free time after its day, or after a later one, its booked times
    likewise.

    From then on the buyer may cancel freely until it begins, whatever was agreed before. Refuses an
    order that is over, and one for which no time is free: then nothing has moved.
    """
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    if order.state not in {OrderState.PLACED, OrderState.ACCEPTED}:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    if moves.waiting(lines) == 0:
        raise NothingToHandOverError
    if order.slot_starts_at is None:
        raise NoFreeTimeError
    was = order.slot_starts_at
    day = clock.local(max(was, at)).date()
    _day, after = clock.day_span(max(day, after_day or day))
    starts_at, ends_at = _new_span(order, lines, after=after, at=at)
    frozen = {**order.frozen, "cancel_minutes": 0}
    moves.save(order, slot_starts_at=starts_at, slot_ends_at=ends_at, frozen=frozen)
    restart_timer(order, at)
    data = {"was": was.isoformat(), "now": starts_at.isoformat()}
    moves.note(actor, order, MOVED, side=Side.SHOP, at=at, data=data)
    return order


def move_day(actor: Viewer, merchant_id: int, *, at: datetime) -> tuple[int, int]:
    """Move all orders that today still has to serve; return how many moved and how many could
    not, which stay as they are.
    """
    today = clock.local(at).date()
    return move_days(actor, merchant_id, today, today, at=at)


def move_days(
    actor: Viewer, merchant_id: int, first: date, last: date, *, at: datetime
) -> tuple[int, int]:
    """Move all orders that these days still have to serve to times after them; return how many
    moved and how many could not, which stay as they are.
    """
    orders = due_between(merchant_id, first, last)
    moved = 0
    for row in orders:
        try:
            move_on(actor, row.id, at=at, after_day=last)
        except NoFreeTimeError:
            continue
        moved += 1
    return moved, len(orders) - moved


def cancel_days(
    actor: Viewer, merchant_id: int, first: date, last: date, *, reason: str, at: datetime
) -> int:
    """Cancel all orders that these days still have to serve, what was paid goes back; return how
    many.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    orders = due_between(merchant_id, first, last)
    for row in orders:
        endings.cancel_by_shop(actor, row.id, reason=reason, at=at)
    return len(orders)


def _new_span(order: Order, lines: Sequence[OrderLine], *, after: datetime, at: datetime) -> Span:
    """Take the new places first and let the old ones go then; nothing is taken where a part of the
    order has no free time.
    """
    owner = ("order", order.id)
    booked = [one for one in lines if one.kind == LineKind.SERVICE and one.to_prepare + one.ready]
    slot = _slot_taken(order, owner, after=after, at=at)
    taken: list[int] = [] if slot is None else [slot[0]]
    spans = []
    for line in booked:
        try:
            holds, span = _time_taken(line, owner, after=after, at=at)
        except NoFreeTimeError:
            pools.release(taken)
            raise
        taken += holds
        spans.append((line, holds, span))
    for line, holds, span in spans:
        pools.release(line.hold_ids)
        save_line(line, hold_ids=holds, starts_at=span[0], ends_at=span[1])
    rewrite_bookings([line for line, *_ in spans])
    if slot is not None:
        pools.release([order.slot_hold_id] if order.slot_hold_id is not None else [])
        moves.save(order, slot_hold_id=slot[0])
        return slot[1]
    if not spans:
        raise NoFreeTimeError
    return min(span[0] for *_, span in spans), max(span[1] for *_, span in spans)


def _slot_taken(
    order: Order, owner: tuple[str, int], *, after: datetime, at: datetime
) -> tuple[int, Span] | None:
    """Take the first pickup time that is free; None for an order without a pickup point."""
    if order.point_id is None:
        return None
    load = load_of(order.id)
    for slot in free_slots(order.point_id, order.merchant_id, after=after, at=at, load=load):
        try:
            [hold] = pools.take([slot_part(slot, load)], owner=owner, at=at)
        except PoolEmptyError:  # taken between looking and taking
            continue
        try:
            to_day(order, slot.day, at=at)
        except NoFreeTimeError:
            pools.release([hold])
            continue
        return hold, (slot.starts_at, slot.ends_at)
    raise NoFreeTimeError


def to_next_slot(order: Order, *, at: datetime) -> datetime:
    """Give an order the first free time of its point that begins later than its own; return when.

    Refuses (NoFreeTimeError) where none is free: then it keeps its time.
    """
    after = max(at, order.slot_ends_at or at)
    slot = _slot_taken(order, ("order", order.id), after=after, at=at)
    if slot is None:
        raise NoFreeTimeError
    hold, (starts_at, ends_at) = slot
    pools.release([order.slot_hold_id] if order.slot_hold_id is not None else [])
    moves.save(order, slot_hold_id=hold, slot_starts_at=starts_at, slot_ends_at=ends_at)
    return starts_at


def _time_taken(
    line: OrderLine, owner: tuple[str, int], *, after: datetime, at: datetime
) -> tuple[list[int], Span]:
    for time in free_times(line.listing_id or 0, after=after, at=at):
        try:
            parts = [(pool_id, 1) for pool_id in quantum_pools(time).values()]
            return pools.take(parts, owner=owner, at=at), (time.starts_at, time.ends_at)
        except PoolEmptyError:
            continue
    raise NoFreeTimeError


def save_line(line: OrderLine, **values: object) -> None:
    """Write values of a line that is no move of its pieces."""
    changed(update(OrderLine).where(OrderLine.id == line.id).values(**values))
    moves.set_on(line, **values)


def restart_timer(order: Order, at: datetime) -> None:
    """An unanswered order gets the shop's promise anew; an accepted one waits for its buyer."""
    if order.state == OrderState.ACCEPTED:
        endings.wait_for_buyer(order)
        return
    minutes = policies.frozen_of(order).accept_minutes
    due_at = policies.answer_by(at, minutes, order.slot_starts_at)
    moves.save(order, accept_by=due_at, reminders=0, due_what=Timer.REMIND, due_at=due_at)
