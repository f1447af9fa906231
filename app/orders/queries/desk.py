"""The site's side: what is due, what is stuck and why, how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select, union_all

from app.core import clock
from app.core.db import db
from app.merchants.queries.selling import names_of
from app.orders.models import Checkout, Order, OrderCase, OrderLine, OrderMove
from app.orders.types import (
    NO_SHOW,
    CaseState,
    CheckoutState,
    OrderState,
    Stuck,
    StuckRow,
)
from app.payments.models import Charge, Payment, Refund
from app.payments.types import PaymentState, PaymentStatus, RefundStatus

CONFIRM_HOURS = 24
REFUND_HOURS = 48


def due_order_ids(at: datetime, *, limit: int = 200) -> list[int]:
    """Return the orders on which something is due, the longest due first, however late."""
    return list(
        db.session.scalars(
            select(Order.id)
            .where(Order.due_at.is_not(None), Order.due_at <= at)
            .order_by(Order.due_at, Order.id)
            .limit(limit)
        )
    )


def due_checkouts(at: datetime) -> int:
    """Return how many checkouts ran out and still hold something."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Checkout.state == CheckoutState.OPEN, Checkout.expires_at <= at
            )
        )
        or 0
    )


def stuck_orders(at: datetime, *, limit: int = 50) -> list[StuckRow]:
    """Return the orders that need somebody, the longest waiting first: not accepted, not ready, not
    collected, money not confirmed or disputed, a refund still owed, an after-sale case to decide.
    Two statements.
    """
    found = union_all(*_stuck_selects(at)).subquery()
    rows = db.session.execute(select(found).order_by(found.c.since, found.c.id).limit(limit)).all()
    names = names_of({row.merchant_id for row in rows})
    return [
        StuckRow(
            row.id,
            row.number,
            row.merchant_id,
            *names[row.merchant_id],
            Stuck(row.why),
            row.since,
        )
        for row in rows
    ]


def count_stuck(at: datetime) -> int:
    """Return how many orders need somebody."""
    found = union_all(*_stuck_selects(at)).subquery()
    return db.session.scalar(select(func.count(found.c.id.distinct()))) or 0


def counts_for_operator(at: datetime) -> dict[str, int]:
    """Return the day's orders in numbers: placed today, waiting, not collected today, stuck."""
    start, end = clock.day_span(clock.local(at).date())
    placed = select(func.count(Order.id)).where(Order.placed_at >= start, Order.placed_at < end)
    waiting = select(func.count(Order.id)).where(Order.state == OrderState.PLACED)
    missed = select(func.count(OrderMove.id)).where(
        OrderMove.verb == NO_SHOW.name, OrderMove.at >= start, OrderMove.at < end
    )
    row = db.session.execute(
        select(placed.scalar_subquery(), waiting.scalar_subquery(), missed.scalar_subquery())
    ).one()
    return {
        "placed_today": row[0],
        "waiting": row[1],
        "uncollected_today": row[2],
        "stuck": count_stuck(at),
    }


def _stuck_selects(at: datetime) -> Sequence[Select[*tuple[Any, ...]]]:
    def chosen(why: Stuck, since: Any) -> Select[*tuple[Any, ...]]:
        return select(
            Order.id.label("id"),
            Order.number.label("number"),
            Order.merchant_id.label("merchant_id"),
            literal(why.value).label("why"),
            since.label("since"),
        )

    waits = exists().where(
        OrderLine.order_id == Order.id, OrderLine.to_prepare + OrderLine.ready > 0
    )
    unmade = exists().where(OrderLine.order_id == Order.id, OrderLine.to_prepare > 0)
    of_charge = and_(Charge.about_kind == "order", Charge.about_id == Order.id)
    return [
        chosen(Stuck.NOT_ACCEPTED, Order.accept_by).where(
            Order.state == OrderState.PLACED, Order.accept_by <= at
        ),
        chosen(Stuck.NOT_READY, Order.slot_starts_at).where(
            Order.state == OrderState.ACCEPTED,
            Order.slot_starts_at <= at,
            or_(Order.slot_ends_at.is_(None), Order.slot_ends_at > at),
            unmade,
        ),
        chosen(Stuck.NOT_COLLECTED, Order.slot_ends_at).where(
            Order.state == OrderState.ACCEPTED, Order.slot_ends_at <= at, waits
        ),
        chosen(Stuck.NOT_CONFIRMED, Payment.said_at)
        .join(Charge, of_charge)
        .join(Payment, Payment.charge_id == Charge.id)
        .where(
            Payment.status == PaymentStatus.SAID,
            Payment.said_at <= at - timedelta(hours=CONFIRM_HOURS),
        ),
        chosen(Stuck.DISPUTED, Charge.changed_at)
        .join(Charge, of_charge)
        .where(Charge.state == PaymentState.DISPUTED),
        chosen(Stuck.REFUND_OWED, Refund.at)
        .join(Charge, of_charge)
        .join(Refund, Refund.charge_id == Charge.id)
        .where(
            Refund.status == RefundStatus.OWED,
            Refund.at <= at - timedelta(hours=REFUND_HOURS),
        ),
        chosen(Stuck.CASE, OrderCase.moved_at)
        .join(OrderCase, OrderCase.order_id == Order.id)
        .where(OrderCase.state == CaseState.WITH_OPERATOR),
    ]
