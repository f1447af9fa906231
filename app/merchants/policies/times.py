"""Bookable times of a service: where a resource is at work and every quarter of an hour is still
free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.merchants.types import QUANTUM_MINUTES, OpeningSpan, TimeChoice

QUANTUM = timedelta(minutes=QUANTUM_MINUTES)
WeeklyRule = tuple[int, int, int]


def quantum_key(resource_id: int, start: datetime) -> str:
    """Return the key of the pool that stands for a quarter of an hour of a resource."""
    return f"{resource_id}:{start.astimezone(UTC):%Y%m%dT%H%M}"


def quanta_of(resource_id: int, start: datetime, until: datetime) -> list[str]:
    """Return the keys of all quarters of an hour that a booking touches."""
    start = _floored(start)
    count = -((start - until) // QUANTUM)
    return [quantum_key(resource_id, start + n * QUANTUM) for n in range(count)]


def working_spans(
    rules: Sequence[WeeklyRule],
    opening: Sequence[OpeningSpan],
    *,
    first: date,
    days: int,
    zone: tzinfo,
) -> list[tuple[datetime, datetime]]:
    """Return when a resource works: its weekly rules within the shop's hours, or the
    hours alone.
    """
    hours = [(span.starts_at, span.ends_at) for span in opening]
    if not rules:
        return hours
    worked = []
    for number in range(days + 1):
        day = first + timedelta(days=number)
        for weekday, starts, ends in rules:
            if weekday == day.weekday():
                worked.append((_instant(day, starts, zone), _instant(day, ends, zone)))
    crossed = (
        (max(work[0], hour[0]), min(work[1], hour[1]))
        for work in worked
        for hour in hours
    )  # fmt: skip
    return sorted(span for span in crossed if span[0] < span[1])


def bookable_times(
    listing_id: int,
    work: Mapping[int, Sequence[tuple[datetime, datetime]]],
    busy: set[str],
    *,
    minutes: int,
    buffer: int,
    earliest: datetime,
    latest: datetime,
) -> list[TimeChoice]:
    """Return every start at which at least one resource is free for the service and its buffer."""
    found: dict[datetime, list[int]] = {}
    length, busy_length = timedelta(minutes=minutes), timedelta(minutes=minutes + buffer)
    for resource_id, spans in sorted(work.items()):
        for begin, end in spans:
            start = _ceiled(max(begin, earliest))
            while start + length <= end and start < latest:
                if not busy.intersection(quanta_of(resource_id, start, start + busy_length)):
                    found.setdefault(start, []).append(resource_id)
                start += QUANTUM
    return [
        TimeChoice(
            listing_id, start, start + length, start + busy_length, tuple(ids),
            tuple(quanta_of(ids[0], start, start + busy_length)),
        )
        for start, ids in sorted(found.items())
    ]  # fmt: skip


def _floored(moment: datetime) -> datetime:
    return moment - (moment - datetime(2000, 1, 1, tzinfo=UTC)) % QUANTUM


def _ceiled(moment: datetime) -> datetime:
    floor = _floored(moment)
    return floor if floor == moment else floor + QUANTUM


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    day += timedelta(days=minute // 1440)
    minute %= 1440
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)
