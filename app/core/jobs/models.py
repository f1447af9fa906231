"""The outbox table."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime
from app.core.jobs.types import JobState


class OutboxRow(Base):
    """Work to be carried out after its commit; `key` makes it unique, `lease_until` says that
    somebody is at it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.CheckConstraint("done_at IS NULL OR failed_at IS NULL", name="one_end"),
        sa.Index(
            "ix_outbox_waiting",
            "due_at",
            "id",
            sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        ),
        sa.Index(
            "ix_outbox_failed",
            "failed_at",
            sqlite_where=sa.text("failed_at IS NOT NULL"),
            postgresql_where=sa.text("failed_at IS NOT NULL"),
        ),
    )
    subject_kind = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(sa.String(32))
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    @property
    def state(self) -> JobState:
        """Where the row stands."""
        if self.done_at is not None:
            return JobState.DONE
        if self.failed_at is not None:
            return JobState.FAILED
        return JobState.WAITING if self.lease_token is None else JobState.RUNNING
