"""A shop's orders and their lines from the newest to the first, a batch at a time, for files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from app.core.db import fetch
from app.core.i18n import pick
from app.orders.models import Order, OrderLine
from app.payments.models import Charge

BATCH = 500
_LAST = 2**31 - 1


class ExportedLine(NamedTuple):
    """One line of an order as a file gives it, named in the reader's language."""

    id: int
    number: str
    placed_at: Any
    name: str
    size: str
    unit_minor: int
    quantity: int
    handed_over: int
    short: int
    uncollected: int
    cancelled: int


def exported_orders(merchant_id: int) -> Iterator[Any]:
    """Give number, instants, state, name and money of every order of a shop."""
    yield from _batches(_orders(), merchant_id)


def exported_lines(merchant_id: int) -> Iterator[ExportedLine]:
    """Give what became of every line of every order of a shop."""
    for row in _batches(_lines(), merchant_id):
        name, size = pick(row.name_zh, row.name_en), pick(row.variant_zh, row.variant_en)
        yield ExportedLine(row.id, row.number, row.placed_at, name, size, *row[7:])


def _batches(wanted: Any, merchant_id: int) -> Iterator[Any]:
    last = _LAST
    while True:
        rows = fetch(wanted, merchant_id=merchant_id, last=last)
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1].id


@cache
def _orders() -> Any:
    return (
        select(
            Order.id, Order.number, Order.placed_at, Order.state, Order.contact_name,
            Charge.amount_minor, Charge.confirmed_minor, Charge.refunded_minor,
            Order.slot_starts_at,
        )
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .where(Order.merchant_id == bindparam("merchant_id"), Order.id < bindparam("last"))
        .order_by(Order.id.desc())
        .limit(BATCH)
    )  # fmt: skip


@cache
def _lines() -> Any:
    return (
        select(
            OrderLine.id, Order.number, Order.placed_at, OrderLine.name_zh, OrderLine.name_en,
            OrderLine.variant_zh, OrderLine.variant_en, OrderLine.unit_minor, OrderLine.quantity,
            OrderLine.handed_over, OrderLine.short, OrderLine.uncollected, OrderLine.cancelled,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.merchant_id == bindparam("merchant_id"), OrderLine.id < bindparam("last"))
        .order_by(OrderLine.id.desc())
        .limit(BATCH)
    )  # fmt: skip
