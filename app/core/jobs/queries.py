"""Reads of the outbox: what is due, what stands where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.db import db
from app.core.jobs.models import OutboxRow

_IS_OPEN = sa.and_(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row as the operator reads it."""

    id: int
    name: str
    key: str | None
    due_at: datetime
    attempts: int
    failed_at: datetime | None
    last_error: str | None


def is_due(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a row waits for a worker at an instant: due, unfinished, and in nobody's hands."""
    return sa.and_(
        _IS_OPEN,
        OutboxRow.due_at <= at,
        sa.or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= at),
    )


def has_due(at: datetime) -> bool:
    """Whether any row waits for a worker; a cheap question asked before a transaction is opened."""
    return db.session.scalar(sa.select(OutboxRow.id).where(is_due(at)).limit(1)) is not None


def job_row(row_id: int) -> OutboxRow | None:
    """Return a row as it stands in the database now, or None."""
    statement = sa.select(OutboxRow).where(OutboxRow.id == row_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def status(at: datetime) -> dict[str, Any]:
    """Return how many rows wait, are late, run, are done and failed, and the oldest due one's age
    in seconds.
    """
    running = sa.and_(_IS_OPEN, OutboxRow.lease_until > at)

    def counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        sa.select(
            counted(sa.and_(_IS_OPEN, OutboxRow.due_at > at)).label("waiting"),
            counted(is_due(at)).label("due"),
            counted(running).label("running"),
            counted(OutboxRow.done_at.is_not(None)).label("done"),
            counted(OutboxRow.failed_at.is_not(None)).label("failed"),
        )
    ).one()
    oldest = db.session.scalar(sa.select(sa.func.min(OutboxRow.due_at)).where(is_due(at)))
    age = int((at - oldest).total_seconds()) if oldest else 0
    return {**row._mapping, "oldest_due_seconds": age}


def failed_jobs(*, limit: int = 50) -> list[JobRow]:
    """Return the rows that were given up, newest first, for the operator."""
    statement = (
        _job_rows()
        .where(OutboxRow.failed_at.is_not(None))
        .order_by(OutboxRow.failed_at.desc(), OutboxRow.id.desc())
    )
    return [JobRow(*row) for row in db.session.execute(statement.limit(limit))]


def stumbling_jobs(*, limit: int = 50) -> list[JobRow]:
    """Return the rows that did not succeed yet and are tried again, the next one first."""
    statement = (
        _job_rows()
        .where(_IS_OPEN, OutboxRow.last_error.is_not(None))
        .order_by(OutboxRow.due_at, OutboxRow.id)
    )
    return [JobRow(*row) for row in db.session.execute(statement.limit(limit))]


def _job_rows() -> sa.Select[int, str, str | None, datetime, int, datetime | None, str | None]:
    return sa.select(
        OutboxRow.id,
        OutboxRow.name,
        OutboxRow.key,
        OutboxRow.due_at,
        OutboxRow.attempts,
        OutboxRow.failed_at,
        OutboxRow.last_error,
    )
