"""When shops are open."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.merchants.types import (
    SpecialDayKind,
)


class OpeningSpanEntry(Base):
    """One stretch in which a shop is open, kept fourteen days ahead."""

    __tablename__ = "opening_spans"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="forward"),
        UniqueConstraint("merchant_id", "starts_at"),
        Index("ix_opening_spans_now", "starts_at", "ends_at", "merchant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(String(120), default="")


class Closure(Base):
    """From when to when a shop is away, both days included, and what it says about that."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")


class SpecialDay(Base):
    """A public holiday or a make-up work day, over and above those that Linli knows."""

    __tablename__ = "special_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[SpecialDayKind] = mapped_column(choice(SpecialDayKind, "special_day_kind"))
    name: Mapped[str] = mapped_column(String(60), default="")


class SchoolBreak(Base):
    """School holidays from their first day to their last."""

    __tablename__ = "school_breaks"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date]
    name: Mapped[str] = mapped_column(String(60), default="")
