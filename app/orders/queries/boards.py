"""The shop's side: what is on the board, what is to be made, and who stands at the counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.orders import policies
from app.orders.errors import CodeUnknownError
from app.orders.models import HandOver, Order, OrderLine, ShopBoard
from app.orders.queries import products
from app.orders.queries.orders import fits, lines_of, rows_of, rows_select
from app.orders.queries.talks import unread_orders
from app.orders.types import (
    UNDO_MINUTES,
    LineRow,
    OrderRow,
    OrderState,
    ProductDay,
    Slip,
)
from app.payments.models import Charge
from app.payments.queries import refunds_owed_by
from app.payments.types import RefundRow

TAIL = 3  # as many last signs of a code as tell bags apart and open nothing


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One order on the board with its lines."""

    order: OrderRow
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """The orders of one pickup time at one point, in the order in which they were placed, and when
    to begin with what is left of them.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    point_zh: str
    point_en: str
    rows: tuple[BoardRow, ...]
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What a shop has to do: answer, then make, slot by slot or by product; and what it owes."""

    waiting: tuple[BoardRow, ...]
    slots: tuple[SlotGroup, ...]
    days: tuple[ProductDay, ...]
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
    """Return the board: what waits for the shop's answer (a group-buy waits for its cut-off), and
    what is due from today on. Five statements.
    """
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        or_(
            and_(Order.state == OrderState.PLACED, Order.accept_by.is_not(None)),
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
    minutes = products.minutes_of(line.listing_id for row in accepted for line in row.lines)
    return Board(
        waiting=tuple(row for row in rows if row.order.state == OrderState.PLACED),
        slots=_by_slot(accepted, minutes),
        days=products.by_day([(row.order, row.lines) for row in accepted], minutes),
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
                or_(Order.state == OrderState.ACCEPTED, Order.accept_by.is_not(None)),
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


def missed_on(merchant_id: int, day: date, *, at: datetime) -> list[OrderRow]:
    """Return whose pickup time of a day is over and who did not collect all, those whose pieces
    still wait first. Two statements.
    """
    start, end = clock.day_span(day)
    lies = exists().where(
        OrderLine.order_id == Order.id,
        OrderLine.to_prepare + OrderLine.ready + OrderLine.uncollected > 0,
    )
    wanted = rows_select().where(
        Order.merchant_id == merchant_id,
        Order.state.in_((OrderState.ACCEPTED, OrderState.CLOSED)),
        Order.slot_starts_at >= start,
        Order.slot_starts_at < end,
        Order.slot_ends_at <= at,
        lies,
    )
    rows = rows_of(wanted.order_by(Order.slot_starts_at, Order.id).limit(200))
    return sorted(rows, key=lambda row: not row.waiting)


def slips_of(merchant_id: int, *, order_id: int | None = None) -> list[Slip]:
    """Return what is printed for the shop's accepted orders of which something waits, or for one of
    its orders. Four statements.
    """
    wanted = rows_select().where(Order.merchant_id == merchant_id)
    if order_id is None:
        wanted = wanted.where(
            Order.state == OrderState.ACCEPTED, Order.id.in_(unfinished(merchant_id))
        )
    else:
        wanted = wanted.where(Order.id == order_id)
    rows = rows_of(wanted.order_by(Order.slot_starts_at, Order.id).limit(100))
    ids = [row.id for row in rows]
    lines = lines_of(ids)
    codes = dict(db.session.execute(select(Order.id, Order.code).where(Order.id.in_(ids))).all())
    return [Slip(row, codes[row.id][-TAIL:], tuple(lines.get(row.id, ()))) for row in rows]


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


def _by_slot(
    rows: list[BoardRow], minutes: Mapping[int, int] | None = None
) -> tuple[SlotGroup, ...]:
    groups: dict[tuple[datetime | None, datetime | None, str, str], list[BoardRow]] = {}
    for row in rows:
        order = row.order
        key = (order.slot_starts_at, order.slot_ends_at, order.point_zh, order.point_en)
        groups.setdefault(key, []).append(row)
    begins = {
        key: products.begin_of(key[0], (line for row in found for line in row.lines), minutes or {})
        for key, found in groups.items()
    }
    return tuple(SlotGroup(*key, tuple(found), begins[key]) for key, found in groups.items())
