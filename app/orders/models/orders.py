"""Orders, their lines and their timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import (
    CaseState,
    LineKind,
    OrderState,
    Side,
    Timer,
)
from app.payments.types import PayWay


class Order(Base):
    """What one buyer and one shop agreed on, with everything frozen as it stood then."""

    __tablename__ = "orders"
    subject_kind = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    checkout_id: Mapped[int | None] = mapped_column(ForeignKey("checkouts.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    contact_name: Mapped[str] = mapped_column(String(60))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_mail: Mapped[str] = mapped_column(String(254), default="")
    phone_last4: Mapped[str] = mapped_column(String(4), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[OrderState] = mapped_column(choice(OrderState, "order_state"))
    case_state: Mapped[CaseState] = mapped_column(
        choice(CaseState, "case_state"), default=CaseState.NONE
    )
    pay_way: Mapped[PayWay] = mapped_column(choice(PayWay, "order_pay_way"))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    packaging_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("pickup_points.id"))
    slot_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhoods.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accept_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_what: Mapped[Timer | None] = mapped_column(choice(Timer, "order_timer"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    imported_key: Mapped[str | None] = mapped_column(String(120), unique=True)

    __table_args__ = (
        CheckConstraint("total_minor >= 0 AND fee_minor >= 0", name="not_negative"),
        CheckConstraint("(due_what IS NULL) = (due_at IS NULL)", name="timer_whole"),
        Index("ix_orders_shop", "merchant_id", "state", "slot_starts_at"),
        Index("ix_orders_shop_recent", "merchant_id", "id"),
        Index("ix_orders_person", "person_id", "id"),
        Index("ix_orders_last4", "merchant_id", "phone_last4"),
        Index(
            "ix_orders_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


class OrderLine(Base):
    """One line of an order: what was agreed, and where each piece of it is."""

    __tablename__ = "order_lines"
    subject_kind = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    position: Mapped[int]
    kind: Mapped[LineKind] = mapped_column(choice(LineKind, "line_kind"))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listings.id"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"))
    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    variant_zh: Mapped[str] = mapped_column(String(80), default="")
    variant_en: Mapped[str] = mapped_column(String(80), default="")
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    packaging_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    commission_bp: Mapped[int]
    quantity: Mapped[int]
    pack_size: Mapped[int] = mapped_column(default=1, server_default="1")
    to_prepare: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    ready: Mapped[int] = mapped_column(default=0)
    handed_over: Mapped[int] = mapped_column(default=0)
    uncollected: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    allowed_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    reduced_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    site_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    list_minor: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What holds a piece: its stock first, then the day's pool of what is made to order.
    hold_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    rules: Mapped[str] = mapped_column(Text, default="", server_default="")
    allergens: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (
        CheckConstraint("quantity > 0", name="ordered_something"),
        CheckConstraint(
            "to_prepare >= 0 AND short >= 0 AND ready >= 0 AND handed_over >= 0"
            " AND uncollected >= 0 AND cancelled >= 0",
            name="quantities_not_negative",
        ),
        CheckConstraint(
            "quantity = to_prepare + short + ready + handed_over + uncollected + cancelled",
            name="every_piece_is_somewhere",
        ),
        CheckConstraint("refunded >= 0 AND refunded <= quantity", name="refunded_within_ordered"),
        CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= quantity * (unit_minor + packaging_minor)",
            name="refunded_money_within_ordered",
        ),
        CheckConstraint("unit_minor >= 0 AND packaging_minor >= 0", name="price_not_negative"),
        CheckConstraint(
            "allowed_minor >= 0 AND allowed_minor <= handed_over * (unit_minor + packaging_minor)",
            name="allowed_within_handed_over",
        ),
    )


class OrderMove(Base):
    """One row of an order's timeline: who did what, why, when, and to how many."""

    __tablename__ = "order_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    side: Mapped[Side] = mapped_column(choice(Side, "order_side"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    verb: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
