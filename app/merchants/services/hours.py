"""Opening hours: what is written becomes spans for the next fourteen days."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import HoursError
from app.merchants.models import Closure, Merchant, OpeningSpanEntry, Rush, SchoolBreak, SpecialDay
from app.merchants.policies import selling
from app.merchants.policies.hours import REACH, SpecialDays, check_hours, open_spans
from app.merchants.queries.hours import school_days, special_days
from app.merchants.types import (
    AWAY,
    CLOSED_TODAY,
    CLOSURE_DAYS,
    HOURS_CHANGED,
    RUSHED,
    SHOWN_STATES,
    SPAN_DAYS,
    SpecialDayKind,
    days_between,
)

_HOURS = (
    select(
        Merchant.id, Merchant.opening_hours, Merchant.closed_on, Merchant.lat, Merchant.lng,
        Closure.first, Closure.last,
    )
    .outerjoin(Closure, Closure.merchant_id == Merchant.id)
    .where(Merchant.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def checked_hours(text: str) -> str:
    """Return opening hours as they are kept; refuses by name, at the field, what cannot be
    understood.
    """
    text = " ".join(text.split())
    if text:
        try:
            check_hours(text)
        except HoursError as refused:
            raise FieldError("opening_hours", str(refused)) from refused
    return text


def set_hours(actor: Viewer, merchant_id: int, value: str, *, at: datetime) -> Merchant:
    """Set a shop's opening hours and its next fourteen days; refuses what cannot be understood."""
    selling.check_keeps(actor, merchant_id)
    merchant = db.session.get_one(Merchant, merchant_id)
    merchant.opening_hours = checked_hours(value)
    db.session.flush()
    keep_spans([merchant_id], at=at)
    record(actor, HOURS_CHANGED, ("merchant", merchant_id), at=at, data={"hours": value[:200]})
    return merchant


def mark_closed_today(
    actor: Viewer, merchant_id: int, is_closed: bool, *, at: datetime
) -> Merchant:
    """Close a shop for today, or take that back; its pickup slots of today close with it."""
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    merchant = db.session.get_one(Merchant, merchant_id)
    merchant.closed_on = clock.local(at).date() if is_closed else None
    db.session.flush()
    keep_spans([merchant_id], at=at)
    record(actor, CLOSED_TODAY, ("merchant", merchant_id), at=at, data={"closed": is_closed})
    return merchant


def begin_closure(
    actor: Viewer, merchant_id: int, first: date, last: date, *, note: str = "", at: datetime
) -> None:
    """Say from which day to which the shop is away, instead of what was said before; its pickup and
    booking times of these days close with it, and it ends by itself.

    Refuses days that are over, in the wrong order, or further ahead than a quarter of a year.
    """
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    today = clock.local(at).date()
    if first < today:
        raise FieldError("first", _l("This day is over. Choose today or a later day."))
    if last < first:
        raise FieldError("last", _l("The last day is before the first."))
    if last > today + timedelta(days=CLOSURE_DAYS):
        raise FieldError("last", _l("At most %(days)s days ahead.", days=CLOSURE_DAYS))
    closure = db.session.get(Closure, merchant_id) or Closure(merchant_id=merchant_id)
    closure.first, closure.last, closure.note = first, last, " ".join(note.split())
    db.session.add(closure)
    db.session.flush()
    keep_spans([merchant_id], at=at)
    data = {"first": first.isoformat(), "last": last.isoformat()}
    record(actor, AWAY, ("merchant", merchant_id), at=at, data=data)


def end_closure(actor: Viewer, merchant_id: int, *, at: datetime) -> None:
    """Say that the shop is there again, or will not be away; without an absence nothing happens."""
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    if changed(delete(Closure).where(Closure.merchant_id == merchant_id)):
        keep_spans([merchant_id], at=at)
        record(actor, AWAY, ("merchant", merchant_id), at=at, data={"first": None})


def begin_rush(
    actor: Viewer, merchant_id: int, minutes: int, *, until: datetime, at: datetime
) -> None:
    """Say that the shop needs so many minutes more than usual until then; it ends by itself.

    Refuses less than five minutes or more than four hours, and an end that is past or further away
    than a day.
    """
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    if not 5 <= minutes <= 240:
        raise FieldError("minutes", _l("Choose between 5 and 240 minutes."))
    if not at < until <= at + timedelta(days=1):
        raise FieldError("hours", _l("Choose between one hour and a day."))
    rush = db.session.get(Rush, merchant_id) or Rush(merchant_id=merchant_id)
    rush.minutes, rush.until = minutes, until
    db.session.add(rush)
    db.session.flush()
    data = {"minutes": minutes, "until": until.isoformat()}
    record(actor, RUSHED, ("merchant", merchant_id), at=at, data=data)


def end_rush(actor: Viewer, merchant_id: int, *, at: datetime) -> None:
    """Say that the rush is over; without one nothing happens."""
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    if changed(delete(Rush).where(Rush.merchant_id == merchant_id)):
        record(actor, RUSHED, ("merchant", merchant_id), at=at, data={"minutes": 0})


def mark_day(day: date, kind: SpecialDayKind | None, name: str = "") -> None:
    """Make a day a public holiday or a make-up work day, or an ordinary one again (None)."""
    db.session.execute(delete(SpecialDay).where(SpecialDay.day == day))
    if kind is not None:
        db.session.add(SpecialDay(day=day, kind=kind, name=name))
    _all_anew()


def mark_break(first: date, last: date | None, name: str = "") -> None:
    """Make the days from `first` to `last` school holidays, or those that began then none (None).

    Refuses days in the wrong order.
    """
    if last is not None and last < first:
        raise FieldError("last", _l("The last day is before the first."))
    db.session.execute(delete(SchoolBreak).where(SchoolBreak.first == first))
    if last is not None:
        db.session.add(SchoolBreak(first=first, last=last, name=name))
    _all_anew()


def keep_spans(ids: Sequence[int], *, at: datetime) -> int:
    """Write the spans of the next fourteen days for shops as they stand; return how many."""
    first = clock.local(at).date()
    last = first + timedelta(days=SPAN_DAYS)
    reach = (first - timedelta(days=REACH), last + timedelta(days=REACH))
    known, breaks = special_days(*reach), school_days(*reach)
    rows: list[dict[str, Any]] = []
    for shop in db.session.execute(_HOURS, {"ids": list(ids)}):
        rows += _rows_of(shop, first=first, last=last, known=known, breaks=breaks)
    changed(delete(OpeningSpanEntry).where(OpeningSpanEntry.merchant_id.in_(ids)))
    if rows:
        db.session.execute(insert(OpeningSpanEntry), rows)
    changed(update(Merchant).where(Merchant.id.in_(ids)).values(spans_until=last))
    for merchant in _loaded(ids):
        merchant.spans_until = last
    return len(rows)


def keep_late_spans(*, at: datetime, limit: int = 200) -> int:
    """Renew the spans of shops that reach less than fourteen days ahead; return how many shops."""
    last = clock.local(at).date() + timedelta(days=SPAN_DAYS)
    wanted = (
        select(Merchant.id)
        .where(
            Merchant.opening_hours != "",
            Merchant.state.in_(SHOWN_STATES),
            or_(Merchant.spans_until.is_(None), Merchant.spans_until < last),
        )
        .order_by(Merchant.id)
        .limit(limit)
    )
    ids = db.session.scalars(wanted).all()
    if ids:
        keep_spans(ids, at=at)
    return len(ids)


def _loaded(ids: Iterable[int]) -> list[Merchant]:
    known = db.session.identity_map.values()
    wanted = set(ids)
    return [row for row in known if isinstance(row, Merchant) and row.id in wanted]


def _all_anew() -> None:
    """Have the spans of every shop written anew by the job."""
    changed(update(Merchant).values(spans_until=None))
    db.session.flush()


def _rows_of(
    shop: Any, *, first: date, last: date, known: SpecialDays, breaks: Container[date]
) -> list[dict[str, Any]]:
    if not shop.opening_hours:
        return []
    try:
        rules = check_hours(shop.opening_hours)
    except HoursError:
        return []
    spans = open_spans(
        rules,
        first=first,
        last=last,
        zone=clock.site_zone(),
        special_days=known,
        school_breaks=breaks,
        closed_days=days_between(shop.first, shop.last) | days_between(*[shop.closed_on] * 2),
        point=None if shop.lat is None else (shop.lat, shop.lng),
    )
    return [
        {
            "merchant_id": shop.id,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "comment": span.comment[:120],
        }
        for span in spans
    ]
