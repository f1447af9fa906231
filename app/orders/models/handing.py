"""Preparing and handing over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


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
