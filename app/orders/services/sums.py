"""What an order costs after its pieces moved, and the money that then goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from app.core.access import Viewer
from app.core.db import moved
from app.core.money import shares
from app.orders import policies
from app.orders.errors import QuantityError
from app.orders.models import Order, OrderLine
from app.orders.services import moves
from app.payments import services as payments
from app.payments.models import Refund
from app.payments.queries import charge_of
from app.payments.types import ChargeRow, RefundCause, RefundPart


def restate(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    gone: Sequence[tuple[OrderLine, int]],
    *,
    cause: RefundCause,
    reason: str,
    at: datetime,
) -> ChargeRow:
    """Ask what is due now; what was paid above it is recorded as a refund of the pieces
    that went.
    """
    charge = charge_of(moves.charge_about(order))
    due = policies.due_minor(order, lines) - after_sale_minor(lines)
    charge = payments.set_due(charge.id, max(0, due), at=at)
    over = charge.over_minor
    if over > 0:
        record_refund(actor, order, charge.id, gone, over, cause=cause, reason=reason, at=at)
    return charge


def record_refund(
    actor: Viewer,
    order: Order,
    charge_id: int,
    pieces: Sequence[tuple[OrderLine, int]],
    amount_minor: int,
    *,
    cause: RefundCause,
    reason: str,
    at: datetime,
) -> Refund:
    """Write one refund down, shared over the pieces it is for, and on the lines themselves."""
    weights = [moves.each_minor(line) * count for line, count in pieces]
    if not any(weights):
        weights = [1] * len(pieces)
    parts = []
    for (line, count), amount in zip(pieces, shares(amount_minor, weights), strict=True):
        after_sale = count if cause == RefundCause.AFTER_SALE else 0
        moved(
            update(OrderLine)
            .where(
                OrderLine.id == line.id,
                OrderLine.refunded + after_sale <= OrderLine.handed_over,
                OrderLine.refunded_minor + amount
                <= OrderLine.quantity * (OrderLine.unit_minor + OrderLine.packaging_minor),
            )
            .values(
                refunded=OrderLine.refunded + after_sale,
                refunded_minor=OrderLine.refunded_minor + amount,
            ),
            QuantityError(line_id=line.id),
        )
        moves.set_on(
            line,
            refunded=line.refunded + after_sale,
            refunded_minor=line.refunded_minor + amount,
        )
        parts.append(RefundPart(("order_line", line.id), count, amount))
    return payments.refund(
        actor,
        charge_id,
        parts=parts,
        cause=cause,
        reason=reason,
        at=at,
        data={
            "merchant_id": order.merchant_id,
            "person_id": order.person_id,
            "number": order.number,
        },
    )


def after_sale_minor(lines: Sequence[OrderLine]) -> int:
    """Return what is no longer asked because it came back after the hand-over."""
    return sum(moves.each_minor(line) * line.refunded for line in lines)
