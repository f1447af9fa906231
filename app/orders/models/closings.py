"""The question to a buyer whose pickup time was closed: another time, or the money back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class MoveQuestion(Base):
    """Asked once for each time that closed; open as long as the order stands at that time and
    something of it waits.
    """

    __tablename__ = "move_questions"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    was_starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    reminders: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_move_questions_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
