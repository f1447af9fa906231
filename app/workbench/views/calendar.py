"""The calendar of a shop's people: what is booked, what is free, and days unlike the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import render, said, toast
from app.merchants.queries import booking, keeping
from app.merchants.queries.keeping import ResourceRow
from app.merchants.services import calendars
from app.merchants.types import DayException, ExceptionDraft, TimeChoice
from app.orders.queries.calendar import BookedRow, booked_between
from app.orders.queries.orders import shop_order
from app.orders.services import endings, rebooking
from app.workbench.forms.calendar import ExceptionForm, MoveForm
from app.workbench.forms.fields import clock_text, minutes_of
from app.workbench.views.blueprint import bp

KEEPERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
NOTED = toast("workbench.day_noted", _l("Noted. Nobody can book against it."))
WEEKLY = toast("workbench.day_weekly", _l("That day is as every week again."))
MOVED = toast("workbench.booking_moved", _l("Moved. The buyer is told and may cancel freely."))
CALLED_OFF = toast("workbench.booking_off", _l("Cancelled. The buyer is told why."))


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a person's day: a booking, a free stretch, or time away or besides the week."""

    kind: str
    starts: Any
    ends: Any
    booking: BookedRow | None = None
    exception: DayException | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One person's day."""

    who: ResourceRow
    day: date
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking that cannot be kept, and the next time at which it could be done instead."""

    booking: BookedRow
    time: TimeChoice | None


@bp.get("/<int:merchant_id>/calendar")
@staff_of("merchant_id", *KEEPERS)
def calendar(merchant_id: int) -> Response:
    """See a day of everybody, or a week of one."""
    form = ExceptionForm.posted(day=_day(), what="off")
    return render("workbench/calendar.html", form=form, **_page(merchant_id))


@bp.post("/<int:merchant_id>/calendar")
@staff_of("merchant_id", *KEEPERS)
def note_day(merchant_id: int) -> Response:
    """Note an absence or extra work; who has bookings then is led to them."""
    form = ExceptionForm.posted()
    page = _page(merchant_id)
    with form.shows_field_errors("workbench/calendar.html", **page):
        form.check()
        if form.who.data not in {one.id for one in page["people"]}:
            raise FieldError("who", _l("Please choose one of these."))
        draft = _draft(form)
        with transaction(once=form.key) as act:
            row = calendars.add_exception(me(), draft, at=clock.now())
            act.leads_to(_after(merchant_id, row.id, draft))
    return said(act.location, NOTED)


@bp.post("/<int:merchant_id>/days/<int:exception_id>/remove")
@staff_of("merchant_id", *KEEPERS)
def forget_day(merchant_id: int, exception_id: int) -> Response:
    """Let a day be as every week again."""
    form = ButtonForm.posted()
    form.check()
    row = booking.exception_for(merchant_id, exception_id)
    with transaction(once=form.key) as act:
        calendars.remove_exception(me(), row.id, at=clock.now())
        act.leads_to(url_for("workbench.calendar", merchant_id=merchant_id, day=row.day))
    return said(act.location, WEEKLY)


@bp.get("/<int:merchant_id>/days/<int:exception_id>")
@staff_of("merchant_id", *KEEPERS)
def affected(merchant_id: int, exception_id: int) -> Response:
    """List whom an absence concerns, each with the next free time."""
    return render("workbench/affected.html", refused=None, **_affected(merchant_id, exception_id))


@bp.post("/<int:merchant_id>/days/<int:exception_id>/<int:line_id>/move")
@staff_of("merchant_id", *KEEPERS)
def move_booking(merchant_id: int, exception_id: int, line_id: int) -> Response:
    """Move one booking to the time shown."""
    form = MoveForm.posted()
    form.check()
    concerned = _concerned(merchant_id, booking.exception_for(merchant_id, exception_id))
    order_ids = [one.order_id for one in concerned if one.line_id == line_id]
    if not order_ids:
        raise NotFoundError
    try:
        with transaction(once=form.key) as act:
            rebooking.move_booking(
                me(), order_ids[0], line_id, form.time_key.data or "", at=clock.now()
            )
            act.leads_to(_affected_url(merchant_id, exception_id))
    except ConflictError as refused:
        page = _affected(merchant_id, exception_id)
        return render("workbench/affected.html", 409, refused=refused, **page)
    return said(act.location, MOVED)


@bp.post("/<int:merchant_id>/days/<int:exception_id>/<int:order_id>/cancel")
@staff_of("merchant_id", *KEEPERS)
def call_off_booking(merchant_id: int, exception_id: int, order_id: int) -> Response:
    """Cancel one booking; what was paid goes back."""
    form = ButtonForm.posted()
    form.check()
    shop_order(me(), merchant_id, order_id)
    row = booking.exception_for(merchant_id, exception_id)
    name = _name(merchant_id, row.resource_id)
    with transaction(once=form.key) as act:
        endings.cancel_by_shop(
            me(), order_id, reason=_("%(name)s is away then.", name=name), at=clock.now()
        )
        act.leads_to(_affected_url(merchant_id, exception_id))
    return said(act.location, CALLED_OFF)


def _page(merchant_id: int) -> dict[str, Any]:
    day, is_week = _day(), request.args.get("span") == "week"
    people = keeping.resources_of(merchant_id)
    who = request.args.get("who", type=int)
    shown = [one for one in people if one.id == who] or (people[:1] if is_week else people)
    first = day - timedelta(days=day.weekday()) if is_week else day
    days = 7 if is_week else 1
    return {
        "merchant_id": merchant_id,
        "people": people,
        "columns": _columns(merchant_id, shown, first, days),
        "who": shown[0].id if len(shown) == 1 and (who or is_week) else None,
        "day": day,
        "today": clock.local(clock.now()).date(),
        "is_week": is_week,
        "first": first,
        "last": first + timedelta(days=days - 1),
        "step": timedelta(days=days),
        "clock_text": clock_text,
    }


def _columns(
    merchant_id: int, people: list[ResourceRow], first: date, days: int
) -> list[Column]:  # fmt: skip
    at = clock.now()
    last = first + timedelta(days=days - 1)
    weeks = {
        one.id: [(row.weekday, row.starts_minute, row.ends_minute) for row in one.weekly]
        for one in people
    }
    exceptions = booking.exceptions_of(list(weeks), first=first, last=last)
    free = booking.free_between(merchant_id, weeks, exceptions, first=first, days=days, at=at)
    booked = booked_between(merchant_id, clock.day_span(first)[0], clock.day_span(last)[1])
    found = []
    for one in people:
        for day in (first + timedelta(days=number) for number in range(days)):
            start, end = clock.day_span(day)
            rows = [
                Row("free", *span) for span in free[one.id] if start <= span[0] < end
            ]  # fmt: skip
            rows += [
                Row("booked", row.starts_at, row.ends_at, booking=row)
                for row in booked
                if row.resource_id == one.id and start <= row.starts_at < end
            ]
            rows += [
                Row(
                    "extra" if row.is_extra else "away",
                    start + timedelta(minutes=row.starts_minute),
                    start + timedelta(minutes=row.ends_minute),
                    exception=row,
                )
                for row in exceptions
                if row.resource_id == one.id and row.day == day
            ]
            found.append(Column(one, day, sorted(rows, key=lambda row: (row.starts, row.kind))))
    return found


def _draft(form: ExceptionForm) -> ExceptionDraft:
    is_whole = form.what.data == "off"
    starts = 0 if is_whole else minutes_of(form.starts.data or "")
    ends = 24 * 60 if is_whole else minutes_of(form.ends.data or "")
    if starts is None or ends is None:
        raise FieldError("ends", _l("Write from when to when."))
    is_extra = form.what.data == "extra"
    who, day = form.who.data or 0, form.day.data
    return ExceptionDraft(who, day, starts, ends, is_extra, form.note.data or "")


def _after(merchant_id: int, exception_id: int, draft: ExceptionDraft) -> str:
    row = DayException(
        exception_id, draft.resource_id, draft.day, draft.starts_minute, draft.ends_minute,
        draft.is_extra, draft.note,
    )  # fmt: skip
    if _concerned(merchant_id, row):
        return _affected_url(merchant_id, exception_id)
    return url_for("workbench.calendar", merchant_id=merchant_id, day=draft.day)


def _concerned(merchant_id: int, row: DayException) -> list[BookedRow]:
    """Return the bookings to come that an absence meets."""
    if row.is_extra:
        return []
    start = clock.day_span(row.day)[0]
    since = max(start + timedelta(minutes=row.starts_minute), clock.now())
    until = start + timedelta(minutes=row.ends_minute)
    found = booked_between(merchant_id, since, until) if since < until else []
    return [one for one in found if one.resource_id == row.resource_id and one.is_waiting]


def _affected(merchant_id: int, exception_id: int) -> dict[str, Any]:
    at = clock.now()
    row = booking.exception_for(merchant_id, exception_id)
    concerned = _concerned(merchant_id, row)
    times = {
        listing_id: booking.times_for(listing_id, at=at)
        for listing_id in {one.listing_id for one in concerned if one.listing_id is not None}
    }
    return {
        "merchant_id": merchant_id,
        "exception": row,
        "name": _name(merchant_id, row.resource_id),
        "rows": [
            Affected(one, rebooking.next_with(times.get(one.listing_id or 0, []), row.resource_id))
            for one in concerned
        ],
        "clock_text": clock_text,
    }


def _name(merchant_id: int, resource_id: int) -> str:
    for one in keeping.resources_of(merchant_id):
        if one.id == resource_id:
            return pick(one.name_zh, one.name_en)
    raise NotFoundError


def _affected_url(merchant_id: int, exception_id: int) -> str:
    return url_for("workbench.affected", merchant_id=merchant_id, exception_id=exception_id)


def _day() -> date:
    """Return the day the address names, else today."""
    today = clock.local(clock.now()).date()
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return asked if abs((asked - today).days) <= 400 else today
