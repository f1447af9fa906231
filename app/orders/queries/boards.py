"""The shop's side: what is on the board, what is to be made, and who stands at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.orders import policies
from app.orders.errors import CodeUnknownError
from app.orders.models import HandOver, Order, OrderLine, ShopBoard
from app.orders.queries.orders import fits, lines_of, rows_of, rows_select
from app.orders.queries.talks import unread_orders
from app.orders.types import (
    UNDO_MINUTES,
    LineKind,
    LineRow,
    OrderRow,
    OrderState,
    ProductRow,
)
from app.payments.models import Charge
from app.payments.queries import refunds_owed_by
from app.payments.types import RefundRow


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One order on the board with its lines."""

    order: OrderRow
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """The orders of one pickup time at one point, in the order in which they were placed."""

    starts_at: datetime | None
    ends_at: datetime | None
    point_zh: str
    point_en: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What a shop has to do: answer, then make, slot by slot; and what it owes back."""

    waiting: tuple[BoardRow, ...]
    slots: tuple[SlotGroup, ...]
    products: tuple[ProductRow, ...]
    refunds: tuple[RefundRow, ...]


@dataclass(frozen=True, slots=True)
class ShopFigures:
    """A shop's day in numbers."""

    waiting: int
    to_prepare: int
    ready: int
    handed_over_today: int


@dataclass(frozen=True, slots=True)
class RecentHandOver:
    """A hand-over of the last minutes, for undoing it."""

    id: int
    order_id: int
    number: str
    contact_name: str
    at: datetime
    until: datetime


def board_version(merchant_id: int, *, at: datetime) -> str:
    """Return what changes whenever the board does: every move, every message that comes or is
    read, and every five minutes for the ages on it. One statement.
    """
    [(version, count, total)] = fetch(_version(), merchant_id=merchant_id)
    return f"{version or 0}:{count}:{total}:{int(at.timestamp()) // 300}"


@cache
def _version() -> Any:
    unread = unread_orders().subquery()
    version = select(ShopBoard.version).where(ShopBoard.merchant_id == bindparam("merchant_id"))
    return select(version.scalar_subquery(), func.count(unread.c.id), func.sum(unread.c.id))


def board_of(merchant_id: int, *, at: datetime) -> Board:
    """Return the board: what waits for an answer, and what is due from today on. Four
    statements.
    """
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        or_(
            Order.state == OrderState.PLACED,
            and_(
                Order.state == OrderState.ACCEPTED,
                Order.id.in_(unfinished(merchant_id)),
            ),
        ),
    )
    orders = rows_of(wanted.order_by(Order.slot_starts_at, Order.id).limit(300))
    lines = lines_of([row.id for row in orders])
    rows = [BoardRow(row, tuple(lines.get(row.id, ()))) for row in orders]
    accepted = [row for row in rows if row.order.state == OrderState.ACCEPTED]
    return Board(
        waiting=tuple(row for row in rows if row.order.state == OrderState.PLACED),
        slots=_by_slot(accepted),
        products=_by_product(accepted),
        refunds=tuple(refunds_owed_by(("merchant", merchant_id))),
    )


def figures_of(merchant_id: int, *, at: datetime) -> ShopFigures:
    """Return a shop's day in numbers. Two statements."""
    start, end = clock.day_span(clock.local(at).date())
    rows = {
        state: tuple(int(one or 0) for one in counts)
        for state, *counts in db.session.execute(
            select(
                Order.state,
                func.count(Order.id.distinct()),
                func.sum(OrderLine.to_prepare),
                func.sum(OrderLine.ready),
            )
            .join(OrderLine, OrderLine.order_id == Order.id)
            .where(
                Order.merchant_id == merchant_id,
                Order.state.in_((OrderState.PLACED, OrderState.ACCEPTED)),
            )
            .group_by(Order.state)
        )
    }
    handed = db.session.scalar(
        select(func.count()).where(
            HandOver.merchant_id == merchant_id,
            HandOver.at >= start,
            HandOver.at < end,
            HandOver.undone_at.is_(None),
        )
    )
    placed = rows.get(OrderState.PLACED, (0, 0, 0))
    accepted = rows.get(OrderState.ACCEPTED, (0, 0, 0))
    return ShopFigures(placed[0], accepted[1], accepted[2], handed or 0)


def due_on(merchant_id: int, *, at: datetime) -> int:
    """Return how many orders the day of this instant still has to serve, answered or not."""
    start, end = clock.day_span(clock.local(at).date())
    due = db.session.scalar(
        select(func.count()).where(
            Order.merchant_id == merchant_id,
            Order.slot_starts_at >= start,
            Order.slot_starts_at < end,
            or_(
                Order.state == OrderState.PLACED,
                and_(Order.state == OrderState.ACCEPTED, Order.id.in_(unfinished(merchant_id))),
            ),
        )
    )
    return int(due or 0)


def counter_of(merchant_id: int, *, at: datetime) -> list[SlotGroup]:
    """Return who comes today, slot by slot, those of earlier days first. Two statements."""
    _start, end = clock.day_span(clock.local(at).date())
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        Order.state == OrderState.ACCEPTED,
        Order.id.in_(unfinished(merchant_id)),
        or_(Order.slot_starts_at.is_(None), Order.slot_starts_at < end),
    )
    rows = rows_of(wanted.order_by(Order.slot_starts_at, Order.id).limit(200))
    return list(_by_slot([BoardRow(row, ()) for row in rows]))


def recent_hand_overs(merchant_id: int, *, at: datetime) -> list[RecentHandOver]:
    """Return what was handed over in the last minutes and may still be undone, newest first."""
    rows = db.session.execute(
        select(HandOver.id, Order.id, Order.number, Order.contact_name, HandOver.at)
        .join(Order, Order.id == HandOver.order_id)
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .where(
            HandOver.merchant_id == merchant_id,
            HandOver.at > at - timedelta(minutes=UNDO_MINUTES),
            HandOver.undone_at.is_(None),
            HandOver.sealed_at.is_(None),
            Charge.refunded_minor == 0,
        )
        .order_by(HandOver.id.desc())
        .limit(20)
    )
    return [RecentHandOver(*row, row[4] + timedelta(minutes=UNDO_MINUTES)) for row in rows]


def order_by_code(viewer: Viewer, merchant_id: int, code: str) -> tuple[int, int]:
    """Return (merchant id, order id) of a pickup code; refuses one that no order has.

    The order may be another shop's: whoever asks decides what to say of it.
    """
    if not policies.can_serve(viewer, merchant_id):
        raise NotFoundError
    found = code_owner(code)
    if found is None:
        raise CodeUnknownError
    return found


def code_owner(code: str) -> tuple[int, int] | None:
    """Return (merchant id, order id) of a pickup code, or None."""
    if not policies.is_code(code):
        return None
    row = db.session.execute(
        select(Order.merchant_id, Order.id).where(Order.code == code)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def search_counter(merchant_id: int, words: str) -> list[OrderRow]:
    """Return a shop's accepted and placed orders that fit a name, a number or the last
    four digits.
    """
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        Order.state.in_((OrderState.PLACED, OrderState.ACCEPTED)),
        fits(words),
    )
    return rows_of(wanted.order_by(Order.slot_starts_at, Order.id.desc()).limit(20))


def unfinished(merchant_id: int) -> Select[int]:
    """Select the shop's accepted orders of which something still waits."""
    return (
        select(OrderLine.order_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.merchant_id == merchant_id,
            Order.state == OrderState.ACCEPTED,
            OrderLine.to_prepare + OrderLine.ready > 0,
        )
    )


def _by_slot(rows: list[BoardRow]) -> tuple[SlotGroup, ...]:
    groups: dict[tuple[datetime | None, datetime | None, str, str], list[BoardRow]] = {}
    for row in rows:
        order = row.order
        key = (order.slot_starts_at, order.slot_ends_at, order.point_zh, order.point_en)
        groups.setdefault(key, []).append(row)
    return tuple(SlotGroup(*key, tuple(found)) for key, found in groups.items())


def _by_product(rows: list[BoardRow]) -> tuple[ProductRow, ...]:
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for row in rows:
        for line in row.lines:
            if line.kind == LineKind.SERVICE or not line.waiting:
                continue
            key = (line.name_zh, line.name_en, line.variant_zh, line.variant_en)
            found = sums.setdefault(key, [0, 0, 0])
            found[0] += line.to_prepare
            found[1] += line.ready
            found[2] += 1
    ordered = sorted(sums.items(), key=lambda item: -item[1][0])
    return tuple(ProductRow(*key, *found) for key, found in ordered)
