"""What settlement does when goods go over the counter or come back, are paid back, and when a shop
leaves.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.queries.own import OFFICE, Fate, holds
from app.core import clock
from app.core.db import db
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import Merchant
from app.merchants.signals import merchant_archived
from app.orders.models import Order, OrderLine
from app.orders.signals import hand_over_undone, order_handed_over
from app.payments.signals import refund_recorded
from app.payments.types import RefundCause, RefundPart
from app.settlement.models import BillReceipt
from app.settlement.services.booking import book
from app.settlement.services.fees import book_fees
from app.settlement.types import Booking, LineKind


def connect() -> None:
    """Listen to orders, payments and shops."""
    order_handed_over.connect(on_order_handed_over)
    hand_over_undone.connect(on_hand_over_undone)
    refund_recorded.connect(on_refund_recorded)
    merchant_archived.connect(on_merchant_archived)
    office = _l("Deeds of office")
    holds(BillReceipt, "by_id", title=office, fate=Fate.KEPT, why=OFFICE, left_out=OFFICE)


def on_order_handed_over(
    _sender: Any,
    *,
    order: Order,
    hand_over: Any,
    lines: Sequence[tuple[int, int]],
    at: datetime,
    **_more: Any,
) -> None:
    """Book the commission of what went over the counter."""
    _book_goods(order, hand_over.id, lines, at, LineKind.SALE)


def on_hand_over_undone(
    _sender: Any,
    *,
    order: Order,
    hand_over: Any,
    lines: Sequence[tuple[int, int]],
    at: datetime,
    **_more: Any,
) -> None:
    """Take back the commission of a hand-over that was undone."""
    _book_goods(order, hand_over.id, lines, at, LineKind.UNDONE)


def on_refund_recorded(
    _sender: Any,
    *,
    refund: Any,
    subject: tuple[str, int],
    parts: Sequence[RefundPart],
    at: datetime,
    **_more: Any,
) -> None:
    """Give back the commission of goods that were handed over and refunded; other refunds never had
    any.
    """
    if refund.cause != RefundCause.AFTER_SALE or subject[0] != "order":
        return
    rows = _rows(part.subject[1] for part in parts)
    merchant_id = db.session.scalar(sa.select(Order.merchant_id).where(Order.id == subject[1]))
    assert merchant_id is not None
    bases: dict[int, int] = {}
    for part in parts:
        row = rows[part.subject[1]]
        goods = (
            min(part.amount_minor, part.quantity * row.unit_minor)
            if part.quantity
            else part.amount_minor
        )
        bases[row.commission_bp] = bases.get(row.commission_bp, 0) - goods
    gross = -sum(part.amount_minor for part in parts)
    booking = Booking(
        f"refund:{refund.id}",
        LineKind.REFUND,
        merchant_id,
        subject[1],
        ("refund", refund.id),
        at,
        gross,
        bases,
        memo=(refund.reason or "")[:200],
    )
    book([booking])


def on_merchant_archived(_sender: Any, *, merchant: Merchant, at: datetime, **_more: Any) -> None:
    """Give back what a shop that leaves has paid, or owes, for the rest of its year."""
    today = clock.local(at).date()
    book_fees(merchant.id, today=today, closed_on=today)


def _rows(line_ids: Iterable[int]) -> dict[int, Any]:
    wanted = sa.select(
        OrderLine.id, OrderLine.unit_minor, OrderLine.packaging_minor, OrderLine.commission_bp
    )
    return {
        row.id: row for row in db.session.execute(wanted.where(OrderLine.id.in_(set(line_ids))))
    }


def _book_goods(
    order: Order, hand_over_id: int, lines: Sequence[tuple[int, int]], at: datetime, kind: LineKind
) -> None:
    rows = _rows(line_id for line_id, _quantity in lines)
    sign = 1 if kind is LineKind.SALE else -1
    bases: dict[int, int] = {}
    gross = 0
    for line_id, quantity in lines:
        row = rows[line_id]
        bases[row.commission_bp] = (
            bases.get(row.commission_bp, 0) + sign * quantity * row.unit_minor
        )
        gross += sign * quantity * (row.unit_minor + row.packaging_minor)
    key = (
        f"hand_over:{hand_over_id}" if kind is LineKind.SALE else f"hand_over:{hand_over_id}:undone"
    )
    cause = ("hand_over", hand_over_id)
    book([Booking(key, kind, order.merchant_id, order.id, cause, at, gross, bases)])
