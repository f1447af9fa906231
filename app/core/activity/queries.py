"""Reads of the log: the audit trail, a subject's history, presence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.activity.models import GuestDay, LogEntry, Presence
from app.core.activity.types import LogRow, privileged_verbs
from app.core.db import db

COLUMNS = (
    LogEntry.id,
    LogEntry.actor_id,
    LogEntry.verb,
    LogEntry.subject_kind,
    LogEntry.subject_id,
    LogEntry.place,
    LogEntry.data,
    LogEntry.reason,
    LogEntry.at,
)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What to look for in the log; None means any."""

    actor_id: int | None = None
    verbs: Sequence[str] | None = None
    subject: tuple[str, int] | None = None
    subject_kind: str | None = None
    place: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The filter as conditions on the log."""
        exact = {
            LogEntry.actor_id: self.actor_id,
            LogEntry.subject_kind: self.subject[0] if self.subject else self.subject_kind,
            LogEntry.subject_id: self.subject[1] if self.subject else None,
            LogEntry.place: self.place,
        }
        wanted = [column == value for column, value in exact.items() if value is not None]
        if self.verbs is not None:
            wanted.append(LogEntry.verb.in_(list(self.verbs)))
        if self.since is not None:
            wanted.append(LogEntry.at >= self.since)
        if self.until is not None:
            wanted.append(LogEntry.at < self.until)
        return wanted


def log_rows(
    wanted: LogFilter | None = None, *, before_id: int | None = None, limit: int = 50
) -> list[LogRow]:
    """Return log rows, newest first, older than `before_id`."""
    statement = sa.select(*COLUMNS).order_by(LogEntry.id.desc()).limit(limit)
    for condition in (wanted or LogFilter()).conditions():
        statement = statement.where(condition)
    if before_id is not None:
        statement = statement.where(LogEntry.id < before_id)
    return [LogRow(*row) for row in db.session.execute(statement)]


def audit_rows(
    wanted: LogFilter | None = None, *, before_id: int | None = None, limit: int = 50
) -> list[LogRow]:
    """Return the audit trail, newest first: privileged acts with their reasons, narrowed by the
    filter.
    """
    given = wanted or LogFilter()
    trail = privileged_verbs()
    named = [name for name in trail if given.verbs is None or name in given.verbs]
    narrowed = LogFilter(
        given.actor_id,
        named,
        given.subject,
        given.subject_kind,
        given.place,
        given.since,
        given.until,
    )
    return log_rows(narrowed, before_id=before_id, limit=limit)


def history_of(subject: tuple[str, int], *, limit: int = 200) -> list[LogRow]:
    """Return what happened to one subject, oldest first."""
    return list(reversed(log_rows(LogFilter(subject=subject), limit=limit)))


def presence_on(day: date) -> dict[str, int]:
    """Return how many members were here on a day, by hook."""
    rows = db.session.execute(
        sa.select(Presence.hook, sa.func.count()).where(Presence.day == day).group_by(Presence.hook)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def members_present(since: date, until: date) -> int:
    """Return how many different members were here in `[since, until)`."""
    statement = sa.select(sa.func.count(sa.distinct(Presence.user_id))).where(
        Presence.day >= since, Presence.day < until
    )
    return db.session.scalar(statement) or 0


def guest_pages(since: date, until: date) -> list[tuple[Any, ...]]:
    """Return (day, page, count) of guests' visits in `[since, until)`."""
    rows = db.session.execute(
        sa.select(GuestDay.day, GuestDay.page, sa.func.sum(GuestDay.count))
        .where(GuestDay.day >= since, GuestDay.day < until)
        .group_by(GuestDay.day, GuestDay.page)
        .order_by(GuestDay.day, GuestDay.page)
    )
    return [tuple(row) for row in rows]
