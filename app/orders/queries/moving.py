"""When an order that cannot be served on its day could be collected instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select

from app.core import clock
from app.core.db import db
from app.merchants.queries.booking import times_for
from app.merchants.queries.collecting import points_by_id, slots_of_points
from app.merchants.types import Load, SlotChoice, TimeChoice
from app.orders.models import Order
from app.orders.queries.boards import unfinished
from app.orders.queries.orders import lines_of, rows_of, rows_select
from app.orders.types import LineKind, LineRow, OrderRow, OrderState


@dataclass(frozen=True, slots=True)
class DueRow:
    """An order that its day still has to serve, and when it could be served instead."""

    order: OrderRow
    next_at: datetime | None


def due_today(merchant_id: int, *, at: datetime) -> list[OrderRow]:
    """Return the orders that the day of this instant still has to serve, answered or not."""
    today = clock.local(at).date()
    return due_between(merchant_id, today, today)


def due_between(merchant_id: int, first: date, last: date) -> list[OrderRow]:
    """Return the orders that these days, both included, still have to serve, answered or not."""
    start, end = clock.day_span(first)[0], clock.day_span(last)[1]
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        Order.slot_starts_at >= start,
        Order.slot_starts_at < end,
        or_(
            Order.state == OrderState.PLACED,
            and_(Order.state == OrderState.ACCEPTED, Order.id.in_(unfinished(merchant_id))),
        ),
    )
    return rows_of(wanted.order_by(Order.slot_starts_at, Order.id).limit(300))


def due_rows(merchant_id: int, first: date, last: date, *, at: datetime) -> list[DueRow]:
    """Return those orders with the next time that is free for each after these days; the statements
    grow with points and services, not with orders.
    """
    orders = due_between(merchant_id, first, last)
    ids = [row.id for row in orders]
    lines = lines_of(ids)
    rows = db.session.execute(select(Order.id, Order.point_id).where(Order.id.in_(ids)))
    points: dict[int, int | None] = {row.id: row.point_id for row in rows}
    _start, after = clock.day_span(last)
    slots = {
        point_id: next(iter(free_slots(point_id, merchant_id, after=after, at=at)), None)
        for point_id in {one for one in points.values() if one is not None}
    }
    times = {
        listing_id: next(iter(free_times(listing_id, after=after, at=at)), None)
        for listing_id in {one for found in lines.values() for one in _booked(found)}
    }
    return [
        DueRow(row, _first(points[row.id], slots, _booked(lines.get(row.id, ())), times))
        for row in orders
    ]


def free_slots(
    point_id: int, merchant_id: int, *, after: datetime, at: datetime, load: Load | None = None
) -> list[SlotChoice]:
    """Return the pickup times of a point that can be chosen now and begin after an instant."""
    point = points_by_id([point_id]).get(point_id)
    if point is None:
        return []
    slots = slots_of_points([point], merchant_ids=[merchant_id], at=at, load=load)[point_id]
    return sorted(
        (one for one in slots if one.is_free and one.starts_at >= after),
        key=lambda one: one.starts_at,
    )


def load_of(order_id: int) -> Load:
    """Return what an order still brings to a pickup time."""
    goods = [one for one in lines_of([order_id]).get(order_id, ()) if one.kind == LineKind.GOODS]
    return Load(
        sum(line.waiting for line in goods), sum(line.waiting * line.each_minor for line in goods)
    )


def free_times(listing_id: int, *, after: datetime, at: datetime) -> list[TimeChoice]:
    """Return the starts of a service that can be booked now, after an instant."""
    return [one for one in times_for(listing_id, at=at) if one.starts_at >= after]


def _booked(lines: Sequence[LineRow]) -> list[int]:
    return [
        line.listing_id
        for line in lines
        if line.kind == LineKind.SERVICE and line.waiting and line.listing_id is not None
    ]


def _first(
    point_id: int | None,
    slots: dict[int, SlotChoice | None],
    listing_ids: Sequence[int],
    times: dict[int, TimeChoice | None],
) -> datetime | None:
    """Return when the buyer would come instead; None where any part of it has no free time."""
    chosen = [times[one] for one in listing_ids]
    if any(one is None for one in chosen):
        return None
    if point_id is not None:
        slot = slots[point_id]
        return None if slot is None else slot.starts_at
    return min((one.starts_at for one in chosen if one is not None), default=None)
