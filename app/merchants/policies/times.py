"""Bookable times of a service: where a resource is at work and every quarter of an hour is still
free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.merchants.types import (
    QUANTUM_MINUTES,
    DayException,
    OpeningSpan,
    ResourceKind,
    TimeChoice,
)

QUANTUM = timedelta(minutes=QUANTUM_MINUTES)
WeeklyRule = tuple[int, int, int]
Span = tuple[datetime, datetime]


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
    exceptions: Sequence[DayException],
    *,
    first: date,
    days: int,
    zone: tzinfo,
) -> list[Span]:
    """Return when a resource works: its weekly rules within the shop's hours, or the hours alone,
    and what is said of single days: extra work counts whatever the hours, an absence ends both.
    """
    worked = [(span.starts_at, span.ends_at) for span in opening]
    if rules:
        week = [
            _span(day, starts, ends, zone)
            for day in (first + timedelta(days=number) for number in range(days + 1))
            for weekday, starts, ends in rules
            if weekday == day.weekday()
        ]
        worked = _crossed(week, worked)
    said = [(one, _span(one.day, one.starts_minute, one.ends_minute, zone)) for one in exceptions]
    worked = _joined([*worked, *(span for one, span in said if one.is_extra)])
    for one, away in said:
        if not one.is_extra:
            worked = _without(worked, away)
    return worked


def bookable_times(
    listing_id: int,
    work: Mapping[int, Sequence[Span]],
    busy: set[str],
    kinds: Mapping[int, ResourceKind],
    *,
    minutes: int,
    before: int,
    after: int,
    earliest: datetime,
    latest: datetime,
) -> list[TimeChoice]:
    """Return every start at which the service can be done, its buffers before and after free too.

    Resources of one kind stand in for each other; of each kind one is needed. Who is chosen is a
    person where there are any.
    """
    length, lead = timedelta(minutes=minutes), timedelta(minutes=before)
    until = length + timedelta(minutes=after)
    free: dict[datetime, list[int]] = {}
    for resource_id, spans in sorted(work.items()):
        for begin, end in spans:
            start = _ceiled(max(begin, earliest))
            while start + length <= end and start < latest:
                if not busy.intersection(quanta_of(resource_id, start - lead, start + until)):
                    free.setdefault(start, []).append(resource_id)
                start += QUANTUM
    needed = sorted(set(kinds.values()), key=list(ResourceKind).index)
    found = []
    for start, ids in sorted(free.items()):
        groups = [[one for one in ids if kinds[one] == kind] for kind in needed]
        if all(groups):
            also = tuple(group[0] for group in groups[1:])
            found.append(
                TimeChoice(
                    listing_id, start, start + length, start - lead, start + until,
                    tuple(groups[0]), also,
                )
            )  # fmt: skip
    return found


def free_stretches(resource_id: int, spans: Sequence[Span], busy: set[str]) -> list[Span]:
    """Return the parts of these spans in which no quarter of an hour is taken."""
    quarters = []
    for begin, end in spans:
        start = _ceiled(begin)
        while start + QUANTUM <= end:
            if quantum_key(resource_id, start) not in busy:
                quarters.append((start, start + QUANTUM))
            start += QUANTUM
    return _joined(quarters)


def _crossed(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    crossed = (
        (max(one[0], other[0]), min(one[1], other[1]))
        for one in some
        for other in others
    )  # fmt: skip
    return sorted(span for span in crossed if span[0] < span[1])


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Return the same time as stretches that neither meet nor overlap."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _without(spans: Sequence[Span], away: Span) -> list[Span]:
    parts = (
        part
        for begin, end in spans
        for part in ((begin, min(end, away[0])), (max(begin, away[1]), end))
    )
    return [part for part in parts if part[0] < part[1]]


def _floored(moment: datetime) -> datetime:
    return moment - (moment - datetime(2000, 1, 1, tzinfo=UTC)) % QUANTUM


def _ceiled(moment: datetime) -> datetime:
    floor = _floored(moment)
    return floor if floor == moment else floor + QUANTUM


def _span(day: date, starts: int, ends: int, zone: tzinfo) -> Span:
    return _instant(day, starts, zone), _instant(day, ends, zone)


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    day += timedelta(days=minute // 1440)
    minute %= 1440
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)
