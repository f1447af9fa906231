"""Opening hours with a preview, and "closed today"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import browsing
from app.merchants.queries.hours import by_day, preview_of, spans_of
from app.merchants.services import hours as services
from app.orders.queries.boards import due_on
from app.workbench.forms import HoursForm, MarkForm
from app.workbench.views.blueprint import bp

HOURS_SET = toast("workbench.hours", _l("These are your hours now."))
CLOSED = toast("workbench.closed", _l("Closed for today. Orders for today take no new times."))
OPEN = toast("workbench.open", _l("Open as usual."))


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
    if request.method == "GET":
        return render("workbench/hours.html", form=form, **page)
    with form.shows_field_errors("workbench/hours.html", **page):
        form.check()
        if "look" in request.form:
            hours_text = services.checked_hours(form.opening_hours.data or "")
            page["look"] = by_day(preview_of(hours_text, at=at), at=at)
            return render("workbench/hours.html", form=form, **page)
        with transaction(once=form.key) as act:
            services.set_hours(me(), merchant_id, form.opening_hours.data or "", at=at)
            act.leads_to(url_for("workbench.hours", merchant_id=merchant_id))
    return said(act.location, HOURS_SET)


@bp.post("/<int:merchant_id>/closed-today")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER, Role.CLERK)
def closed_today(merchant_id: int) -> Response:
    """Close for today with one tap, or open again."""
    form = MarkForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.mark_closed_today(me(), merchant_id, form.on.data, at=clock.now())
        act.leads_to(url_for("workbench.hours", merchant_id=merchant_id))
    return said(act.location, CLOSED if form.on.data else OPEN)
