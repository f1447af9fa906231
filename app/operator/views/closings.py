"""Closing times of the site's pickup points, for all shops that use them."""

from itertools import groupby
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import collecting
from app.merchants.services import points
from app.merchants.types import PointRow
from app.operator.forms import ReasonForm
from app.operator.views.blueprint import SAVED, bp
from app.orders.queries.closings import concerned
from app.orders.services import closings
from app.orders.types import SlotDay

ASKED = toast("operator.asked", _l("Each buyer is asked, and chooses in one tap."))


@bp.get("/points/<int:point_id>/times")
@role("operator")
def point_times(point_id: int) -> Response:
    """Show the coming times of a point, and who stands at those that are closed."""
    return render("operator/point_times.html", form=ReasonForm.posted(), **_page(point_id))


@bp.post("/points/<int:point_id>/times")
@role("operator")
def close_point_times(point_id: int) -> Response:
    """Close a day or a time of a point, or open it again."""
    ButtonForm.posted().check()
    _point(point_id)
    is_closed, time = request.form.get("on") == "y", request.form.get("time", "")[:20]
    with transaction():
        points.close_times(me(), point_id, [time], is_closed, at=clock.now())
    return said(url_for("operator.point_times", point_id=point_id), SAVED)


@bp.post("/points/<int:point_id>/ask")
@role("operator")
def ask_at_point(point_id: int) -> Response:
    """Ask every buyer who stands at a closed time of a point and was not asked."""
    form = ReasonForm.posted()
    with form.shows_field_errors("operator/point_times.html", **_page(point_id)):
        form.check()
        reason = form.reason.data or ""
        with transaction(once=form.key) as act:
            closings.ask_all(me(), point_id=point_id, reason=reason, at=clock.now())
            act.leads_to(url_for("operator.point_times", point_id=point_id))
    return said(act.location, ASKED)


def _point(point_id: int) -> PointRow:
    point = collecting.points_by_id([point_id]).get(point_id)
    if point is None or point.merchant_id is not None:
        raise NotFoundError
    return point


def _page(point_id: int) -> dict[str, Any]:
    point, at = _point(point_id), clock.now()
    slots = collecting.slots_of_points([point], merchant_ids=[], at=at)[point_id]
    days = [SlotDay(day, tuple(some)) for day, some in groupby(slots, key=lambda one: one.day)]
    return {"point": point, "days": days, "rows": concerned(point_id=point_id, at=at)}
