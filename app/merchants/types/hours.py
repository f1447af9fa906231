"""When a shop is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
