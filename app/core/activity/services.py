"""Writing the log, and the daily presence that is read off it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.activity.errors import ReasonMissingError
from app.core.activity.models import GuestDay, LogEntry, Presence
from app.core.activity.types import Hook, Verb
from app.core.db import Base, db, put, upsert

Subject = Base | tuple[str, int]


def record(
    actor: Viewer,
    verb: Verb,
    subject: Subject,
    *,
    at: datetime | None = None,
    place: int | None = None,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one deed into the log, in the transaction that does it.

    A privileged verb without a reason is refused with ReasonMissingError.
    """
    put(LogEntry, [_row(actor.id, verb, subject, at=at, place=place, data=data, reason=reason)])


def record_many(
    verb: Verb, deeds: Iterable[tuple[int | None, Subject, datetime, Mapping[str, Any]]]
) -> None:
    """Write deeds of one verb with one statement: (actor id, subject, at, data) each; for imports
    and sweeps.
    """
    rows = [
        _row(actor_id, verb, subject, at=at, place=None, data=data, reason=None)
        for actor_id, subject, at, data in deeds
    ]
    if rows:
        db.session.execute(sa.insert(LogEntry), rows, execution_options={"render_nulls": True})


def count_presence(shown: Mapping[tuple[int, date, Hook], int]) -> None:
    """Add to the daily presence of members, (user, day, hook) → how often."""
    rows = [
        {"user_id": user_id, "day": day, "hook": hook, "count": count}
        for (user_id, day, hook), count in sorted(shown.items())
    ]
    _add_counts(Presence, rows, ["user_id", "day", "hook"])


def count_guests(opened: Mapping[tuple[date, str, str], int]) -> None:
    """Add to the guests' daily counts, (day, kind of page, referring site) → how often."""
    rows = [
        {"day": day, "page": page[:60], "referrer": referrer[:120], "count": count}
        for (day, page, referrer), count in sorted(opened.items())
    ]
    _add_counts(GuestDay, rows, ["day", "page", "referrer"])


def _add_counts(table: type[Base], rows: Sequence[dict[str, Any]], keys: list[str]) -> None:
    counted: Any = table
    for start in range(0, len(rows), 200):
        upsert(
            table,
            list(rows[start : start + 200]),
            keys=keys,
            update=lambda excluded: {"count": counted.count + excluded.count},
        )


def _row(
    actor_id: int | None,
    verb: Verb,
    subject: Subject,
    *,
    at: datetime | None,
    place: int | None,
    data: Mapping[str, Any] | None,
    reason: str | None,
) -> dict[str, Any]:
    if verb.is_privileged and not (reason or "").strip():
        raise ReasonMissingError
    kind, subject_id = subject if isinstance(subject, tuple) else _named(subject)
    return {
        "actor_id": actor_id,
        "verb": verb.name,
        "subject_kind": kind,
        "subject_id": subject_id,
        "place": place,
        "data": dict(data or {}),
        "reason": reason,
        "at": at or clock.now(),
    }


def _named(row: Base) -> tuple[str, int]:
    if not row.subject_kind:
        raise TypeError(f"{type(row).__name__} has no subject_kind, so the log cannot name it")
    subject_id: int = row.id  # type: ignore[attr-defined]
    return row.subject_kind, subject_id
