"""After-sale cases: one page, a shop's, the desk's queue, and what is due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.media.models import Picture
from app.core.media.queries import pictures_of
from app.core.pages import Page, decode_key, keyset
from app.merchants.models import Merchant
from app.orders.models import Order, OrderCase, OrderLine
from app.orders.queries.orders import order_page, timeline_of
from app.orders.types import (
    CASE_VERBS,
    FOR_SHOP,
    CaseBrief,
    CasePage,
    CaseRow,
    CaseState,
    LineRow,
    OrderPage,
)

VERBS = frozenset(verb.name for verb in CASE_VERBS)


def case_for(viewer: Viewer, case_id: int, *, key: str | None = None) -> CasePage:
    """Return a case to the order's buyer, a guest with its key, its shop's staff or an operator; to
    nobody else.
    """
    case = db.session.scalars(
        select(OrderCase).where(OrderCase.id == case_id),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if case is None:
        raise NotFoundError
    order = order_page(viewer, case.order_id, key=key)
    [line] = [one for one in order.lines if one.id == case.line_id]
    steps = [
        row
        for row in timeline_of(order.id)
        if row.verb in VERBS and row.data.get("case_id") == case_id
    ]
    return CasePage(
        id=case.id,
        order=order,
        line=line,
        quantity=case.quantity,
        problem=case.problem,
        wish=case.wish,
        words=case.words,
        state=case.state,
        turn=case.turn,
        remedy=case.remedy,
        amount_minor=case.amount_minor,
        is_agreed=case.is_agreed,
        liable=case.liable,
        goods=case.goods,
        opened_at=case.opened_at,
        over_at=case.over_at,
        due_at=case.due_at,
        most_minor=_most(line, order),
        pictures=tuple(row.id for row in pictures_of("order_case", [case_id]).get(case_id, [])),
        steps=tuple(steps),
    )


def shop_case(viewer: Viewer, merchant_id: int, case_id: int) -> CasePage:
    """Return a case of one shop to those who serve it; refuses another shop's."""
    found = case_for(viewer, case_id)
    serves = viewer.is_staff_of(merchant_id) or viewer.is_operator
    if found.order.merchant_id != merchant_id or not serves:
        raise NotFoundError
    return found


def case_of_order(order_id: int) -> CaseBrief | None:
    """Return the latest case of an order, or None."""
    row = db.session.execute(
        select(OrderCase.id, OrderCase.state, OrderCase.due_at)
        .where(OrderCase.order_id == order_id)
        .order_by(OrderCase.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CaseBrief(*row)


def shop_cases(
    merchant_id: int,
    *,
    states: Collection[CaseState] = (),
    after: str | None = None,
    limit: int = 30,
) -> Page[CaseRow]:
    """Return a shop's cases, newest first."""
    wanted = _rows().where(OrderCase.merchant_id == merchant_id)
    if states:
        wanted = wanted.where(OrderCase.state.in_(states))
    position = decode_key(after, int)
    if position:
        wanted = wanted.where(OrderCase.id < position[0])
    rows = db.session.execute(wanted.order_by(OrderCase.id.desc()).limit(limit + 1))
    return keyset([CaseRow(*row) for row in rows], limit, lambda row: (row.id,))


def count_for_shop(merchant_id: int) -> int:
    """Return how many cases wait for the shop's word."""
    waiting = select(func.count(OrderCase.id)).where(
        OrderCase.merchant_id == merchant_id,
        OrderCase.state.in_(FOR_SHOP),
        OrderCase.is_agreed.is_(False),
    )
    return db.session.scalar(waiting) or 0


def desk_cases(*, states: Collection[CaseState], limit: int = 200) -> list[CaseRow]:
    """Return the cases in these states in all shops, the one that waits longest first."""
    wanted = _rows().where(OrderCase.state.in_(states))
    rows = db.session.execute(wanted.order_by(OrderCase.moved_at, OrderCase.id).limit(limit))
    return [CaseRow(*row) for row in rows]


def due_case_ids(at: datetime, *, limit: int = 200) -> list[int]:
    """Return the cases on which something is due, the longest due first, however late."""
    return list(
        db.session.scalars(
            select(OrderCase.id)
            .where(OrderCase.due_at.is_not(None), OrderCase.due_at <= at)
            .order_by(OrderCase.due_at, OrderCase.id)
            .limit(limit)
        )
    )


def cases_under_way(person_id: int) -> list[tuple[int, str]]:
    """Return (order id, number) of a person's orders with a case that is not over."""
    rows = db.session.execute(
        select(Order.id, Order.number)
        .join(OrderCase, OrderCase.order_id == Order.id)
        .where(Order.person_id == person_id, OrderCase.over_at.is_(None))
        .order_by(Order.id.desc())
        .limit(50)
    )
    return [(row.id, row.number) for row in rows]


def pictures_in_cases(person_id: int) -> Select[Any]:
    """Return the select of the pictures that a person showed in cases."""
    cases = (
        select(OrderCase.id)
        .join(Order, Order.id == OrderCase.order_id)
        .where(Order.person_id == person_id)
    )
    return select(Picture.id).where(Picture.owner_kind == "order_case", Picture.owner_id.in_(cases))


def _most(line: LineRow, order: OrderPage) -> int:
    """What may still go back for the line, as `services.sums.most_minor` holds it."""
    stay = line.stays_minor - line.allowed_minor
    return max(0, min(stay, order.charge.confirmed_minor - order.charge.refunded_minor))


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            OrderCase.id,
            OrderCase.order_id,
            Order.number,
            OrderCase.merchant_id,
            Merchant.name_zh,
            Merchant.name_en,
            Order.contact_name,
            OrderLine.name_zh,
            OrderLine.name_en,
            OrderCase.quantity,
            OrderCase.problem,
            OrderCase.state,
            OrderCase.opened_at,
            OrderCase.moved_at,
            OrderCase.due_at,
        )
        .join(Order, Order.id == OrderCase.order_id)
        .join(OrderLine, OrderLine.id == OrderCase.line_id)
        .join(Merchant, Merchant.id == OrderCase.merchant_id)
    )
