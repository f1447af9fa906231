"""Who orders in a shop: one row for each person, and for each guest's phone or mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
)

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, instant, keyset
from app.orders.models import CustomerNote, Order
from app.orders.queries.orders import rows_of, rows_select
from app.orders.types import OrderRow, OrderState
from app.orders.types.customers import CustomerRow, CustomerSort, CustomerView
from app.payments.models import Charge

PAGE_SIZE = 30
BATCH = 500
AWAY_DAYS = 60
# What was agreed on, whatever came of it; what was cancelled or lapsed is nobody's custom.
COUNTED = (OrderState.PLACED, OrderState.ACCEPTED, OrderState.CLOSED)


def who() -> ColumnElement[str | None]:
    """Return the column that is the same for all orders of one customer; NULL for a walk-in who
    left nothing.
    """
    return case(
        (Order.person_id.is_not(None), "p" + cast(Order.person_id, String)),
        (Order.contact_phone != "", "t" + Order.contact_phone),
        (Order.contact_mail != "", "m" + Order.contact_mail),
    )


def kept_money() -> ColumnElement[int]:
    """Return the column of what a shop got for an order and did not give back."""
    return Charge.confirmed_minor - Charge.refunded_minor


def customers_of(
    merchant_id: int,
    *,
    view: CustomerView,
    sort: CustomerSort,
    words: str,
    after: str | None,
    at: datetime,
) -> Page[CustomerRow]:
    """Return a page of a shop's customers. One statement."""
    found = _people(merchant_id, words)
    wanted = _named(found).where(*_seen_as(view, found, at))
    column = {
        CustomerSort.LAST: found.c.last_at,
        CustomerSort.ORDERS: found.c.orders,
        CustomerSort.SPENT: found.c.spent,
    }[sort]
    key = decode_key(after, instant if sort is CustomerSort.LAST else int, int)
    if key is not None:
        value = bindparam("last_value", key[0], type_=column.type)
        wanted = wanted.where(or_(column < value, and_(column == value, found.c.id < key[1])))
    wanted = wanted.order_by(column.desc(), found.c.id.desc()).limit(PAGE_SIZE + 1)
    rows = [CustomerRow(*row) for row in db.session.execute(wanted)]
    place = {CustomerSort.LAST: 4, CustomerSort.ORDERS: 1, CustomerSort.SPENT: 2}[sort]
    return keyset(rows, PAGE_SIZE, lambda row: (row[place], row.id))


def all_customers(merchant_id: int) -> Iterator[CustomerRow]:
    """Give every customer of a shop, those of the last order first, a batch at a time."""
    found = _people(merchant_id, "")
    last: Any = None
    while True:
        wanted = _named(found).order_by(found.c.last_id.desc()).limit(BATCH)
        if last is not None:
            wanted = wanted.where(found.c.last_id < last)
        rows = db.session.execute(wanted.add_columns(found.c.last_id)).all()
        for row in rows:
            yield CustomerRow(*row[:7])
        if len(rows) < BATCH:
            return
        last = rows[-1][7]


def customer_for(merchant_id: int, order_id: int) -> tuple[CustomerRow, list[OrderRow]]:
    """Return the customer of an order of this shop and their latest orders; refuses another shop's
    order, and one that nobody's name is on.
    """
    key = select(who()).where(Order.id == order_id, Order.merchant_id == merchant_id)
    found = _people(merchant_id, "", only=key.scalar_subquery())
    row = db.session.execute(_named(found)).one_or_none()
    if row is None:
        raise NotFoundError
    theirs = select(Order.id).where(
        Order.merchant_id == merchant_id, who() == key.scalar_subquery()
    )
    wanted = rows_select().where(Order.id.in_(theirs)).order_by(Order.id.desc()).limit(20)
    return CustomerRow(*row), rows_of(wanted)


def _people(merchant_id: int, words: str, only: Any = None) -> Any:
    """Return each customer with what their orders come to."""
    counts = Order.state.in_(COUNTED)
    wanted = (
        select(
            func.min(Order.id).label("id"),
            func.max(Order.id).label("last_id"),
            func.count(Order.id).filter(counts).label("orders"),
            func.coalesce(func.sum(kept_money()), 0).label("spent"),
            func.min(Order.placed_at).label("first_at"),
            func.max(Order.placed_at).label("last_at"),
        )
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .where(Order.merchant_id == merchant_id, who().is_not(None), Order.contact_name != "")
        .group_by(who())
        .having(func.count(Order.id).filter(counts) > 0)
    )
    if only is not None:
        wanted = wanted.where(who() == only)
    if words:
        named = Order.contact_name.icontains(words, autoescape=True)
        theirs = select(who()).where(
            Order.merchant_id == merchant_id, or_(named, Order.phone_last4 == words)
        )
        wanted = wanted.where(who().in_(theirs))
    return wanted.subquery()


def _named(found: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            found.c.id,
            found.c.orders,
            found.c.spent,
            found.c.first_at,
            found.c.last_at,
            Order.contact_name,
            func.coalesce(CustomerNote.text, ""),
        )
        .join(Order, Order.id == found.c.last_id)
        .outerjoin(CustomerNote, CustomerNote.order_id == found.c.id)
    )


def _seen_as(view: CustomerView, found: Any, at: datetime) -> list[ColumnElement[bool]]:
    if view is CustomerView.RETURNING:
        return [found.c.orders > 1]
    if view is CustomerView.ONCE:
        return [found.c.orders == 1]
    if view is CustomerView.AWAY:
        return [found.c.last_at < at - timedelta(days=AWAY_DAYS)]
    if view is CustomerView.NOTED:
        return [CustomerNote.text.is_not(None)]
    return []
