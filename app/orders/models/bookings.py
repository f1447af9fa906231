"""Whose time a line takes."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Booking(Base):
    """A person, chair or room that a booked line takes; its pools say from when until when."""

    __tablename__ = "bookings"
    __table_args__ = (Index("ix_bookings_resource", "resource_id", "line_id"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"), primary_key=True)
