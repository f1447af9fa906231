"""The only source of the present: aware UTC instants, and the site's own zone for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("clock_fixed", default=None)
_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present instant, aware, in UTC, to the microsecond."""
    return _fixed.get() or datetime.now(UTC)


def use_zone(name: str) -> None:
    """Fix the site's time zone; the factory calls this once, from the settings."""
    global _zone  # noqa: PLW0603 - one zone per process, fixed at start
    _zone = ZoneInfo(name)


def site_zone() -> ZoneInfo:
    """Return the zone in which the town lives."""
    return _zone


def local(instant: datetime) -> datetime:
    """Return the instant as the town's clocks show it."""
    return instant.astimezone(_zone)


def today() -> date:
    """Return the town's date of the present instant."""
    return local(now()).date()


def at_local(day: date, hour: time) -> datetime:
    """Return the UTC instant at which the town's clocks show `hour` on `day` (the first one, where
    two exist).
    """
    return datetime.combine(day, hour, tzinfo=_zone).astimezone(UTC)


def day_span(day: date) -> tuple[datetime, datetime]:
    """Return the half-open UTC span `[start, end)` of one of the town's days."""
    return at_local(day, time()), at_local(day + timedelta(days=1), time())


@contextmanager
def travel(instant: datetime) -> Iterator[None]:
    """Make `now()` stand at `instant` inside the block, for the simulator and for tests."""
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
