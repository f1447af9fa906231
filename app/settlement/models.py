"""Tables of settlement: commission per order, lines, bills, receipts."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.settlement.types import LineKind, ReceiptWay, WriteOffState


class OrderCommission(Base):
    """What one order's commission at one rate is reckoned on, and how much of it is booked."""

    __tablename__ = "order_commissions"
    __table_args__ = (sa.CheckConstraint("bp BETWEEN 0 AND 10000", name="rate"),)

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    bp: Mapped[int] = mapped_column(primary_key=True)
    base_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    booked_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class SettlementLine(Base):
    """One fact on a shop's account with the site; its bill is set once."""

    __tablename__ = "settlement_lines"
    __table_args__ = (
        sa.CheckConstraint(
            "(entry_id IS NULL) = (commission_minor = 0 AND fee_minor = 0)", name="booked"
        ),
        sa.Index("ix_settlement_lines_merchant_id_bill_id_at", "merchant_id", "bill_id", "at"),
        sa.Index("ix_settlement_lines_bill_id_at", "bill_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    merchant_id: Mapped[int] = mapped_column(sa.ForeignKey("merchants.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    kind: Mapped[LineKind] = mapped_column(choice(LineKind, "line_kind"))
    cause_kind: Mapped[str] = mapped_column(sa.String(40))
    cause_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    gross_minor: Mapped[int] = mapped_column(sa.BigInteger)
    commission_minor: Mapped[int] = mapped_column(sa.BigInteger)
    fee_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    bill_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bills.id"))
    memo: Mapped[str] = mapped_column(sa.String(200), default="")


class Bill(Base):
    """A shop's week: what it sold, what went back, and what it owes: commission, a yearly fee."""

    __tablename__ = "bills"
    __table_args__ = (
        sa.UniqueConstraint("merchant_id", "starts_on"),
        sa.CheckConstraint(
            "payable_minor + carried_minor = opening_minor + commission_minor + fees_minor",
            name="adds_up",
        ),
        sa.CheckConstraint("payable_minor >= 0 AND carried_minor <= 0", name="one_side"),
        sa.CheckConstraint("payable_minor = 0 OR carried_minor = 0", name="never_both"),
        sa.CheckConstraint("paid_minor >= 0 AND paid_minor <= payable_minor", name="paid_within"),
        sa.CheckConstraint("opening_minor <= 0", name="only_credit_is_carried"),
        sa.Index("ix_bills_starts_on_id", "starts_on", "id"),
    )
    subject_kind = "bill"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    merchant_id: Mapped[int] = mapped_column(sa.ForeignKey("merchants.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sales_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunds_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    adjustments_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    commission_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    fees_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    # What of the fees are coupons that the site pays; owed to the shop, so below nought.
    coupons_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    opening_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    payable_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    carried_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    carried_on: Mapped[bool] = mapped_column(default=False)
    paid_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class BillReceipt(Base):
    """Money that came in for a bill, by its reference; taken back by a mirror entry only."""

    __tablename__ = "bill_receipts"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(sa.ForeignKey("bills.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    way: Mapped[ReceiptWay] = mapped_column(choice(ReceiptWay, "receipt_way"))
    reference: Mapped[str] = mapped_column(sa.String(120), default="")
    received_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WriteOff(Base):
    """A sum that one operator asks to let go of a bill, and what another one says to it."""

    __tablename__ = "write_offs"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="something"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_time"),
        sa.Index(
            "uq_write_offs_asked", "bill_id", unique=True,
            sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(sa.ForeignKey("bills.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[WriteOffState] = mapped_column(choice(WriteOffState, "write_off_state"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(sa.String(200), default="")
    receipt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bill_receipts.id"))


class Replay(Base):
    """One sales export being replayed: how far it came, and what it adds up to."""

    __tablename__ = "replays"
    __table_args__ = (sa.UniqueConstraint("merchant_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(sa.ForeignKey("merchants.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    lines: Mapped[int]
    lines_done: Mapped[int] = mapped_column(default=0)
    imported_lines: Mapped[int] = mapped_column(default=0)
    rejected_lines: Mapped[int] = mapped_column(default=0)
    orders: Mapped[int] = mapped_column(default=0)
    refunds: Mapped[int] = mapped_column(default=0)
    adjustments: Mapped[int] = mapped_column(default=0)
    sales_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunds_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    adjustments_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rejected_money: Mapped[str] = mapped_column(sa.String(40), default="0")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReplayReject(Base):
    """A line of a sales export that was not taken, as it stood, and why."""

    __tablename__ = "replay_rejects"

    id: Mapped[int] = mapped_column(primary_key=True)
    replay_id: Mapped[int] = mapped_column(sa.ForeignKey("replays.id"), index=True)
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(120))
    content: Mapped[list[str]] = mapped_column(sa.JSON)
