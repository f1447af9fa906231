"""Another time for what is booked: chosen by the buyer within the policy, or by the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.access import Viewer
from app.core.errors import NotFoundError
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.errors import NotOrderableError, TimeTakenError
from app.merchants.queries.booking import quanta_held, time_for, times_for
from app.merchants.services.scarce import quantum_pools
from app.merchants.types import TimeChoice
from app.orders import policies
from app.orders.errors import NobodyFreeError, OrderOverError
from app.orders.models import Order, OrderLine
from app.orders.policies.booking import check_can_rebook
from app.orders.queries.calendar import helper_of_line
from app.orders.services import moves
from app.orders.services.basket import add_to_basket
from app.orders.services.bookings import rewrite_bookings
from app.orders.services.moving import restart_timer, save_line
from app.orders.types import MOVED, OPEN_STATES, REBOOKED, LineKind, Side


def rebook(
    actor: Viewer, order_id: int, line_id: int, time_key: str, *, key: str | None = None,
    at: datetime,
) -> Order:  # fmt: skip
    """Give a booked line another time, as its buyer wishes: the old one is free again, or nothing
    has changed.

    Refuses whose order it is not, what is too late by the frozen policy, and a time that is taken.
    """
    order, lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    line = moves.line_by_id(lines, line_id)
    check_can_rebook(order, line, at)
    told = _moved(order, lines, line, time_key, at=at)
    moves.note(actor, order, REBOOKED, side=Side.RESIDENT, at=at, data=told)
    return order


def move_booking(
    actor: Viewer, order_id: int, line_id: int, time_key: str, *, at: datetime
) -> Order:
    """Give a booked line another time because the shop must; from then on its buyer may cancel
    freely until it begins. Refuses what is over, and a time that is taken.
    """
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    line = moves.line_by_id(lines, line_id)
    is_booked = line.kind == LineKind.SERVICE and line.to_prepare + line.ready
    if order.state not in OPEN_STATES or not is_booked:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    told = _moved(order, lines, line, time_key, at=at)
    moves.save(order, frozen={**order.frozen, "cancel_minutes": 0})
    moves.note(actor, order, MOVED, side=Side.SHOP, at=at, data=told)
    return order


def book_again(
    actor: Viewer, order_id: int, *, key: str | None = None, token: str | None, at: datetime
) -> TimeChoice:
    """Put what was booked into the basket again, at the next time at which the same person is
    free; return that time.

    Refuses whose order it is not, what is no longer offered, and somebody without a free time.
    """
    order, lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    line = next((one for one in lines if one.kind == LineKind.SERVICE), None)
    if line is None or line.listing_id is None or line.variant_id is None:
        raise NotFoundError
    try:
        times = times_for(line.listing_id, at=at)
    except NotFoundError as gone:
        raise NotOrderableError from gone
    time = next_with(times, helper_of_line(line.id))
    if time is None:
        raise NobodyFreeError
    add_to_basket(actor, token=token, variant_id=line.variant_id, time_key=time.key, at=at)
    return time


def next_with(times: Sequence[TimeChoice], person_id: int | None) -> TimeChoice | None:
    """Return the first time of one person, or of anybody where that person has none."""
    if person_id is not None:
        for one in times:
            if person_id in one.resource_ids:
                return one.with_one(person_id)
    return next(iter(times), None)


def _moved(
    order: Order, lines: Sequence[OrderLine], line: OrderLine, time_key: str, *, at: datetime
) -> dict[str, str]:
    """Take what is new of the time, then let go of what is no longer needed; what both touch is
    kept. Whoever comes second finds it taken, and nothing has moved.
    """
    was, held = order.slot_starts_at, quanta_held(line.hold_ids)
    time = time_for(line.listing_id or 0, time_key, at=at, mine=held)
    wanted = quantum_pools(time)
    fresh = [key for key in wanted if key not in held]
    try:
        taken = pools.take([(wanted[key], 1) for key in fresh], owner=("order", order.id), at=at)
    except PoolEmptyError as empty:
        raise TimeTakenError(time_key=time_key) from empty
    pools.release([hold_id for one, hold_id in held.items() if one not in wanted])
    kept = [hold_id for one, hold_id in held.items() if one in wanted]
    save_line(line, hold_ids=[*kept, *taken], starts_at=time.starts_at, ends_at=time.ends_at)
    rewrite_bookings([line])
    if order.slot_hold_id is None:  # what is also collected keeps its pickup time
        starts = [one.starts_at for one in lines if one.starts_at and one.to_prepare + one.ready]
        ends = [one.ends_at for one in lines if one.ends_at and one.to_prepare + one.ready]
        moves.save(order, slot_starts_at=min(starts), slot_ends_at=max(ends))
    restart_timer(order, at)
    return {
        "was": (was or time.starts_at).isoformat(),
        "now": time.starts_at.isoformat(),
        "name_zh": line.name_zh,
        "name_en": line.name_en,
    }
