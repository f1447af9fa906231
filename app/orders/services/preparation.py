"""The shop's side before the counter: accept, decline, lay ready, say what is short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, insert_ignoring
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.queries.keeping import shelf_of
from app.orders import policies
from app.orders.errors import (
    NotYetAcceptedError,
    OrderOverError,
    ProposalsOpenError,
    WrongShopError,
)
from app.orders.models import Order, OrderLine, PreparationTime
from app.orders.services import endings, grouping, moves, offers, sums
from app.orders.services.guests import tell_guest
from app.orders.signals import order_accepted, order_cancelled, order_ready
from app.orders.types import (
    ACCEPTED,
    DECLINED,
    PREPARED,
    READY,
    SHORTED,
    TIMES_SET,
    LineKind,
    OrderState,
    Quantity,
    Side,
)
from app.payments.types import RefundCause

DAY_MINUTES = 24 * 60


def accept(actor: Viewer, order_id: int, *, at: datetime) -> Order:
    """Promise the order; refuses one that somebody moved before."""
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    moves.to_state(order, OrderState.ACCEPTED, accepted_at=at, accept_by=None)
    for line in lines:
        if line.kind == LineKind.SERVICE:  # a booked time has nothing to lay out
            moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.READY, line.to_prepare)
    endings.wait_for_buyer(order)
    moves.note(actor, order, ACCEPTED, side=Side.SHOP, at=at)
    order_accepted.send(order, order=order, at=at, actor=actor)
    return order


def decline(actor: Viewer, order_id: int, *, reason: str, at: datetime) -> Order:
    """Turn an order down with a reason before it is accepted; all it held is free again, money goes
    back.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    grouping.leave(order, at=at)
    moves.to_state(order, OrderState.DECLINED, over_at=at, accept_by=None)
    endings.give_up(actor, order, lines, cause=RefundCause.CANCELLED, reason=reason, at=at)
    moves.note(actor, order, DECLINED, side=Side.SHOP, at=at, reason=reason)
    order_cancelled.send(order, order=order, at=at, actor=actor, reason=reason)
    tell_guest(order, DECLINED, reason=reason)
    return order


def prepare(
    actor: Viewer,
    order_id: int,
    counts: Mapping[int, tuple[int, int]],
    *,
    reason: str = "",
    at: datetime,
) -> Order:
    """Lay so many of each line ready and say how many are short: `{line_id: (ready, short)}`.

    What is short is not asked for any more; money that came in for it goes back. Refuses more than
    is still to be prepared. An order of which nothing is left is cancelled.
    """
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    check_accepted(order)
    ready, short = _moved_pieces(lines, counts)
    if not ready and not short:
        raise FieldError("quantity", _l("Nothing was marked."))
    if ready:
        moves.note(actor, order, PREPARED, side=Side.SHOP, at=at, data=moves.quantities(ready))
    if short:
        policies.check_decides(actor, order)
        moves.note(
            actor,
            order,
            SHORTED,
            side=Side.SHOP,
            at=at,
            reason=reason,
            data=moves.quantities(short),
        )
        sums.restate(actor, order, lines, short, cause=RefundCause.SHORT, reason=reason, at=at)
    finish(actor, order, lines, at)
    return order


def make_ready(actor: Viewer, order_id: int, *, at: datetime) -> Order:
    """Lay all that is left ready; refuses when nothing is left to prepare."""
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    check_accepted(order)
    missing = offers.under_offer(order.id)
    left = {line.id: line.to_prepare - missing.get(line.id, 0) for line in lines}
    counts = {line_id: (count, 0) for line_id, count in left.items() if count}
    if missing and not counts:
        raise ProposalsOpenError
    ready, _short = _moved_pieces(lines, counts)
    if not ready:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    moves.note(actor, order, PREPARED, side=Side.SHOP, at=at, data=moves.quantities(ready))
    finish(actor, order, lines, at)
    return order


def unready(actor: Viewer, order_id: int, counts: Mapping[int, int], *, at: datetime) -> Order:
    """Take pieces back from ready to be prepared, when they were marked by mistake."""
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    check_accepted(order)
    for line_id, count in counts.items():
        line = moves.line_by_id(lines, line_id)
        moves.move_pieces(line, Quantity.READY, Quantity.TO_PREPARE, count)
    moves.save(order, ready_at=None)
    back = [(moves.line_by_id(lines, line_id), -count) for line_id, count in counts.items()]
    moves.note(actor, order, PREPARED, side=Side.SHOP, at=at, data=moves.quantities(back))
    return order


def set_preparation_times(
    actor: Viewer, merchant_id: int, minutes: Mapping[int, int], *, at: datetime
) -> None:
    """Say how many minutes the shop's things take to make, `{listing_id: minutes}`; nought forgets
    it.

    Refuses another shop's things and more than a day.
    """
    if not policies.can_serve(actor, merchant_id):
        raise WrongShopError
    own = {row.id for row in shelf_of(merchant_id)}
    if not own.issuperset(minutes):
        raise WrongShopError
    if any(not 0 <= count <= DAY_MINUTES for count in minutes.values()):
        raise FieldError("minutes", _l("Choose at most 1440 minutes, that is a day."))
    changed(delete(PreparationTime).where(PreparationTime.listing_id.in_(list(minutes))))
    told = [{"listing_id": one, "minutes": count} for one, count in minutes.items() if count]
    insert_ignoring(PreparationTime, told, keys=["listing_id"])
    record(actor, TIMES_SET, ("merchant", merchant_id), at=at)
    moves.touch_board(merchant_id)


def check_accepted(order: Order) -> None:
    """Refuse an order that the shop has not accepted, and one that is over."""
    if order.state == OrderState.PLACED:
        raise NotYetAcceptedError
    if order.state != OrderState.ACCEPTED:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])


def _moved_pieces(
    lines: Sequence[OrderLine], counts: Mapping[int, tuple[int, int]]
) -> tuple[list[tuple[OrderLine, int]], list[tuple[OrderLine, int]]]:
    ready, short = [], []
    for line_id, (ready_count, short_count) in counts.items():
        line = moves.line_by_id(lines, line_id)
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.READY, ready_count)
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.SHORT, short_count)
        if short_count:
            moves.use_up(line, short_count)
            short.append((line, short_count))
        if ready_count:
            ready.append((line, ready_count))
    return ready, short


def finish(actor: Viewer, order: Order, lines: Sequence[OrderLine], at: datetime) -> None:
    """See what the marks amount to: everything lies ready, or nothing is left to collect."""
    offers.withdraw_unfit(order, lines, at=at)
    if moves.waiting(lines) == 0:
        endings.end_of_pieces(actor, order, lines, at=at)
    elif order.ready_at is None and not any(line.to_prepare for line in lines):
        moves.save(order, ready_at=at)
        moves.log(actor, order, READY, at=at)
        order_ready.send(order, order=order, at=at, actor=actor)
        tell_guest(order, READY)
