"""Orders that stand at a closed time, who was asked about it, and which other times there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.db import db
from app.merchants.models import Closure, Merchant, PickupPoint
from app.merchants.queries.collecting import points_by_id, points_for, slots_of_points
from app.merchants.types import days_between
from app.orders.models import MoveQuestion, Order, OrderLine
from app.orders.queries.moving import load_of
from app.orders.queries.orders import rows_of, rows_select
from app.orders.types import (
    CHOICES,
    ConcernedRow,
    MoveChoice,
    OrderState,
    QuestionRow,
)

_QUESTION: tuple[Any, ...] = (
    MoveQuestion.order_id, MoveQuestion.was_starts_at, MoveQuestion.asked_at, MoveQuestion.reason,
    MoveQuestion.reminders,
)  # fmt: skip
_WAITS: Any = (
    select(OrderLine.id)
    .where(OrderLine.order_id == Order.id, OrderLine.to_prepare + OrderLine.ready > 0)
    .correlate(Order)
    .exists()
)
_STANDS: Any = (
    select(*_QUESTION)
    .join(Order, Order.id == MoveQuestion.order_id)
    .where(
        Order.slot_starts_at == MoveQuestion.was_starts_at,
        Order.state.in_((OrderState.PLACED, OrderState.ACCEPTED)),
        _WAITS,
    )
)
_STANDING: Any = (
    select(
        Order.id, Order.slot_starts_at, PickupPoint.closed, PickupPoint.archived_at,
        Merchant.closed_on, Closure.first, Closure.last,
    )
    .join(Merchant, Merchant.id == Order.merchant_id)
    .outerjoin(PickupPoint, PickupPoint.id == Order.point_id)
    .outerjoin(Closure, Closure.merchant_id == Order.merchant_id)
    .where(
        Order.state.in_((OrderState.PLACED, OrderState.ACCEPTED)),
        _WAITS,
        or_(
            PickupPoint.closed != "", PickupPoint.archived_at.is_not(None),
            Merchant.closed_on.is_not(None), Closure.merchant_id.is_not(None),
        ),
    )
    .order_by(Order.slot_starts_at)
)  # fmt: skip


def open_question(order_id: int) -> QuestionRow | None:
    """Return what the buyer of an order is asked and has not answered, or None."""
    row = db.session.execute(_STANDS.where(MoveQuestion.order_id == order_id)).one_or_none()
    return QuestionRow(*row) if row else None


def unanswered(merchant_id: int) -> dict[int, QuestionRow]:
    """Return what buyers of a shop are asked and have not answered, by order."""
    rows = db.session.execute(_STANDS.where(Order.merchant_id == merchant_id))
    return {row.order_id: QuestionRow(*row) for row in rows}


def due_questions(at: datetime) -> list[int]:
    """Return the orders whose buyers are to be reminded, the longest due first, however late."""
    wanted = select(MoveQuestion.order_id).where(
        MoveQuestion.due_at.is_not(None), MoveQuestion.due_at <= at
    )
    return list(db.session.scalars(wanted.order_by(MoveQuestion.due_at).limit(200)))


def concerned(
    *, merchant_id: int | None = None, point_id: int | None = None, at: datetime
) -> list[ConcernedRow]:
    """Return the orders of a shop, or those of a point whatever the shop, that stand at a time that
    closed, those first whose buyers were not asked. Four statements.
    """
    whose = Order.merchant_id == merchant_id if point_id is None else Order.point_id == point_id
    start, _end = clock.day_span(clock.local(at).date())
    rows = db.session.execute(_STANDING.where(whose, Order.slot_starts_at >= start).limit(500))
    ids = [row.id for row in rows if _is_closed(row)]
    if not ids:
        return []
    wanted = rows_select().where(Order.id.in_(ids)).order_by(Order.slot_starts_at, Order.id)
    asked = db.session.execute(_STANDS.where(MoveQuestion.order_id.in_(ids)))
    questions = {row.order_id: QuestionRow(*row) for row in asked}
    found = [ConcernedRow(row, questions.get(row.id)) for row in rows_of(wanted)]
    return sorted(found, key=lambda row: row.question is not None)


def _is_closed(row: Any) -> bool:
    """Whether an order's time is closed: by its point, by its day or time there, or by its shop."""
    if row.archived_at is not None:
        return True
    here = clock.local(row.slot_starts_at)
    times = (f"{here:%Y-%m-%d}", f"{here:%Y-%m-%d}:{here:%H%M}")
    if not set((row.closed or "").split(",")).isdisjoint(times):
        return True
    day = here.date()
    return day in days_between(row.closed_on, row.closed_on) | days_between(row.first, row.last)


def choices_of(order_id: int, *, at: datetime) -> list[MoveChoice]:
    """Return the next times that an order can move to: of its own point, or where that has none, of
    its shop's other points. A booked time is changed where bookings are.
    """
    order = db.session.execute(
        select(Order.merchant_id, Order.point_id, Order.slot_starts_at).where(Order.id == order_id)
    ).one_or_none()
    if order is None or order.slot_starts_at is None or order.point_id is None:
        return []
    return _slots(order_id, order.merchant_id, order.point_id, but=order.slot_starts_at, at=at)


def _slots(
    order_id: int, merchant_id: int, point_id: int, *, but: datetime, at: datetime
) -> list[MoveChoice]:
    own = points_by_id([point_id])[point_id]
    others = [] if own.delivers else points_for([merchant_id])[merchant_id]
    points = [own, *(one for one in others if one.id != point_id)]
    slots = slots_of_points(points, merchant_ids=[merchant_id], at=at, load=load_of(order_id))
    for some in ([own], points[1:]):
        free = [
            MoveChoice(one.key, point.id, point.name_zh, point.name_en, one.starts_at, one.ends_at)
            for point in some
            for one in slots[point.id]
            if one.is_free and (one.starts_at != but or point.id != point_id)
        ]
        if free:
            return sorted(free, key=lambda one: one.starts_at)[:CHOICES]
    return []
