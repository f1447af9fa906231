"""What opening hours mean on real days: rules in, stretches of open time out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from astral import Observer
from astral import sun as astral_sun
from dateutil.easter import easter

from app.merchants.policies.hours_grammar import (
    DAY,
    DatePoint,
    DateSpan,
    Days,
    Holiday,
    Holidays,
    Joint,
    Moment,
    Rule,
    RuleState,
    SunTime,
    Times,
    Weekdays,
    parsed,
)
from app.merchants.types import OpeningSpan, OpenState, SpecialDayKind

# How many days away a holiday may be that a rule counts from (the day after, the night before).
REACH = 2
Segment = tuple[int, int, RuleState, str]
SpecialDays = Mapping[date, SpecialDayKind]
# The sun's times where nobody knows the place, as the readers of OpenStreetMap's hours take them.
_SUN = {"dawn": 5 * 60 + 30, "sunrise": 6 * 60, "sunset": 18 * 60, "dusk": 18 * 60 + 30}


@dataclass(frozen=True, slots=True)
class Place:
    """What rules are laid over: a zone, days that others appoint, and where the sun shines."""

    zone: tzinfo
    special_days: SpecialDays
    school_breaks: Container[date] = ()
    point: tuple[float, float] | None = None

    def has(self, holidays: Holidays, day: date) -> bool:
        """Whether a day is so many days after a holiday of that kind."""
        day -= timedelta(days=holidays.offset)
        if holidays.kind is Holiday.SCHOOL:
            return day in self.school_breaks
        return self.special_days.get(day) is SpecialDayKind.HOLIDAY

    def minute(self, moment: Moment, day: date) -> int:
        """Return a moment of a day in minutes from its midnight."""
        if isinstance(moment, int):
            return moment
        return self._sun(moment.event, day) + moment.offset

    def _sun(self, event: str, day: date) -> int:
        if self.point is None:
            return _SUN[event]
        try:
            at = getattr(astral_sun, event)(Observer(*self.point), date=day, tzinfo=self.zone)
        except ValueError:  # where the sun does not rise or set that day
            return _SUN[event]
        return int(at.hour * 60 + at.minute)


def check_hours(text: str) -> tuple[Rule, ...]:
    """Return the rules of an opening_hours value; refuses by name the part it does not know."""
    return parsed(text)


def open_spans(
    rules: Sequence[Rule],
    *,
    first: date,
    last: date,
    zone: tzinfo,
    special_days: SpecialDays,
    closed_days: Iterable[date] = (),
    school_breaks: Container[date] = (),
    point: tuple[float, float] | None = None,
) -> list[OpeningSpan]:
    """Return the open stretches that begin on the days `first` to `last`, and the night
    before's; `point` is latitude and longitude (WGS-84) for rules that go by the sun.
    """
    closed = set(closed_days)
    place = Place(zone, special_days, school_breaks, point)
    found: list[tuple[datetime, datetime, str]] = []
    day = first - timedelta(days=1)
    while day <= last:
        if day not in closed:
            for start, end, state, comment in _segments(rules, day, place):
                if state is RuleState.OPEN:
                    found.append((_at(day, start, zone), _at(day, end, zone), comment))
        day += timedelta(days=1)
    begin = _at(first, 0, zone)
    spans = _joined(sorted(found))
    return [span for span in spans if span.ends_at > begin]


def open_state(spans: Sequence[OpeningSpan], at: datetime) -> OpenState:
    """Return whether one of the spans holds `at`, until when, or when the next one begins."""
    for span in spans:
        if span.starts_at <= at < span.ends_at:
            return OpenState(True, until=span.ends_at, comment=span.comment)
    later = min((span.starts_at for span in spans if span.starts_at > at), default=None)
    return OpenState(False, opens_at=later)


def is_workday_like(day: date, special_days: SpecialDays) -> int:
    """Return the weekday whose hours a day follows: make-up work days follow their neighbour's."""
    if special_days.get(day) is SpecialDayKind.WORKDAY and day.weekday() >= 5:
        return 4 if day.weekday() == 5 else 0
    return day.weekday()


def _at(day: date, minute: int, zone: tzinfo) -> datetime:
    day += timedelta(days=minute // DAY)
    minute %= DAY
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)


def _joined(spans: list[tuple[datetime, datetime, str]]) -> list[OpeningSpan]:
    joined: list[OpeningSpan] = []
    for start, end, comment in spans:
        if joined and start <= joined[-1].ends_at:
            before = joined[-1]
            joined[-1] = OpeningSpan(
                before.starts_at, max(before.ends_at, end), before.comment or comment
            )
        else:
            joined.append(OpeningSpan(start, end, comment))
    return joined


def _segments(rules: Sequence[Rule], day: date, place: Place) -> list[Segment]:
    """Lay the rules over one day: each covers those before it, a fallback only what they leave."""
    laid: list[Segment] = []
    for rule in rules:
        if not _holds_on(rule, day, place):
            continue
        spans = [(*_minutes(times, day, place), rule.state, rule.comment) for times in rule.times]
        whole = spans or [(0, DAY, rule.state, rule.comment)]
        if rule.joint is Joint.FALLBACK:
            laid = _filled(laid, whole)
            continue
        if rule.joint is Joint.NORMAL and not (rule.state is RuleState.CLOSED and rule.times):
            laid = []
        for segment in whole:
            laid = [*_without(laid, segment), segment]
    return laid


def _minutes(times: Times, day: date, place: Place) -> tuple[int, int]:
    """Return when a stretch begins and ends; one by the sun that ends before it began is none."""
    first, last = place.minute(times.first, day), place.minute(times.last, day)
    if not isinstance(times.last, int) and _usual(times.last) <= _usual(times.first):
        last = DAY + place.minute(times.last, day + timedelta(days=1))
    elif isinstance(times.first, SunTime) and isinstance(times.last, int):
        last += DAY if times.last <= _usual(times.first) else 0
    return first, max(first, last)


def _usual(moment: Moment) -> int:
    return moment if isinstance(moment, int) else _SUN[moment.event] + moment.offset


def _filled(under: list[Segment], over: list[Segment]) -> list[Segment]:
    """Add to `under` what of `over` it does not cover."""
    for segment in under:
        over = _without(over, segment)
    return under + over


def _without(segments: list[Segment], cut: Segment) -> list[Segment]:
    left: list[Segment] = []
    for start, end, state, comment in segments:
        if end <= cut[0] or start >= cut[1]:
            left.append((start, end, state, comment))
            continue
        if start < cut[0]:
            left.append((start, cut[0], state, comment))
        if end > cut[1]:
            left.append((cut[1], end, state, comment))
    return left


def _holds_on(rule: Rule, day: date, place: Place) -> bool:
    if rule.years and not any(
        y.first <= day.year <= (y.last or 9999) and (day.year - y.first) % y.step == 0
        for y in rule.years
    ):
        return False
    if not all(any(_in_dates(span, day) for span in spans) for spans in rule.dates):
        return False
    week = day.isocalendar().week
    if rule.weeks and not any(
        w.first <= week <= w.last and (week - w.first) % w.step == 0 for w in rule.weeks
    ):
        return False
    return all(_in_days(group, day, place) for group in rule.days)


def _in_days(group: Days, day: date, place: Place) -> bool:
    return any(
        place.has(days, day)
        if isinstance(days, Holidays)
        else _on_weekday(days, day, place.special_days)
        for days in group
    )


def _on_weekday(days: Weekdays, day: date, special: SpecialDays) -> bool:
    if days.nth or days.offset:
        base = day - timedelta(days=days.offset)
        return base.weekday() == days.first and (not days.nth or bool(_nths(base) & days.nth))
    weekday = is_workday_like(day, special)
    if days.first <= days.last:
        return days.first <= weekday <= days.last
    return weekday >= days.first or weekday <= days.last


def _nths(day: date) -> set[int]:
    from_end = (_month_end(day.year, day.month) - day).days // 7 + 1
    return {(day.day - 1) // 7 + 1, -from_end}


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _in_dates(span: DateSpan, day: date) -> bool:
    """Look at the span as it falls in the year before, this one and the next."""
    fixed = span.first.year is not None
    for year in (day.year - 1, day.year, day.year + 1):
        start = _date_of(span.first, span.first.year or year, is_end=False)
        if start is None:
            continue
        if span.is_open_ended:
            if start <= day and (fixed or day.year == start.year):
                return True
            continue
        end = _date_of(span.last, span.last.year or start.year, is_end=True)
        if end is not None and end < start and span.last.year is None:
            end = _date_of(span.last, start.year + 1, is_end=True)
        if end is not None and start <= day <= end:
            return (day - start).days % span.step == 0
    return False


def _date_of(point: DatePoint, year: int, *, is_end: bool) -> date | None:
    """Return the date a point falls on in a year; None where that year has no such day."""
    if point.is_easter:
        return easter(year) + timedelta(days=point.offset)
    if point.weekday is not None:
        return _nth_weekday(point, year)
    if not point.day:
        return _month_end(year, point.month) if is_end else date(year, point.month, 1)
    if point.day > _month_end(year, point.month).day:
        return _month_end(year, point.month) if is_end and point.day <= 31 else None
    return date(year, point.month, point.day) + timedelta(days=point.offset)


def _nth_weekday(point: DatePoint, year: int) -> date | None:
    assert point.weekday is not None
    if point.nth > 0:
        first = date(year, point.month, 1)
        day = first + timedelta(days=(point.weekday - first.weekday()) % 7 + 7 * (point.nth - 1))
    else:
        last = _month_end(year, point.month)
        day = last - timedelta(days=(last.weekday() - point.weekday) % 7 - 7 * (point.nth + 1))
    if day.month != point.month:
        return None
    return day + timedelta(days=point.offset)
