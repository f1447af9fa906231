"""A time that was closed: its buyers are asked, and choose another time or their money back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.core.access import SYSTEM, Viewer
from app.core.db import changed, db
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError
from app.merchants.errors import SlotFullError
from app.merchants.queries.collecting import points_for, slot_for
from app.merchants.services.scarce import slot_part
from app.orders import policies
from app.orders.errors import NothingToHandOverError, OrderMovedError, OrderOverError
from app.orders.models import MoveQuestion, Order, OrderLine
from app.orders.queries.closings import concerned, open_question
from app.orders.queries.moving import load_of
from app.orders.services import endings, moves
from app.orders.services.moving import restart_timer
from app.orders.types import (
    ASKED,
    MOVED,
    QUESTION_REMINDERS,
    REMIND_AFTER,
    OrderState,
    Side,
)


def ask(actor: Viewer, order_id: int, *, reason: str, at: datetime) -> MoveQuestion:
    """Ask an order's buyer to choose another time or the money back, as its own cannot be served;
    asked again about the same time it stays one question, told anew.

    From then on they may cancel freely, and not coming counts for nothing. Refuses who may not
    decide for the shop, and what is over or collected.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    order, lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    if order.state not in {OrderState.PLACED, OrderState.ACCEPTED}:
        raise OrderOverError(state=order.state.value, details=[policies.how_it_stands(order.state)])
    if moves.waiting(lines) == 0 or order.slot_starts_at is None:
        raise NothingToHandOverError
    question = db.session.get(MoveQuestion, order_id) or MoveQuestion(order_id=order_id)
    question.was_starts_at, question.asked_at, question.asked_by = (
        order.slot_starts_at,
        at,
        actor.id,
    )
    question.reason, question.reminders = reason.strip()[:300], 0
    question.due_at = at + REMIND_AFTER
    db.session.add(question)
    db.session.flush()
    moves.save(order, frozen={**order.frozen, "cancel_minutes": 0})
    moves.note(actor, order, ASKED, side=Side.SHOP, at=at, reason=question.reason)
    return question


def ask_all(
    actor: Viewer,
    *,
    merchant_id: int | None = None,
    point_id: int | None = None,
    reason: str,
    at: datetime,
) -> int:
    """Ask everybody whose order stands at a closed time of a shop, or of a point, and who was not
    asked yet; return how many.
    """
    rows = concerned(merchant_id=merchant_id, point_id=point_id, at=at)
    unasked = [row.order.id for row in rows if row.question is None]
    for order_id in unasked:
        ask(actor, order_id, reason=reason, at=at)
    return len(unasked)


def choose(
    actor: Viewer, order_id: int, slot_key: str, *, key: str | None = None, at: datetime
) -> Order:
    """Move an order to the time that its buyer chose: the new place is taken and the old one let
    go, or nothing has changed.

    Refuses whose order it is not, what was answered or moved meanwhile, and a time that is full. A
    booked time is changed where bookings are; that answers the question, too.
    """
    order, _lines = _asked(actor, order_id, key)
    was = order.slot_starts_at
    _take_slot(order, slot_key, at=at)
    restart_timer(order, at)
    _done(order_id)
    data = {
        "was": was.isoformat() if was else "",
        "now": order.slot_starts_at.isoformat() if order.slot_starts_at else "",
    }
    moves.note(actor, order, MOVED, side=Side.RESIDENT, at=at, data=data)
    return order


def take_back(actor: Viewer, order_id: int, *, key: str | None = None, at: datetime) -> Order:
    """Cancel an order whose time was closed, for nothing; what was paid goes back.

    Refuses whose order it is not, and what was answered or moved meanwhile.
    """
    _asked(actor, order_id, key)
    return endings.cancel(actor, order_id, key=key, at=at)


def remind(order_id: int, *, at: datetime) -> bool:
    """Tell a buyer again who has not chosen; after that the shop's list has them alone."""
    order, _lines = moves.opened(order_id)
    question = db.session.get(MoveQuestion, order_id, populate_existing=True)
    if question is None or question.due_at is None or question.due_at > at:
        return False
    if open_question(order_id) is None:
        _done(order_id)
        return False
    question.reminders += 1
    is_last = question.reminders >= QUESTION_REMINDERS
    question.due_at = None if is_last else at + REMIND_AFTER
    db.session.flush()
    moves.log(SYSTEM, order, ASKED, at=at, reason=question.reason)
    return True


def _asked(actor: Viewer, order_id: int, key: str | None) -> tuple[Order, list[OrderLine]]:
    """Open an order whose buyer is asked; refuses where the question is answered."""
    order, lines = moves.opened(order_id)
    policies.check_owns(actor, order, key)
    if open_question(order_id) is None:
        raise OrderMovedError(details=[policies.how_it_stands(order.state)])
    return order, lines


def _done(order_id: int) -> None:
    changed(update(MoveQuestion).where(MoveQuestion.order_id == order_id).values(due_at=None))


def _take_slot(order: Order, slot_key: str, *, at: datetime) -> None:
    point = slot_key.partition(":")[0]
    if order.point_id is None or not (point.isascii() and point.isdigit()):
        raise NotFoundError
    ours = {one.id for one in points_for([order.merchant_id])[order.merchant_id]}
    if int(point) not in ours | {order.point_id}:
        raise NotFoundError
    slot = slot_for(int(point), slot_key, merchant_ids=[order.merchant_id], at=at)
    try:
        part = slot_part(slot, load_of(order.id))
        [hold] = pools.take([part], owner=("order", order.id), at=at)
    except PoolEmptyError as full:
        raise SlotFullError(slot_key=slot_key) from full
    pools.release([order.slot_hold_id] if order.slot_hold_id is not None else [])
    moves.save(
        order, slot_hold_id=hold, point_id=slot.point_id, slot_starts_at=slot.starts_at,
        slot_ends_at=slot.ends_at,
    )  # fmt: skip
