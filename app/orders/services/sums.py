"""What an order costs after its pieces moved, and the money that then goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.core.access import Viewer
from app.core.db import db, moved
from app.core.money import shares
from app.orders import policies
from app.orders.errors import CardPiecesError, NothingPaidError, QuantityError
from app.orders.models import Card, Order, OrderLine
from app.orders.services import moves
from app.orders.types.worth import worth_minor
from app.payments import services as payments
from app.payments.errors import RefundTooMuchError
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
    worth = freed_minor if cause == RefundCause.AFTER_SALE else _price_of
    weights = [worth(line, count) for line, count in pieces]
    fee = 0 if cause == RefundCause.AFTER_SALE else _fee_in(order, amount_minor, sum(weights))
    if not any(weights):
        weights = [1] * len(pieces)
    parts = [RefundPart(moves.charge_about(order), 0, fee)] if fee else []
    for (line, count), amount in zip(pieces, shares(amount_minor - fee, weights), strict=True):
        after_sale = count if cause == RefundCause.AFTER_SALE else 0
        allowed = allowed_after(line, after_sale)
        moved(
            update(OrderLine)
            .where(
                OrderLine.id == line.id,
                OrderLine.refunded + after_sale <= OrderLine.handed_over,
                OrderLine.refunded_minor + amount
                <= OrderLine.quantity * (OrderLine.unit_minor + OrderLine.packaging_minor)
                - OrderLine.reduced_minor,
            )
            .values(
                refunded=OrderLine.refunded + after_sale,
                refunded_minor=OrderLine.refunded_minor + amount,
                allowed_minor=allowed,
            ),
            QuantityError(line_id=line.id),
        )
        moves.set_on(
            line,
            refunded=line.refunded + after_sale,
            refunded_minor=line.refunded_minor + amount,
            allowed_minor=allowed,
        )
        parts.append(RefundPart(("order_line", line.id), count, amount))
    return payments.refund(
        actor,
        charge_id,
        parts=parts,
        cause=cause,
        reason=reason,
        at=at,
        data=moves.about(order),
    )


def lower_prices(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    prices: Mapping[int, int],
    *,
    at: datetime,
) -> int:
    """Ask less for a piece of each line, `{line_id: unit_minor}`, before it is collected; what was
    paid above that is owed back. A price that is not lower changes nothing. Return what is asked
    less.
    """
    less = 0
    for line in lines:
        price = prices.get(line.id, line.unit_minor)
        if price >= line.unit_minor:
            continue
        moved(
            update(OrderLine)
            .where(OrderLine.id == line.id, OrderLine.handed_over == 0)
            .values(unit_minor=price),
            QuantityError(line_id=line.id),
        )
        less += (line.unit_minor - price) * (line.quantity - line.short - line.cancelled)
        moves.set_on(line, unit_minor=price)
    if less:
        charge = charge_of(moves.charge_about(order))
        due = policies.due_minor(order, lines) - after_sale_minor(lines)
        give_back_over(actor, order, payments.set_due(charge.id, max(0, due), at=at), at=at)
    return less


def give_back_over(actor: Viewer, order: Order, charge: ChargeRow, *, at: datetime) -> None:
    """Owe what came in above what is asked."""
    if charge.over_minor <= 0:
        return
    payments.refund(
        actor,
        charge.id,
        parts=[RefundPart(moves.charge_about(order), 0, charge.over_minor)],
        cause=RefundCause.OVERPAID,
        at=at,
        data=moves.about(order),
    )


def take_back(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    pieces: Sequence[tuple[OrderLine, int]],
    *,
    reason: str,
    at: datetime,
) -> Refund:
    """Owe the money of handed-over pieces, as far as it came in; refuses where nothing did."""
    in_pieces = select(Card.id).where(Card.line_id.in_([line.id for line, _count in pieces]))
    if db.session.scalar(in_pieces.where(Card.void_at.is_(None)).limit(1)):
        raise CardPiecesError
    charge = charge_of(moves.charge_about(order))
    wanted = sum(freed_minor(line, count) for line, count in pieces)
    kept = charge.confirmed_minor - charge.refunded_minor
    if wanted == 0 or kept <= 0:
        raise NothingPaidError
    due = policies.due_minor(order, lines) - after_sale_minor(lines) - wanted
    payments.set_due(charge.id, max(0, due), at=at)
    amount, cause = min(wanted, kept), RefundCause.AFTER_SALE
    return record_refund(actor, order, charge.id, pieces, amount, cause=cause, reason=reason, at=at)


def allow(
    actor: Viewer,
    order: Order,
    lines: Sequence[OrderLine],
    line: OrderLine,
    amount_minor: int,
    *,
    reason: str,
    at: datetime,
) -> Refund:
    """Owe part of the money of pieces that stay with the buyer; refuses more than they cost, and
    more than came in.
    """
    charge = charge_of(moves.charge_about(order))
    if not 0 < amount_minor <= charge.confirmed_minor - charge.refunded_minor:
        raise RefundTooMuchError
    stay = worth_minor(OrderLine, OrderLine.handed_over) - worth_minor(
        OrderLine, OrderLine.refunded
    )
    moved(
        update(OrderLine)
        .where(OrderLine.id == line.id, OrderLine.allowed_minor + amount_minor <= stay)
        .values(allowed_minor=OrderLine.allowed_minor + amount_minor),
        RefundTooMuchError(),
    )
    moves.set_on(line, allowed_minor=line.allowed_minor + amount_minor)
    due = policies.due_minor(order, lines) - after_sale_minor(lines)
    payments.set_due(charge.id, max(0, due), at=at)
    cause = RefundCause.AFTER_SALE
    return record_refund(
        actor, order, charge.id, [(line, 0)], amount_minor, cause=cause, reason=reason, at=at
    )


def most_minor(line: OrderLine, charge: ChargeRow) -> int:
    """Return what may still go back for a line: what its pieces cost, and never more than is
    there.
    """
    stay = _stays(line, line.refunded) - line.allowed_minor
    return max(0, min(stay, charge.confirmed_minor - charge.refunded_minor))


def after_sale_minor(lines: Sequence[OrderLine]) -> int:
    """Return what is no longer asked because it went back after the hand-over."""
    return sum(worth_minor(line, line.refunded) + line.allowed_minor for line in lines)


def freed_minor(line: OrderLine, count: int) -> int:
    """Return what so many pieces coming back are worth: what went back for them before is not
    owed twice.
    """
    pieces = worth_minor(line, line.refunded + count) - worth_minor(line, line.refunded)
    return int(pieces) - (line.allowed_minor - allowed_after(line, count))


def allowed_after(line: OrderLine, count: int) -> int:
    """Return what of a line's part of the money still stands once so many pieces came back."""
    return min(line.allowed_minor, max(0, _stays(line, line.refunded + count)))


def _stays(line: OrderLine, refunded: int) -> int:
    """Return what the pieces cost that were handed over and did not come back."""
    return int(worth_minor(line, line.handed_over) - worth_minor(line, refunded))


def _fee_in(order: Order, amount_minor: int, pieces_minor: int) -> int:
    """Return what of money that goes back is the fee: what the pieces are not worth."""
    return min(order.fee_minor, max(0, amount_minor - pieces_minor))


def _price_of(line: OrderLine, count: int) -> int:
    """Return what pieces are worth that were given up: they are the last of the line."""
    stay = line.quantity - line.short - line.cancelled - line.uncollected
    return int(worth_minor(line, min(line.quantity, stay + count)) - worth_minor(line, stay))
