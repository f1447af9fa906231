"""Closing times of a pickup point, and the orders that stand there."""

from __future__ import annotations

from itertools import groupby

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import collecting
from app.merchants.services import points
from app.merchants.types import PointRow
from app.orders.queries.closings import concerned
from app.orders.services import closings
from app.orders.types import SlotDay
from app.workbench.forms.closings import ReasonForm
from app.workbench.views.blueprint import bp

KEEPERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
TIMES = toast("workbench.times_changed", _l("Changed. Orders that stand there stay until you ask."))
ASKED = toast("workbench.asked", _l("Each buyer is asked, and chooses in one tap."))


@bp.get("/<int:merchant_id>/points/<int:point_id>/times")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def point_times(merchant_id: int, point_id: int) -> Response:
    """Show the coming times of a pickup point, each to close or open again."""
    point = _point(merchant_id, point_id)
    at = clock.now()
    slots = collecting.slots_of_points([point], merchant_ids=[merchant_id], at=at)[point_id]
    days = [SlotDay(day, tuple(some)) for day, some in groupby(slots, key=lambda one: one.day)]
    return render("workbench/point_times.html", merchant_id=merchant_id, point=point, days=days)


@bp.post("/<int:merchant_id>/points/<int:point_id>/times")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def close_times(merchant_id: int, point_id: int) -> Response:
    """Close a day or a time, or open it again; who stands there is shown next."""
    ButtonForm.posted().check()
    _point(merchant_id, point_id)
    at, is_closed = clock.now(), request.form.get("on") == "y"
    with transaction():
        points.close_times(me(), point_id, [request.form.get("time", "")[:20]], is_closed, at=at)
    if is_closed and concerned(merchant_id=merchant_id, at=at):
        return said(url_for("workbench.closed_times", merchant_id=merchant_id), TIMES)
    return said(url_for("workbench.point_times", merchant_id=merchant_id, point_id=point_id), TIMES)


@bp.get("/<int:merchant_id>/closed-times")
@staff_of("merchant_id", *KEEPERS)
def closed_times(merchant_id: int) -> Response:
    """List the orders that stand at closed times, and who of their buyers was asked."""
    rows = concerned(merchant_id=merchant_id, at=clock.now())
    form = ReasonForm.posted()
    return render("workbench/closed_times.html", merchant_id=merchant_id, rows=rows, form=form)


@bp.post("/<int:merchant_id>/closed-times/ask")
@staff_of("merchant_id", *KEEPERS)
def ask_closed(merchant_id: int) -> Response:
    """Ask every buyer who stands at a closed time and was not asked."""
    form, at = ReasonForm.posted(), clock.now()
    rows = concerned(merchant_id=merchant_id, at=at)
    page = {"merchant_id": merchant_id, "rows": rows}
    with form.shows_field_errors("workbench/closed_times.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            closings.ask_all(me(), merchant_id=merchant_id, reason=form.reason.data or "", at=at)
            act.leads_to(url_for("workbench.closed_times", merchant_id=merchant_id))
    return said(act.location, ASKED)


def _point(merchant_id: int, point_id: int) -> PointRow:
    point = collecting.points_by_id([point_id]).get(point_id)
    if point is None or point.merchant_id != merchant_id:
        raise NotFoundError
    return point
