"""Opening spans and special days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.db import db, fetch, fetch_one
from app.merchants.models import Closure, OpeningSpanEntry, SchoolBreak, SpecialDay
from app.merchants.policies.hours import REACH, check_hours, open_spans
from app.merchants.policies.special_days import known_days
from app.merchants.types import ClosureRow, OpeningSpan, SpecialDayKind

_SPANS: Any = (
    select(
        OpeningSpanEntry.merchant_id, OpeningSpanEntry.starts_at, OpeningSpanEntry.ends_at,
        OpeningSpanEntry.comment,
    )
    .where(
        OpeningSpanEntry.merchant_id.in_(bindparam("ids", expanding=True)),
        OpeningSpanEntry.ends_at > bindparam("first"),
        OpeningSpanEntry.starts_at < bindparam("last"),
    )
    .order_by(OpeningSpanEntry.starts_at)
)  # fmt: skip

_CLOSURE: Any = select(Closure.first, Closure.last, Closure.note).where(
    Closure.merchant_id == bindparam("merchant_id"), Closure.last >= bindparam("today")
)


def special_days(first: date, last: date) -> Mapping[date, SpecialDayKind]:
    """Return holidays and make-up work days: those Linli knows, and over them the town's own."""
    known = known_days(str(clock.site_zone()))
    found = {day: kind for day, kind in known.items() if first <= day <= last}
    wanted: Any = select(SpecialDay.day, SpecialDay.kind).where(SpecialDay.day.between(first, last))
    return found | {row[0]: row[1] for row in db.session.execute(wanted)}


def school_days(first: date, last: date) -> frozenset[date]:
    """Return the days from `first` to `last` on which schools are closed for holidays."""
    wanted = select(SchoolBreak.first, SchoolBreak.last).where(
        SchoolBreak.first <= last, SchoolBreak.last >= first
    )
    return frozenset(
        begun + timedelta(days=number)
        for begun, ended in db.session.execute(wanted)
        for number in range((ended - begun).days + 1)
    )


def spans_of(
    merchant_ids: Iterable[int], *, first: datetime, last: datetime
) -> dict[int, list[OpeningSpan]]:
    """Return the open stretches of shops that touch a span of time, in order."""
    rows = fetch(_SPANS, ids=list(set(merchant_ids)), first=first, last=last)
    found: dict[int, list[OpeningSpan]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(OpeningSpan(*row[1:]))
    return found


def closure_of(merchant_id: int, *, at: datetime) -> ClosureRow | None:
    """Return when a shop is away, now or soon, or None; an absence that is over is none."""
    row = fetch_one(_CLOSURE, merchant_id=merchant_id, today=clock.local(at).date())
    return ClosureRow(*row) if row else None


def preview_of(
    text: str, *, at: datetime, point: tuple[float, float] | None = None
) -> list[OpeningSpan]:
    """Return what checked opening hours mean for the next seven days, for a shop at `point`."""
    if not text:
        return []
    first = clock.local(at).date()
    last = first + timedelta(days=6)
    before = first - timedelta(days=REACH)
    return open_spans(
        check_hours(text),
        first=first,
        last=last,
        zone=clock.site_zone(),
        special_days=special_days(before, last + timedelta(days=REACH)),
        school_breaks=school_days(before, last + timedelta(days=REACH)),
        point=point,
    )


def by_day(spans: Sequence[OpeningSpan], *, at: datetime) -> list[tuple[date, list[OpeningSpan]]]:
    """Return the next seven days, each with the spans that begin on it or were open before."""
    first = clock.local(at).date()
    days: dict[date, list[OpeningSpan]] = {first + timedelta(days=n): [] for n in range(7)}
    for span in spans:
        days.get(max(clock.local(span.starts_at).date(), first), []).append(span)
    return list(days.items())
