"""Baskets and checkouts, until they become orders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import (
    CheckoutState,
)


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
    # The coupon chosen for each shop's order (nought: none; under "0" one by code, for any shop).
    coupons: Mapped[dict[str, int] | None] = mapped_column(JSON)

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
