"""Days on which somebody works otherwise than in their week, how services are done, punch cards."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, choice
from app.merchants.types import ServicePlace


class TimeException(Base):
    """A stretch of one day on which a resource is away, or works besides its week."""

    __tablename__ = "time_exceptions"
    __table_args__ = (
        CheckConstraint("starts_minute >= 0 AND ends_minute <= 1440", name="in_day"),
        CheckConstraint("ends_minute > starts_minute", name="forward"),
        Index("ix_time_exceptions_day", "resource_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    day: Mapped[date]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    is_extra: Mapped[bool]
    note: Mapped[str] = mapped_column(String(120), default="")


class ServiceTerms(Base):
    """How a service is done: the pause before it, and where; none means at the shop, at once."""

    __tablename__ = "service_terms"
    __table_args__ = (CheckConstraint("before_minutes BETWEEN 0 AND 480", name="before"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    before_minutes: Mapped[int] = mapped_column(default=0)
    place: Mapped[ServicePlace] = mapped_column(choice(ServicePlace, "service_place"))
    joining: Mapped[str] = mapped_column(String(500), default="")


class CardTerms(Base):
    """What makes a listing a punch card: how often it can be used, and for how many days."""

    __tablename__ = "card_terms"
    __table_args__ = (
        CheckConstraint("uses BETWEEN 1 AND 200", name="uses"),
        CheckConstraint("days BETWEEN 1 AND 1830", name="days"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    uses: Mapped[int]
    days: Mapped[int]
