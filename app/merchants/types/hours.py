"""When a shop is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class OpeningSpan:
    """A stretch of time in which a shop is open, as aware instants."""

    starts_at: datetime
    ends_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OpenState:
    """Open or not at one instant, and when that changes next."""

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """On one weekday (0 is Monday) from one minute of the day to another."""

    weekday: int
    starts_minute: int
    ends_minute: int


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """From which day to which a shop is away, both included, with its note."""

    first: date
    last: date
    note: str = ""


def days_between(first: date | None, last: date | None) -> frozenset[date]:
    """Return the days from one to another, both included; none where there is no span."""
    if first is None or last is None:
        return frozenset()
    return frozenset(first + timedelta(days=number) for number in range((last - first).days + 1))
