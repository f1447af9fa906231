"""What payments can tell: charges, payments and refunds, by charge or by what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.core.db import db
from app.core.errors import NotFoundError
from app.payments.models import Charge, Payment, Refund, RefundLine
from app.payments.types import ChargeRow, PaymentRow, RefundPart, RefundRow, RefundStatus


def charge_row(charge_id: int) -> ChargeRow:
    """Return the sums of one charge; refuses an unknown one."""
    return _charge(Charge.id == charge_id)


def charge_of(about: tuple[str, int]) -> ChargeRow:
    """Return the sums of what is asked for one thing; refuses a thing without a charge."""
    return _charge(Charge.about_kind == about[0], Charge.about_id == about[1])


def _charge(*which: ColumnElement[bool]) -> ChargeRow:
    found = db.session.execute(
        select(
            Charge.id,
            Charge.amount_minor,
            Charge.confirmed_minor,
            Charge.refunded_minor,
            Charge.state,
        ).where(*which)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return ChargeRow(*found)


def payments_of(charge_id: int) -> list[PaymentRow]:
    """Return a charge's payments, oldest first."""
    rows = db.session.execute(
        select(
            Payment.id,
            Payment.way,
            Payment.amount_minor,
            Payment.status,
            Payment.said_at,
            Payment.confirmed_at,
            Payment.disputed_at,
            Payment.reason,
        )
        .where(Payment.charge_id == charge_id)
        .order_by(Payment.id)
    )
    return [PaymentRow(*row) for row in rows]


def refunds_of(charge_id: int) -> list[RefundRow]:
    """Return a charge's refunds, oldest first."""
    rows = db.session.execute(
        _refund_columns().where(Refund.charge_id == charge_id).order_by(Refund.id)
    )
    return [RefundRow(*row) for row in rows]


def refunds_owed_by(payee: tuple[str, int], *, limit: int = 100) -> list[RefundRow]:
    """Return what a payee still has to give back, oldest first."""
    rows = db.session.execute(
        _refund_columns()
        .where(
            Charge.payee_kind == payee[0],
            Charge.payee_id == payee[1],
            Refund.status == RefundStatus.OWED,
        )
        .order_by(Refund.id)
        .limit(limit)
    )
    return [RefundRow(*row) for row in rows]


def parts_of(refund_ids: Iterable[int]) -> dict[int, list[RefundPart]]:
    """Return the lines of many refunds at once, by refund."""
    found: dict[int, list[RefundPart]] = {}
    rows = db.session.execute(
        select(
            RefundLine.refund_id,
            RefundLine.about_kind,
            RefundLine.about_id,
            RefundLine.quantity,
            RefundLine.amount_minor,
        )
        .where(RefundLine.refund_id.in_(list(refund_ids)))
        .order_by(RefundLine.id)
    )
    for refund_id, kind, about_id, quantity, amount_minor in rows:
        part = RefundPart((kind, about_id), quantity, amount_minor)
        found.setdefault(refund_id, []).append(part)
    return found


def _refund_columns() -> Select[*tuple[Any, ...]]:
    return select(
        Refund.id,
        Refund.charge_id,
        Charge.about_kind,
        Charge.about_id,
        Refund.amount_minor,
        Refund.cause,
        Refund.status,
        Refund.reason,
        Refund.at,
        Refund.given_at,
    ).join(Charge, Charge.id == Refund.charge_id)
