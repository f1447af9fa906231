"""Making a gathering, changing it, showing it, calling it off."""

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectChoice

from app.core import clock, i18n
from app.core.access import me, member, role
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.media.services import prepared
from app.core.media.types import PreparedPicture
from app.core.pages import (
    render,
    said,
)
from app.events import queries
from app.events.forms import (
    CancelForm,
    GatheringForm,
    as_typed,
)
from app.events.services import gatherings
from app.events.views.blueprint import ARCHIVED, CALLED_OFF, PUBLISHED, SAVED, bp
from app.moderation.parts import consent_said
from app.places.queries import neighbourhoods


@bp.route("/new", methods=["GET", "POST"])
@role("operator", "planner", "leader")
def new() -> AnyResponse:
    form = _with_places(GatheringForm.posted())
    if request.method == "GET":
        return render("events/edit.html", form=form, gathering=None, areas=_areas())
    with form.shows_field_errors("events/edit.html", gathering=None, areas=_areas()):
        form.check()
        picture = _picture(form)
        with transaction(once=form.key) as act:
            made = gatherings.open_gathering(
                me(),
                form.draft(),
                at=clock.now(),
                picture=picture,
                consent=consent_said(form.consent.data),
            )
            here = act.leads_to(url_for("events.gathering", gathering_id=made.id))
    return said(here, SAVED)


@bp.route("/<int:gathering_id>/edit", methods=["GET", "POST"])
@member
def edit(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    total = queries.gathering_view(me(), gathering_id).total
    form = _with_places(GatheringForm.posted(**as_typed(subject, total)))
    if request.method == "GET":
        return render("events/edit.html", form=form, gathering=subject, areas=_areas())
    with form.shows_field_errors("events/edit.html", gathering=subject, areas=_areas()):
        form.check()
        picture = _picture(form)
        with transaction(once=form.key) as act:
            here = act.leads_to(url_for("events.gathering", gathering_id=gathering_id))
            gatherings.change_gathering(
                me(),
                subject,
                form.draft(),
                at=clock.now(),
                picture=picture,
                consent=consent_said(form.consent.data),
            )
    return said(here, SAVED)


def _with_places(form: GatheringForm) -> GatheringForm:
    names = [
        SelectChoice(str(row.id), i18n.pick(row.name, row.name_en)) for row in neighbourhoods()
    ]
    form.neighbourhood_id.choices = [SelectChoice("0", _("anywhere")), *names]
    return form


def _areas() -> list[dict[str, Any]]:
    """What the small map draws, so that a pin can be set by eye."""
    return [
        {"name": i18n.pick(row.name, row.name_en), "polygon": row.polygon}
        for row in neighbourhoods()
        if row.polygon
    ]


def _picture(form: GatheringForm) -> PreparedPicture | None:
    sent = form.picture.data
    return prepared(sent) if sent is not None and sent.filename else None


@bp.post("/<int:gathering_id>/publish")
@member
def publish(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.gathering", gathering_id=gathering_id))
        gatherings.publish_gathering(me(), subject, at=clock.now())
    return said(here, PUBLISHED)


@bp.route("/<int:gathering_id>/cancel", methods=["GET", "POST"])
@member
def cancel(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    counts = queries.desk_counts(gathering_id)
    form = CancelForm.posted()
    if request.method == "GET":
        return render("events/cancel.html", form=form, gathering=subject, counts=counts)
    with form.shows_field_errors("events/cancel.html", gathering=subject, counts=counts):
        form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.gathering", gathering_id=gathering_id))
        gatherings.cancel_gathering(me(), subject, reason=form.reason.data or "", at=clock.now())
    return said(here, CALLED_OFF)


@bp.post("/<int:gathering_id>/archive")
@member
def archive(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.gathering", gathering_id=gathering_id))
        gatherings.archive_gathering(me(), subject, at=clock.now())
    return said(here, ARCHIVED)
