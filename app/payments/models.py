"""The tables of payments."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.payments.types import PaymentState, PaymentStatus, PayWay, RefundCause, RefundStatus


class Charge(Base):
    """What one payer owes one payee for one thing, and the sums of what came of it."""

    __tablename__ = "charges"
    subject_kind: ClassVar[str] = "charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    about_kind: Mapped[str] = mapped_column(String(32))
    about_id: Mapped[int] = mapped_column(BigInteger)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    payee_kind: Mapped[str] = mapped_column(String(32))
    payee_id: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    confirmed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[PaymentState] = mapped_column(
        choice(PaymentState, "payment_state"), default=PaymentState.UNPAID
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("about_kind", "about_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= confirmed_minor",
            name="refunded_within_confirmed",
        ),
        Index("ix_charges_payee", "payee_kind", "payee_id", "state"),
    )


class Payment(Base):
    """Money that went over, as the payer says and the payee confirms."""

    __tablename__ = "payments"
    subject_kind: ClassVar[str] = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    way: Mapped[PayWay] = mapped_column(choice(PayWay, "pay_way"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[PaymentStatus] = mapped_column(choice(PaymentStatus, "payment_status"))
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "status <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_time"
        ),
        Index("ix_payments_status", "status", "said_at"),
    )


class Refund(Base):
    """All money that leaves a payee for a payer: one record, with its cause and its lines."""

    __tablename__ = "refunds"
    subject_kind: ClassVar[str] = "refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[RefundCause] = mapped_column(choice(RefundCause, "refund_cause"))
    status: Mapped[RefundStatus] = mapped_column(choice(RefundStatus, "refund_status"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(status = 'given') = (given_at IS NOT NULL)", name="given_has_time"),
        Index("ix_refunds_status", "status", "at"),
    )


class RefundLine(Base):
    """How many of one line, and how much of the money, a refund is for."""

    __tablename__ = "refund_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"), index=True)
    about_kind: Mapped[str] = mapped_column(String(32))
    about_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("quantity >= 0 AND amount_minor >= 0", name="not_negative"),
        Index("ix_refund_lines_about", "about_kind", "about_id"),
    )
