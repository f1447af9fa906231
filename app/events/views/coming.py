"""What is on, one gathering, signing up and changing one's mind."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.pages import (
    absolute,
    render,
    said,
)
from app.events import queries
from app.events.forms import (
    SignUpForm,
)
from app.events.policies import can_make, is_open
from app.events.services import registrations
from app.events.types import DRAWINGS, KIND_LABELS, GatheringKind, RegistrationState
from app.events.views.blueprint import IN_LINE, LEFT, PARTY_SET, SIGNED_UP, bp
from app.events.views.calendars import feed_address
from app.forum import parts as forum_parts
from app.places.queries import neighbourhood_names


@bp.get("/", endpoint="gatherings")
@public
def gatherings_list() -> Response:
    kind = request.args.get("kind", "")
    place = request.args.get("place", "")
    when = "past" if request.args.get("when") == "past" else "upcoming"
    sort = "new" if request.args.get("sort") == "new" else "soon"
    page = queries.gatherings_on_list(
        at=clock.now(),
        is_past=when == "past",
        kind=GatheringKind(kind) if kind in set(GatheringKind) else None,
        neighbourhood_id=int(place) if place.isdecimal() and len(place) < 10 else None,
        is_newest=sort == "new",
        after=request.args.get("after"),
    )
    return render(
        "events/list.html",
        page=page,
        when=when,
        sort=sort,
        kind=kind,
        place=place,
        kinds=KIND_LABELS,
        neighbourhoods=neighbourhood_names(),
        drafts=queries.drafts_of(me()),
        may_make=can_make(me()),
    )


@bp.get("/<int:gathering_id>")
@public
def gathering(gathering_id: int) -> Response:
    subject = ("gathering", gathering_id)
    seen(me(), "gathering", subject, hook=Hook.EVENT, referrer=request.referrer or "")
    return render("events/gathering.html", form=SignUpForm(), **_page_of(gathering_id))


def _page_of(gathering_id: int) -> dict[str, Any]:
    view = queries.gathering_view(me(), gathering_id)
    thread_id = view.gathering.thread_id
    talk = forum_parts.talk({gathering_id: thread_id}, me()) if thread_id else {}
    return {
        "view": view,
        "gathering": view.gathering,
        "talk": talk.get(gathering_id, ""),
        "is_open": is_open(view.gathering, at=clock.now()),
        "drawing_name": DRAWINGS[view.gathering.kind],
        "kind_label": KIND_LABELS[view.gathering.kind],
    }


@bp.post("/<int:gathering_id>/sign-up")
@member
def sign_up(gathering_id: int) -> AnyResponse:
    queries.gathering_for(me(), gathering_id)
    form = SignUpForm.posted()
    with form.shows_field_errors("events/gathering.html", **_page_of(gathering_id)):
        form.check()
    here = url_for("events.gathering", gathering_id=gathering_id)
    with transaction(once=form.key) as act:
        act.leads_to(here)
        own = registrations.register(me(), gathering_id, party=form.party.data or 1, at=clock.now())
    return said(here, IN_LINE if own.state == RegistrationState.WAITING else SIGNED_UP)


@bp.post("/sign-ups/<int:registration_id>/party")
@member
def change_party(registration_id: int) -> AnyResponse:
    own, _gathering = queries.registration_for(me(), registration_id)
    form = SignUpForm.posted()
    with form.shows_field_errors("events/gathering.html", **_page_of(own.gathering_id)):
        form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.gathering", gathering_id=own.gathering_id))
        registrations.change_party(
            me(), registration_id, party=form.party.data or 1, at=clock.now()
        )
    return said(here, PARTY_SET)


@bp.post("/sign-ups/<int:registration_id>/cancel")
@member
def leave(registration_id: int) -> AnyResponse:
    own, _gathering = queries.registration_for(me(), registration_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.gathering", gathering_id=own.gathering_id))
        registrations.leave(me(), registration_id, at=clock.now())
    return said(here, LEFT)


@bp.get("/sign-ups/<int:registration_id>")
@member
def registration(registration_id: int) -> Response:
    own, subject = queries.registration_for(me(), registration_id)
    code_address = absolute(url_for("events.by_code", code=own.code))
    return render(
        "events/registration.html", registration=own, gathering=subject, code_address=code_address
    )


@bp.get("/mine")
@member
def mine() -> Response:
    generation = queries.feed_generation(me().id or 0)
    at, when = clock.now(), request.args.get("when", "")
    rows = queries.registrations_of(me(), at=at)
    shown = [row for row in rows if (when == "past") == (row.ends_at < at)]
    return render(
        "events/mine.html",
        rows=shown if when in {"past", "upcoming"} else rows,
        when=when if when in {"past", "upcoming"} else "",
        has_any=bool(rows),
        feed=feed_address(generation),
        drawings=DRAWINGS,
    )
