"""Walk-in numbers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.orders.types import QueueState


class Queue(Base):
    """A shop's queue: whether it gives numbers out, the last one of the day, and how long one
    takes.
    """

    __tablename__ = "queues"
    __table_args__ = (
        CheckConstraint("minutes_each BETWEEN 1 AND 240", name="minutes"),
        CheckConstraint("last_number >= 0", name="counted"),
    )

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    minutes_each: Mapped[int] = mapped_column(default=15)
    day: Mapped[date]
    last_number: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class QueueNumber(Base):
    """One number of a day; numbers are dense and nobody has another's. Of whom it is, only its
    name and its link tell; the next day it is forgotten.
    """

    __tablename__ = "queue_numbers"
    __table_args__ = (
        CheckConstraint("number > 0", name="counted"),
        UniqueConstraint("merchant_id", "day", "number"),
        Index("ix_queue_numbers_state", "merchant_id", "day", "state"),
    )
    subject_kind = "queue_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    day: Mapped[date]
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60), default="")
    origin: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[QueueState] = mapped_column(choice(QueueState, "queue_state"))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
