"""Tables of the log, of its readers, and of who was here."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.activity.types import Hook
from app.core.db import Base, UtcDateTime, choice


class LogEntry(Base):
    """One deed; never changed."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.Index("ix_activity_subject_kind_subject_id_id", "subject_kind", "subject_id", "id"),
        sa.Index("ix_activity_actor_id_id", "actor_id", "id"),
        sa.Index("ix_activity_verb_id", "verb", "id"),
        sa.Index("ix_activity_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(sa.String(60))
    # The log's own column; nothing is ever said about a log row, so it needs no kind of its own.
    subject_kind: Mapped[str] = mapped_column(sa.String(40))  # type: ignore[misc]
    subject_id: Mapped[int]
    place: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cursor(Base):
    """How far a reader of the log has come; `pending_id` is safe to read once the writers of then
    have ended.
    """

    __tablename__ = "activity_cursors"

    reader: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    last_id: Mapped[int]
    pending_id: Mapped[int]
    pending_writers: Mapped[str] = mapped_column(sa.Text)


class Presence(Base):
    """That a member was here on one of the town's days for a hook, and how often it showed."""

    __tablename__ = "presence"
    __table_args__ = (sa.Index("ix_presence_day_hook", "day", "hook"),)

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    hook: Mapped[Hook] = mapped_column(choice(Hook, "presence_hook"), primary_key=True)
    count: Mapped[int]


class GuestDay(Base):
    """How many pages of a kind guests opened on a day, by the site they came from; nothing about
    who they are.
    """

    __tablename__ = "guest_days"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    page: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    referrer: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    count: Mapped[int]
