"""How an order ends: cancelled, not collected, closed; each gives back what it still held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.access import SYSTEM, Viewer, token_hash
from app.core.db import insert_ignoring
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.orders import policies
from app.orders.errors import CannotCancelError, NothingToHandOverError, OrderOverError
from app.orders.models import Order, OrderLine, Strike
from app.orders.queries.closings import open_question
from app.orders.queries.deliveries import is_to_be_brought
from app.orders.services import grouping, moves, offers, sums
from app.orders.services.guests import tell_guest
from app.orders.signals import no_show_recorded, order_cancelled, order_closed
from app.orders.types import (
    CANCELLED,
    CLOSE_DAYS,
    CLOSED,
    EXPIRED,
    NO_SHOW,
    OPEN_STATES,
    OrderState,
    Quantity,
    Side,
    Timer,
)
from app.payments.types import RefundCause


def cancel(
    actor: Viewer, order_id: int, *, key: str | None = None, reason: str = "", at: datetime
) -> Order:
    """Cancel by the resident: freely before acceptance and until the frozen limit, later as not
    coming.

    Refuses whose order it is not, and what is over or collected.
    """
    order, lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    policies.check_can_cancel(order, lines)
    grouping.leave(order, at=at)
    is_shops = _is_overdue(order, at) or open_question(order_id) is not None
    if policies.is_late(order, at) and not is_shops:
        return _cancelled_late(actor, order, lines, reason=reason, at=at)
    return _cancelled(actor, order, lines, side=Side.RESIDENT, reason=reason, at=at)


def cancel_by_shop(actor: Viewer, order_id: int, *, reason: str, at: datetime) -> Order:
    """Cancel by the shop after it accepted, with a reason; what was not collected is
    not asked for.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    if order.state not in OPEN_STATES:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    if moves.waiting(lines) == 0:
        raise NothingToHandOverError
    grouping.leave(order, at=at)
    return _cancelled(actor, order, lines, side=Side.SHOP, reason=reason, at=at)


def mark_uncollected(actor: Viewer, order_id: int, *, at: datetime) -> Order:
    """Say that nobody came: what lies there goes back on the shelf, the frozen policy says what is
    owed.

    Refuses before the pickup time is over and when nothing is left to collect.
    """
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    if order.state != OrderState.ACCEPTED:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    if moves.waiting(lines) == 0:
        raise NothingToHandOverError
    if order.slot_ends_at is not None and at < order.slot_ends_at:
        raise CannotCancelError(_l("The pickup time is not over yet."))
    if open_question(order_id) is not None:
        raise CannotCancelError(_l("The buyer was asked to choose another time and has not yet."))
    if is_to_be_brought(order.id):
        raise CannotCancelError(_l("It is to be brought. Bring it, or bring it back first."))
    side = Side.SITE if actor is SYSTEM else Side.SHOP
    _end_offers(actor, order, lines, at)
    if moves.waiting(lines) == 0:
        end_of_pieces(actor, order, lines, at=at)
        return order
    gone = _uncollected(lines)
    _strike(order, at)
    moves.note(actor, order, NO_SHOW, side=side, at=at, data=moves.quantities(gone))
    sums.restate(actor, order, lines, gone, cause=RefundCause.UNCOLLECTED, reason="", at=at)
    moves.set_timer(order, Timer.CLOSE, at + timedelta(days=CLOSE_DAYS))
    no_show_recorded.send(
        order, order=order, lines=[(line.id, count) for line, count in gone], at=at
    )
    return order


def expire(order_id: int, *, at: datetime) -> Order:
    """Cancel an order that the shop never answered; everything is free again, money goes back."""
    order, lines = moves.opened(order_id)
    reason = str(_l("The shop did not answer in time."))
    moves.to_state(order, OrderState.EXPIRED, over_at=at, accept_by=None)
    give_up(SYSTEM, order, lines, cause=RefundCause.CANCELLED, reason=reason, at=at)
    moves.note(SYSTEM, order, EXPIRED, side=Side.SITE, at=at)
    order_cancelled.send(order, order=order, at=at, actor=SYSTEM, reason=reason)
    tell_guest(order, CANCELLED, reason=reason)
    return order


def call_off(order: Order, lines: Sequence[OrderLine], *, reason: str, at: datetime) -> Order:
    """Cancel by the site what was never to come, such as a group-buy that too few joined."""
    return _cancelled(SYSTEM, order, lines, side=Side.SITE, reason=reason, at=at)


def close(order_id: int, *, at: datetime) -> Order:
    """Close an order of which nothing is left to happen; an owed refund stays owed."""
    order, lines = moves.opened(order_id)
    if moves.waiting(lines):
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    moves.to_state(order, OrderState.CLOSED, over_at=at, due_what=None, due_at=None)
    offers.end_all(order, lines, at=at)
    moves.note(SYSTEM, order, CLOSED, side=Side.SITE, at=at)
    order_closed.send(order, order=order, at=at)
    return order


def wait_for_buyer(order: Order, *, since: datetime | None = None) -> None:
    """Let the time run until nobody came; what joined the order `since` its pickup time has a day
    of its own.
    """
    if order.slot_ends_at is None or is_to_be_brought(order.id):
        moves.set_timer(order, None, None)
        return
    due_at = order.slot_ends_at + timedelta(minutes=policies.frozen_of(order).grace_minutes)
    if since is not None and due_at <= since:
        due_at = since + timedelta(days=1)
    moves.set_timer(order, Timer.NO_SHOW, due_at)


def end_of_pieces(actor: Viewer, order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """See what follows when nothing waits any more: close later, or cancel where nothing was ever
    had.
    """
    if any(line.handed_over or line.uncollected for line in lines):
        moves.set_timer(order, Timer.CLOSE, at + timedelta(days=CLOSE_DAYS))
        return
    reason = str(_l("Nothing of it was there."))
    _finished(actor, order, lines, side=Side.SHOP, reason=reason, at=at)


def give_up(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    cause: RefundCause,
    reason: str,
    at: datetime,
) -> list[tuple[OrderLine, int]]:
    """Cancel all pieces that wait, give back stock, times and the pickup time, and set the money
    right.
    """
    _end_offers(actor, order, lines, at)
    gone = []
    for line in lines:
        count = line.to_prepare + line.ready
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.CANCELLED, line.to_prepare)
        moves.move_pieces(line, Quantity.READY, Quantity.CANCELLED, line.ready)
        moves.give_back(line, count)
        if count:
            gone.append((line, count))
    _leave_slot(order)
    moves.set_timer(order, None, None)
    sums.restate(actor, order, lines, gone, cause=cause, reason=reason, at=at)
    return gone


def _cancelled(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    side: Side,
    reason: str,
    at: datetime,
) -> Order:
    gone = give_up(actor, order, lines, cause=RefundCause.CANCELLED, reason=reason, at=at)
    if any(line.handed_over for line in lines):
        moves.note(
            actor,
            order,
            CANCELLED,
            side=side,
            at=at,
            reason=reason,
            data=moves.quantities(gone),
        )
        moves.set_timer(order, Timer.CLOSE, at + timedelta(days=CLOSE_DAYS))
        return order
    return _finished(actor, order, lines, side=side, reason=reason, at=at)


def _finished(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    side: Side,
    reason: str,
    at: datetime,
) -> Order:
    """Move an order of which nothing was collected to cancelled, and announce it."""
    moves.to_state(
        order, OrderState.CANCELLED, over_at=at, accept_by=None, due_what=None, due_at=None
    )
    _leave_slot(order)
    offers.end_all(order, lines, at=at)
    data = moves.quantities((line, line.cancelled) for line in lines)
    moves.note(actor, order, CANCELLED, side=side, at=at, reason=reason, data=data)
    order_cancelled.send(order, order=order, at=at, actor=actor, reason=reason)
    tell_guest(order, CANCELLED, reason=reason)
    return order


def _cancelled_late(
    actor: Viewer, order: Order, lines: Sequence[OrderLine], *, reason: str, at: datetime
) -> Order:
    _end_offers(actor, order, lines, at)
    gone = _uncollected(lines)
    _strike(order, at)
    _leave_slot(order)
    sums.restate(actor, order, lines, gone, cause=RefundCause.UNCOLLECTED, reason=reason, at=at)
    data = moves.quantities(gone) | {"late": True}
    moves.note(actor, order, CANCELLED, side=Side.RESIDENT, at=at, reason=reason, data=data)
    moves.set_timer(order, Timer.CLOSE, at + timedelta(days=CLOSE_DAYS))
    no_show_recorded.send(
        order, order=order, lines=[(line.id, count) for line, count in gone], at=at
    )
    return order


def _end_offers(actor: Viewer, order: Order, lines: Sequence[OrderLine], at: datetime) -> None:
    """Take back what is proposed of an order that ends; what was to be replaced was not there, so
    nobody pays for it.
    """
    missing = offers.end_all(order, lines, at=at)
    if missing:
        sums.restate(actor, order, lines, missing, cause=RefundCause.SHORT, reason="", at=at)


def _is_overdue(order: Order, at: datetime) -> bool:
    """Whether the shop itself is late with what it was to bring."""
    ends_at = order.slot_ends_at
    return ends_at is not None and at > ends_at and is_to_be_brought(order.id)


def _uncollected(lines: Sequence[OrderLine]) -> list[tuple[OrderLine, int]]:
    """Put all that waits among the uncollected and back on the shelf."""
    gone = []
    for line in lines:
        count = line.to_prepare + line.ready
        moves.move_pieces(line, Quantity.TO_PREPARE, Quantity.READY, line.to_prepare)
        moves.move_pieces(line, Quantity.READY, Quantity.UNCOLLECTED, line.ready)
        moves.give_back(line, count)
        if count:
            gone.append((line, count))
    return gone


def _leave_slot(order: Order) -> None:
    if order.slot_hold_id is not None:
        pools.release([order.slot_hold_id])


def _strike(order: Order, at: datetime) -> None:
    """Remember who did not come, once an order; a guest by what they left, hashed."""
    contact = order.contact_phone or order.contact_mail
    row = {
        "order_id": order.id,
        "person_id": order.person_id,
        "contact_hash": "" if order.person_id or not contact else token_hash(contact),
        "at": at,
    }
    insert_ignoring(Strike, [row], keys=["order_id"])
