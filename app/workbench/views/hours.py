"""Opening hours with a preview, "closed today", and being away for some days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import ngettext
from app.core.pages import render, said, toast
from app.merchants.queries import browsing
from app.merchants.queries.hours import by_day, closure_of, preview_of, spans_of
from app.merchants.services import hours as services
from app.orders.queries.boards import due_on
from app.orders.queries.closings import concerned
from app.orders.queries.moving import due_between, due_rows
from app.orders.queries.orders import shop_order
from app.orders.services import endings, moving
from app.workbench.forms import ClosureForm, HoursForm, MarkForm
from app.workbench.views.blueprint import bp

HOURS_SET = toast("workbench.hours", _l("These are your hours now."))
CLOSED = toast("workbench.closed", _l("Closed for today. Orders for today take no new times."))
OPEN = toast("workbench.open", _l("Open as usual."))
AWAY = toast("workbench.away", _l("These days are closed, and your page says so."))
BACK = toast("workbench.back", _l("These days are open again, as your hours say."))
MOVED = toast("workbench.moved", _l("Moved. The buyer is told and may cancel freely."))
CALLED_OFF = toast("workbench.called_off", _l("Cancelled. The buyer is told why."))
KEEPERS = (Role.OWNER, Role.MANAGER, Role.CLERK)


@bp.route("/<int:merchant_id>/hours", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def hours(merchant_id: int) -> Response:
    """Set the opening hours; "look first" shows the coming days without saving."""
    at = clock.now()
    shop = browsing.merchant_for(me(), merchant_id)
    form = HoursForm.posted(obj=shop)
    spans = spans_of([merchant_id], first=at, last=at + timedelta(days=7)).get(merchant_id, [])
    page: dict[str, Any] = {
        "merchant_id": merchant_id,
        "shop": shop,
        "days": by_day(spans, at=at),
        "look": None,
    }
    page["today"] = clock.local(at).date()
    page["due"] = due_on(merchant_id, at=at)
    page["closure"] = closure_of(merchant_id, at=at)
    if request.method == "GET":
        return render("workbench/hours.html", form=form, **page)
    with form.shows_field_errors("workbench/hours.html", **page):
        form.check()
        if "look" in request.form:
            hours_text = services.checked_hours(form.opening_hours.data or "")
            point = (shop.lat, shop.lng) if shop.lat is not None and shop.lng is not None else None
            page["look"] = by_day(preview_of(hours_text, at=at, point=point), at=at)
            return render("workbench/hours.html", form=form, **page)
        with transaction(once=form.key) as act:
            services.set_hours(me(), merchant_id, form.opening_hours.data or "", at=at)
            act.leads_to(url_for("workbench.hours", merchant_id=merchant_id))
    return said(act.location, HOURS_SET)


@bp.post("/<int:merchant_id>/closed-today")
@staff_of("merchant_id", *KEEPERS)
def closed_today(merchant_id: int) -> Response:
    """Close for today with one tap, or open again; who closes is led to the orders of today."""
    form = MarkForm.posted()
    form.check()
    at = clock.now()
    with transaction(once=form.key) as act:
        services.mark_closed_today(me(), merchant_id, form.on.data, at=at)
        is_concerned = form.on.data and due_on(merchant_id, at=at)
        act.leads_to(
            url_for("workbench.due" if is_concerned else "workbench.hours", merchant_id=merchant_id)
        )
    return said(act.location, CLOSED if form.on.data else OPEN)


@bp.route("/<int:merchant_id>/away", methods=["GET", "POST"])
@staff_of("merchant_id", *KEEPERS)
def away(merchant_id: int) -> Response:
    """Say from when to when the shop is away; who has orders on these days is led to them."""
    at = clock.now()
    closure = closure_of(merchant_id, at=at)
    form = ClosureForm.posted(obj=closure)
    page: dict[str, Any] = {
        "merchant_id": merchant_id,
        "closure": closure,
        "due": len(_due_in(merchant_id, *_days(merchant_id, "away"))) if closure else 0,
    }
    if request.method == "GET":
        return render("workbench/away.html", form=form, **page)
    with form.shows_field_errors("workbench/away.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            services.begin_closure(
                me(), merchant_id, form.first.data, form.last.data,
                note=form.note.data or "", at=at,
            )  # fmt: skip
            if _due_in(merchant_id, form.first.data, form.last.data):
                act.leads_to(url_for("workbench.due", merchant_id=merchant_id, of="away"))
            else:
                act.leads_to(url_for("workbench.away", merchant_id=merchant_id))
    return said(act.location, AWAY)


@bp.post("/<int:merchant_id>/away/end")
@staff_of("merchant_id", *KEEPERS)
def end_away(merchant_id: int) -> Response:
    """Take an absence back, or end it now."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.end_closure(me(), merchant_id, at=clock.now())
        act.leads_to(url_for("workbench.away", merchant_id=merchant_id))
    return said(act.location, BACK)


@bp.get("/<int:merchant_id>/due-today")
@staff_of("merchant_id", *KEEPERS)
def due(merchant_id: int) -> Response:
    """List whom closing today, or being away, concerns, each with the next free time after that."""
    return render("workbench/due.html", error="", **_due(merchant_id))


@bp.post("/<int:merchant_id>/due-today/<int:order_id>/move")
@staff_of("merchant_id", *KEEPERS)
def move_order(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    _first, last = _days(merchant_id, _of())
    with transaction():
        moving.move_on(me(), order_id, at=clock.now(), after_day=last)
    return said(_due_url(merchant_id), MOVED)


@bp.post("/<int:merchant_id>/due-today/<int:order_id>/cancel")
@staff_of("merchant_id", *KEEPERS)
def call_off_order(merchant_id: int, order_id: int) -> Response:
    ButtonForm.posted().check()
    shop_order(me(), merchant_id, order_id)
    with transaction():
        endings.cancel_by_shop(me(), order_id, reason=_reason(), at=clock.now())
    return said(_due_url(merchant_id), CALLED_OFF)


@bp.post("/<int:merchant_id>/due-today/move")
@staff_of("merchant_id", *KEEPERS)
def move_all(merchant_id: int) -> Response:
    """Move every order of these days; those without a free time stay on the list, and it says
    so.
    """
    form = ButtonForm.posted()
    form.check()
    days = _days(merchant_id, _of())
    with transaction(once=form.key) as act:
        act.leads_to(_due_url(merchant_id))
        moved, left = moving.move_days(me(), merchant_id, *days, at=clock.now())
    if not left:
        return said(act.location, MOVED)
    done = ngettext("%(num)s order is moved.", "%(num)s orders are moved.", moved)
    stay = ngettext(
        "%(num)s has no free time to move to.", "%(num)s have no free time to move to.", left
    )
    return render("workbench/due.html", error=f"{done} {stay}", **_due(merchant_id))


@bp.post("/<int:merchant_id>/due-today/cancel")
@staff_of("merchant_id", *KEEPERS)
def call_off_all(merchant_id: int) -> Response:
    form = ButtonForm.posted()
    form.check()
    days = _days(merchant_id, _of())
    with transaction(once=form.key) as act:
        act.leads_to(_due_url(merchant_id))
        moving.cancel_days(me(), merchant_id, *days, reason=_reason(), at=clock.now())
    return said(act.location, CALLED_OFF)


def _of() -> str:
    """Return what the list is about: the days of an absence, closed times, or today."""
    of = request.args.get("of", "")
    return of if of in {"away", "closed"} else ""


def _days(merchant_id: int, of: str) -> tuple[date, date]:
    at = clock.now()
    today = clock.local(at).date()
    closure = closure_of(merchant_id, at=at) if of == "away" else None
    return (max(closure.first, today), closure.last) if closure else (today, today)


def _due_in(merchant_id: int, first: date, last: date) -> list[Any]:
    return list(due_between(merchant_id, first, last))


def _due_url(merchant_id: int) -> str:
    if _of() == "closed":
        return url_for("workbench.closed_times", merchant_id=merchant_id)
    return url_for("workbench.due", merchant_id=merchant_id, of=_of() or None)


def _reason() -> str:
    words = {"away": _("We are away on that day."), "closed": _("This time is closed.")}
    return words.get(_of()) or _("We are closed today.")


def _due(merchant_id: int) -> dict[str, Any]:
    first, last = _days(merchant_id, _of())
    rows = due_rows(merchant_id, first, last, at=clock.now())
    closed = {row.order.id for row in concerned(merchant_id=merchant_id, at=clock.now())}
    is_closed = any(row.order.id in closed for row in rows)
    return {"merchant_id": merchant_id, "rows": rows, "of": _of() or None, "is_closed": is_closed}
