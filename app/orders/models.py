"""The tables of orders: baskets, checkouts, orders with lines and timeline, cases, hand-overs,
strikes.
"""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import (
    CaseState,
    CaseTimer,
    CheckoutState,
    GoodsEnd,
    Liable,
    LineKind,
    OrderState,
    Problem,
    Remedy,
    Side,
    Timer,
)
from app.payments.types import PayWay


class Basket(Base):
    """What somebody means to order: a member's, or a guest's by an opaque token stored hashed."""

    __tablename__ = "baskets"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (token_hash IS NULL)", name="one_owner"),
    )


class BasketLine(Base):
    """So many of one variant, at a booked time where it is a service."""

    __tablename__ = "basket_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    time_key: Mapped[str] = mapped_column(String(20), default="")
    quantity: Mapped[int]
    seen_minor: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("basket_id", "variant_id", "time_key"),
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    )


class Checkout(Base):
    """Fifteen minutes in which what is in the basket is kept for its buyer."""

    __tablename__ = "checkouts"
    subject_kind = "checkout"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    state: Mapped[CheckoutState] = mapped_column(
        choice(CheckoutState, "checkout_state"), default=CheckoutState.OPEN
    )
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (token_hash IS NULL)", name="one_owner"),
        Index("ix_checkouts_due", "state", "expires_at"),
    )


class CheckoutLine(Base):
    """One line of a checkout with the price its buyer saw and the holds that keep it."""

    __tablename__ = "checkout_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    checkout_id: Mapped[int] = mapped_column(
        ForeignKey("checkouts.id", ondelete="CASCADE"), index=True
    )
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[int]
    seen_minor: Mapped[int] = mapped_column(BigInteger)
    time_key: Mapped[str] = mapped_column(String(20), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hold_ids: Mapped[list[int]] = mapped_column(JSON, default=list)

    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),)


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
    to_prepare: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    ready: Mapped[int] = mapped_column(default=0)
    handed_over: Mapped[int] = mapped_column(default=0)
    uncollected: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    allowed_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hold_ids: Mapped[list[int]] = mapped_column(JSON, default=list)

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


class OrderCase(Base):
    """Something wrong with what was collected of one line, until both sides or a ruling end it."""

    __tablename__ = "order_cases"
    subject_kind = "order_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    quantity: Mapped[int]
    problem: Mapped[Problem] = mapped_column(choice(Problem, "case_problem"))
    wish: Mapped[Remedy] = mapped_column(choice(Remedy, "case_wish"))
    words: Mapped[str] = mapped_column(String(2000))
    state: Mapped[CaseState] = mapped_column(choice(CaseState, "order_case_state"))
    turn: Mapped[int] = mapped_column(default=1)
    remedy: Mapped[Remedy | None] = mapped_column(choice(Remedy, "case_remedy"))
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    is_agreed: Mapped[bool] = mapped_column(default=False)
    liable: Mapped[Liable | None] = mapped_column(choice(Liable, "case_liable"))
    goods: Mapped[GoodsEnd] = mapped_column(choice(GoodsEnd, "case_goods"), default=GoodsEnd.NONE)
    set_aside: Mapped[int] = mapped_column(default=0)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"))
    ruled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_what: Mapped[CaseTimer | None] = mapped_column(choice(CaseTimer, "case_timer"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("quantity > 0", name="about_something"),
        CheckConstraint(
            "amount_minor >= 0 AND set_aside >= 0 AND set_aside <= quantity", name="not_negative"
        ),
        CheckConstraint("(due_what IS NULL) = (due_at IS NULL)", name="timer_whole"),
        CheckConstraint("(state = 'closed') = (over_at IS NOT NULL)", name="over_has_time"),
        CheckConstraint(
            "state <> 'ruled' OR (remedy IS NOT NULL AND liable IS NOT NULL)", name="ruled_whole"
        ),
        Index(
            "uq_order_cases_under_way",
            "order_id",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index("ix_order_cases_order", "order_id", "id"),
        Index("ix_order_cases_shop", "merchant_id", "id"),
        Index("ix_order_cases_state", "state", "moved_at"),
        Index(
            "ix_order_cases_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


class HandOver(Base):
    """Pieces that went over the counter in one tap, with the money taken in the same tap."""

    __tablename__ = "hand_overs"
    subject_kind = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60), default="")
    lines: Mapped[list[list[int]]] = mapped_column(JSON)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("undone_at IS NULL OR sealed_at IS NULL", name="sealed_stays"),
        Index("ix_hand_overs_shop", "merchant_id", "at"),
    )


class ShopBoard(Base):
    """The number that grows with every move on a shop's orders, so that its board knows when to
    redraw.
    """

    __tablename__ = "shop_boards"

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class PreparationTime(Base):
    """How many minutes a shop needs to make a thing, so that its board knows when to begin."""

    __tablename__ = "preparation_times"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    minutes: Mapped[int]

    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),)


class Strike(Base):
    """Somebody who did not come, once per order."""

    __tablename__ = "strikes"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    contact_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CodeTry(Base):
    """A wrong code, counted against the person and the address that tried it."""

    __tablename__ = "code_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_code_tries_who", "who", "at"),)
