"""The rules of money that goes over: asked, said, confirmed, disputed, given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved, put
from app.core.errors import NotFoundError
from app.payments import policies
from app.payments.errors import (
    MoneyGoneBackError,
    PaymentMovedError,
    RefundGivenError,
    RefundTooMuchError,
)
from app.payments.models import Charge, Payment, Refund, RefundLine
from app.payments.queries import charge_row
from app.payments.signals import (
    payment_confirmed,
    payment_disputed,
    payment_said,
    payment_undone,
    refund_recorded,
)
from app.payments.types import (
    PAID_CONFIRMED,
    PAID_DISPUTED,
    PAID_SAID,
    PAID_UNDONE,
    PAYMENT_MOVES,
    REFUND_GIVEN,
    REFUND_RECORDED,
    Asked,
    ChargeRow,
    PaymentState,
    PaymentStatus,
    PayWay,
    RefundCause,
    RefundPart,
    RefundStatus,
)


def open_charges(asked: Sequence[Asked], *, at: datetime) -> list[int]:
    """Ask an amount for each of several things, one charge per thing; return their ids in order."""
    return put(
        Charge,
        [
            {
                "about_kind": one.about[0],
                "about_id": one.about[1],
                "payer_id": one.payer_id,
                "payee_kind": one.payee[0],
                "payee_id": one.payee[1],
                "amount_minor": one.amount_minor,
                "made_at": at,
                "changed_at": at,
            }
            for one in asked
        ],
    )


def set_due(charge_id: int, amount_minor: int, *, at: datetime) -> ChargeRow:
    """Ask another amount than before and recompute the state; what is then overpaid the caller
    refunds.
    """
    _locked(charge_id, at)
    return _restated(charge_id, amount_minor=amount_minor)


def say_paid(
    actor: Viewer, charge_id: int, *, way: PayWay, at: datetime, data: dict[str, Any] | None = None
) -> Payment:
    """Note that the payer says all is paid; refuses when nothing is owed, repeats
    change nothing.
    """
    charge = _locked(charge_id, at)
    said = _payment_with(charge_id, PaymentStatus.SAID)
    if said is not None:
        return said
    policies.check_owed(charge)
    payment = Payment(
        charge_id=charge_id,
        way=way,
        amount_minor=charge.owed_minor,
        status=PaymentStatus.SAID,
        said_at=at,
        said_by=actor.id,
    )
    db.session.add(payment)
    db.session.flush()
    _restated(charge_id)
    about = _about(charge_id)
    record(actor, PAID_SAID, about, at=at, data=_data(payment.amount_minor, data))
    payment_said.send(payment, payment=payment, charge=charge, subject=about, at=at)
    return payment


def take_payment(
    actor: Viewer,
    charge_id: int,
    *,
    way: PayWay,
    amount_minor: int | None = None,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> Payment:
    """Note money the payee took just now; a payment said before is confirmed instead of written
    twice.

    Takes what is owed unless an amount is named; refuses when nothing is owed.
    """
    charge = _locked(charge_id, at)
    policies.check_owed(charge)
    amount = min(amount_minor or charge.owed_minor, charge.owed_minor)
    payment = _payment_with(charge_id, PaymentStatus.SAID)
    if payment is None or payment.amount_minor > amount:
        payment = Payment(charge_id=charge_id, way=way, amount_minor=amount)
        payment.status, payment.confirmed_at, payment.confirmed_by = (
            PaymentStatus.CONFIRMED,
            at,
            actor.id,
        )
        db.session.add(payment)
        db.session.flush()
        return _confirmed(actor, payment, at, data)
    return confirm_payment(actor, payment.id, at=at, data=data)


def confirm_payment(
    actor: Viewer, payment_id: int, *, at: datetime, data: dict[str, Any] | None = None
) -> Payment:
    """Confirm what the payer said, or end a dispute in the payer's favour; refuses a payment moved
    on.
    """
    payment = _payment(payment_id)
    _locked(payment.charge_id, at)
    _moved(payment, PaymentStatus.CONFIRMED, confirmed_at=at, confirmed_by=actor.id)
    return _confirmed(actor, payment, at, data)


def dispute_payment(
    actor: Viewer, payment_id: int, *, reason: str, at: datetime, data: dict[str, Any] | None = None
) -> Payment:
    """Note that one side says this payment is not so; refuses one that was withdrawn."""
    payment = _payment(payment_id)
    _locked(payment.charge_id, at)
    _moved(
        payment, PaymentStatus.DISPUTED, disputed_at=at, disputed_by=actor.id, reason=reason[:500]
    )
    _restated(payment.charge_id)
    about = _about(payment.charge_id)
    record(
        actor, PAID_DISPUTED, about, at=at, reason=reason, data=_data(payment.amount_minor, data)
    )
    payment_disputed.send(payment, payment=payment, subject=about, at=at, actor=actor)
    return payment


def undo_payment(
    actor: Viewer,
    payment_id: int,
    *,
    reason: str = "",
    at: datetime,
    data: dict[str, Any] | None = None,
) -> Payment:
    """Take a payment back as if it had not been; refuses when money of it went back already."""
    payment = _payment(payment_id)
    charge = _locked(payment.charge_id, at)
    was_confirmed = payment.confirmed_at is not None
    if was_confirmed and charge.confirmed_minor - payment.amount_minor < charge.refunded_minor:
        raise MoneyGoneBackError
    _moved(payment, PaymentStatus.WITHDRAWN, withdrawn_at=at, reason=reason[:500])
    _restated(payment.charge_id)
    about = _about(payment.charge_id)
    record(actor, PAID_UNDONE, about, at=at, reason=reason, data=_data(payment.amount_minor, data))
    if was_confirmed:
        payment_undone.send(payment, payment=payment, subject=about, at=at, actor=actor)
    return payment


def refund(
    actor: Viewer,
    charge_id: int,
    *,
    parts: Sequence[RefundPart],
    cause: RefundCause,
    reason: str = "",
    at: datetime,
    data: dict[str, Any] | None = None,
) -> Refund:
    """Record that money goes back, line by line; it is owed until `give_refund`.

    Refuses more than was confirmed and not yet refunded, also when two ask at once.
    """
    amount = sum(part.amount_minor for part in parts)
    charge = _locked(charge_id, at)
    policies.check_refundable(charge, amount)
    moved(
        update(Charge)
        .where(Charge.id == charge_id, Charge.refunded_minor + amount <= Charge.confirmed_minor)
        .values(refunded_minor=Charge.refunded_minor + amount),
        RefundTooMuchError(),
    )
    row = Refund(
        charge_id=charge_id,
        amount_minor=amount,
        cause=cause,
        status=RefundStatus.OWED,
        reason=reason[:500],
        at=at,
        actor_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_refund_line(row.id, part) for part in parts)
    _restated(charge_id)
    about = _about(charge_id)
    record(actor, REFUND_RECORDED, about, at=at, reason=reason, data=_data(amount, data))
    refund_recorded.send(row, refund=row, subject=about, parts=list(parts), at=at, actor=actor)
    return row


def give_refund(
    actor: Viewer, refund_id: int, *, at: datetime, data: dict[str, Any] | None = None
) -> Refund:
    """Note that the payee handed the money back; refuses when that was noted before."""
    row = db.session.get(Refund, refund_id)
    if row is None:
        raise NotFoundError
    moved(
        update(Refund)
        .where(Refund.id == refund_id, Refund.status == RefundStatus.OWED)
        .values(status=RefundStatus.GIVEN, given_at=at, given_by=actor.id),
        RefundGivenError(),
    )
    db.session.refresh(row)
    about = _about(row.charge_id)
    record(actor, REFUND_GIVEN, about, at=at, data=_data(row.amount_minor, data))
    return row


def _confirmed(
    actor: Viewer, payment: Payment, at: datetime, data: dict[str, Any] | None
) -> Payment:
    _restated(payment.charge_id)
    about = _about(payment.charge_id)
    record(actor, PAID_CONFIRMED, about, at=at, data=_data(payment.amount_minor, data))
    payment_confirmed.send(payment, payment=payment, subject=about, at=at, actor=actor)
    return payment


def _data(amount_minor: int, more: dict[str, Any] | None) -> dict[str, Any]:
    return {"amount_minor": amount_minor} | (more or {})


def _refund_line(refund_id: int, part: RefundPart) -> RefundLine:
    return RefundLine(
        refund_id=refund_id,
        about_kind=part.subject[0],
        about_id=part.subject[1],
        quantity=part.quantity,
        amount_minor=part.amount_minor,
    )


def _locked(charge_id: int, at: datetime) -> ChargeRow:
    """Touch the charge first: on PostgreSQL whoever comes second waits here and then reads the
    truth.
    """
    if changed(update(Charge).where(Charge.id == charge_id).values(changed_at=at)) == 0:
        raise NotFoundError
    return charge_row(charge_id)


def _restated(charge_id: int, *, amount_minor: int | None = None) -> ChargeRow:
    """Recompute a charge's sums and state from its rows: the only place that writes them."""
    confirmed, said, disputed = db.session.execute(
        select(
            _sum_where(PaymentStatus.CONFIRMED, PaymentStatus.DISPUTED),
            _count_where(PaymentStatus.SAID),
            _count_where(PaymentStatus.DISPUTED),
        ).where(Payment.charge_id == charge_id)
    ).one()
    refunded, asked = db.session.execute(
        select(
            select(func.coalesce(func.sum(Refund.amount_minor), 0))
            .where(Refund.charge_id == charge_id)
            .scalar_subquery(),
            Charge.amount_minor,
        ).where(Charge.id == charge_id)
    ).one()
    due = asked if amount_minor is None else amount_minor
    state = policies.state_of(
        amount_minor=due,
        confirmed_minor=int(confirmed),
        refunded_minor=int(refunded),
        said=said,
        disputed=disputed,
    )
    changed(
        update(Charge)
        .where(Charge.id == charge_id)
        .values(
            amount_minor=due,
            confirmed_minor=int(confirmed),
            refunded_minor=int(refunded),
            state=state,
        )
    )
    return ChargeRow(charge_id, due, int(confirmed), int(refunded), state)


def _sum_where(*statuses: PaymentStatus) -> Any:
    """Sum what was confirmed once: a disputed payment counts while it had been confirmed."""
    counts = Payment.status.in_(statuses) & Payment.confirmed_at.is_not(None)
    return func.coalesce(func.sum(case((counts, Payment.amount_minor), else_=0)), 0)


def _count_where(status: PaymentStatus) -> Any:
    return func.coalesce(func.sum(case((Payment.status == status, 1), else_=0)), 0)


def _payment(payment_id: int) -> Payment:
    payment = db.session.get(Payment, payment_id)
    if payment is None:
        raise NotFoundError
    return payment


def _payment_with(charge_id: int, status: PaymentStatus) -> Payment | None:
    return db.session.scalars(
        select(Payment)
        .where(Payment.charge_id == charge_id, Payment.status == status)
        .order_by(Payment.id)
        .limit(1)
    ).first()


def _moved(payment: Payment, status: PaymentStatus, **values: Any) -> None:
    allowed = [one for one, moves in PAYMENT_MOVES.items() if status in moves]
    moved(
        update(Payment)
        .where(Payment.id == payment.id, Payment.status.in_(allowed))
        .values(status=status, **values),
        PaymentMovedError(),
    )
    db.session.refresh(payment)


def _about(charge_id: int) -> tuple[str, int]:
    kind, about_id = db.session.execute(
        select(Charge.about_kind, Charge.about_id).where(Charge.id == charge_id)
    ).one()
    return kind, about_id


def write_past_charges(
    rows: Sequence[tuple[tuple[str, int], tuple[str, int], int, datetime]], *, way: PayWay
) -> None:
    """Write charges paid in full long ago, in bulk: `(about, payee, amount, at)`; no log, no
    signal.
    """
    charges = [
        {
            "about_kind": about[0],
            "about_id": about[1],
            "payee_kind": payee[0],
            "payee_id": payee[1],
            "amount_minor": amount,
            "confirmed_minor": amount,
            "state": PaymentState.PAID if amount else PaymentState.UNPAID,
            "made_at": at,
            "changed_at": at,
        }
        for about, payee, amount, at in rows
    ]
    statement = insert(Charge).returning(Charge.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(statement, charges))
    paid = [
        {
            "charge_id": charge_id,
            "way": way,
            "amount_minor": amount,
            "status": PaymentStatus.CONFIRMED,
            "confirmed_at": at,
        }
        for charge_id, (_about_, _payee, amount, at) in zip(ids, rows, strict=True)
        if amount
    ]
    if paid:
        db.session.execute(insert(Payment), paid)


def write_past_refunds_of(
    rows: Sequence[tuple[int, Sequence[RefundPart], datetime, str]], *, actor: Viewer
) -> list[int]:
    """Write refunds given back long ago: `(charge id, parts, at, reason)`; refused by CHECK above
    what was paid.
    """
    found = []
    for charge_id, parts, at, reason in rows:
        amount = sum(part.amount_minor for part in parts)
        row = Refund(
            charge_id=charge_id,
            amount_minor=amount,
            cause=RefundCause.AFTER_SALE,
            status=RefundStatus.GIVEN,
            reason=reason[:500],
            at=at,
            actor_id=actor.id,
            given_at=at,
            given_by=actor.id,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(_refund_line(row.id, part) for part in parts)
        changed(update(Charge).where(Charge.id == charge_id).values(amount_minor=_less(amount)))
        _restated(charge_id)
        found.append(row.id)
    return found


def _less(amount: int) -> Any:
    rest = Charge.amount_minor - amount
    return case((rest < 0, 0), else_=rest)
