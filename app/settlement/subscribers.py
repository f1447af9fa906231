"""What settlement does when goods go over the counter or come back, are paid back, and when a shop
leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
from app.orders.types.worth import goods_worth, site_share, worth_minor
from app.payments.signals import refund_recorded
from app.payments.types import RefundCause, RefundPart
from app.settlement.models import BillReceipt, WriteOff
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
    for model, column in (
        (BillReceipt, "by_id"),
        (WriteOff, "asked_by"),
        (WriteOff, "decided_by"),
    ):
        holds(model, column, title=office, fate=Fate.KEPT, why=OFFICE, left_out=OFFICE)


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
    coupons = 0
    merchant_id = db.session.scalar(sa.select(Order.merchant_id).where(Order.id == subject[1]))
    assert merchant_id is not None
    bases: dict[int, int] = {}
    for part in parts:
        row = rows[part.subject[1]]
        paid = site_share(row, row.refunded) - site_share(row, row.refunded - part.quantity)
        goods = part.amount_minor + paid
        if part.quantity:
            here = goods_worth(row, row.refunded)
            goods = min(goods, here - goods_worth(row, row.refunded - part.quantity))
        bases[row.commission_bp] = bases.get(row.commission_bp, 0) - goods
        coupons -= paid
    gross = coupons - sum(part.amount_minor for part in parts)
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
    book([booking, *_coupons(booking, coupons)])


def on_merchant_archived(_sender: Any, *, merchant: Merchant, at: datetime, **_more: Any) -> None:
    """Give back what a shop that leaves has paid, or owes, for the rest of its year."""
    today = clock.local(at).date()
    book_fees(merchant.id, today=today, closed_on=today)


def _rows(line_ids: Iterable[int]) -> dict[int, Any]:
    wanted = sa.select(
        OrderLine.id,
        OrderLine.unit_minor,
        OrderLine.packaging_minor,
        OrderLine.commission_bp,
        OrderLine.quantity,
        OrderLine.handed_over,
        OrderLine.refunded,
        OrderLine.reduced_minor,
        OrderLine.site_minor,
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
    gross = coupons = 0
    for line_id, quantity in lines:
        row = rows[line_id]
        now, before = row.handed_over, row.handed_over - sign * quantity
        goods = goods_worth(row, now) - goods_worth(row, before)
        paid = site_share(row, now) - site_share(row, before)
        bases[row.commission_bp] = bases.get(row.commission_bp, 0) + goods
        gross += int(worth_minor(row, now) - worth_minor(row, before)) + paid
        coupons += paid
    key = (
        f"hand_over:{hand_over_id}" if kind is LineKind.SALE else f"hand_over:{hand_over_id}:undone"
    )
    cause = ("hand_over", hand_over_id)
    booking = Booking(key, kind, order.merchant_id, order.id, cause, at, gross, bases)
    book([booking, *_coupons(booking, coupons)])


def _coupons(booking: Booking, paid_minor: int) -> list[Booking]:
    """Return what the site owes the shop for its own coupons, as a line beside the sale."""
    if not paid_minor:
        return []
    key = f"{booking.key}:coupons"
    return [
        replace(
            booking, key=key, kind=LineKind.COUPON, gross_minor=0, bases={}, fee_minor=-paid_minor
        )
    ]
