"""Pages of the events house: the list, one gathering and signing up, one's own, the desk at the
door, calendars.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectChoice

from app.core import clock, i18n
from app.core.access import Viewer, is_signed, me, member, public, role, signed
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import prepared
from app.core.media.types import PreparedPicture
from app.core.pages import (
    Link,
    absolute,
    cache,
    csv_answer,
    live_answer,
    register_subject,
    render,
    said,
    slot,
    toast,
    wants_json,
)
from app.core.settings import settings
from app.events import queries
from app.events.forms import (
    CancelForm,
    CheckInForm,
    GatheringForm,
    ScanForm,
    SignUpForm,
    WalkInForm,
    as_typed,
)
from app.events.parts.calendars import calendar_file
from app.events.policies import can_make, is_open
from app.events.services import desk, feeds, gatherings, registrations
from app.events.types import DRAWINGS, KIND_LABELS, GatheringKind, RegistrationState
from app.forum import parts as forum_parts
from app.places.queries import neighbourhoods

bp = Blueprint("events", __name__, url_prefix="/events", template_folder="templates")
register_subject("gathering", "events.gathering", "gathering_id")
register_subject("registration", "events.registration", "registration_id")

KEPT_DAYS = 90
SIGNED_UP = toast("events.signed_up", _l("You are in. See you there!"))
IN_LINE = toast("events.in_line", _l("It is full now. You are on the waiting list."))
PARTY_SET = toast("events.party_set", _l("Your number of people is changed."))
LEFT = toast("events.left", _l("Your sign-up is cancelled."))
SAVED = toast("events.saved", _l("Saved."))
PUBLISHED = toast("events.published", _l("The neighbourhood can see it now."))
CALLED_OFF = toast("events.called_off", _l("It is called off. Everybody who signed up is told."))
ARCHIVED = toast("events.archived", _l("It is out of the lists now."))
LET_IN = toast("events.let_in", _l("Checked in."))
UNDONE = toast("events.undone", _l("Taken back."))
FEED_RENEWED = toast(
    "events.feed_renewed", _l("This is your calendar address now. Older ones no longer work.")
)


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
        neighbourhoods=neighbourhoods(),
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
    rows = queries.registrations_of(me(), at=clock.now())
    return render("events/mine.html", rows=rows, feed=_feed_address(generation), drawings=DRAWINGS)


# --- making and changing --------------------------------------------------------------------------


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
            made = gatherings.open_gathering(me(), form.draft(), at=clock.now(), picture=picture)
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
                me(), subject, form.draft(), at=clock.now(), picture=picture
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


# --- the desk at the door -------------------------------------------------------------------------


@bp.get("/in/<code>")
@member
def by_code(code: str) -> AnyResponse:
    """Show whoever scans a code with a plain camera what it stands for: the desk, or one's own
    sign-up.
    """
    found = queries.registration_by_code(code)
    if found is None:
        raise NotFoundError
    registration_id, gathering_id, _person = found
    own, subject = queries.registration_for(me(), registration_id)
    if queries.may_run(me(), subject):
        return _desk_page(gathering_id, words=own.code)
    return render(
        "events/registration.html",
        registration=own,
        gathering=subject,
        code_address=absolute(url_for("events.by_code", code=own.code)),
    )


@bp.get("/<int:gathering_id>/check-in")
@member
def check_in(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    return _desk_page(gathering_id, words=_words())


def _words() -> str:
    return request.args.get("q", "").replace("\x00", "")[:60]


def _desk_page(gathering_id: int, *, words: str) -> Response:
    return render("events/check_in.html", **_desk_of(gathering_id, words))


def _desk_of(gathering_id: int, words: str) -> dict[str, Any]:
    return {
        "gathering": queries.gathering_for(me(), gathering_id),
        "counts": queries.desk_counts(gathering_id),
        "rows": queries.desk_rows(gathering_id, words),
        "words": words,
    }


@bp.get("/<int:gathering_id>/check-in/list")
@member
def check_in_list(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    words = _words()
    version = f"{gathering_id}:{queries.desk_counts(gathering_id).version}:{words}"
    return live_answer(
        version, lambda: render("events/_desk.html", **_desk_of(gathering_id, words))
    )


@bp.post("/<int:gathering_id>/check-in")
@member
def let_in(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = CheckInForm.posted()
    form.check()
    with transaction():
        arrival = desk.check_in(
            me(),
            subject.id,
            nonce=_nonce(form),
            at=clock.now(),
            registration_id=form.registration_id.data,
            code=form.code.data or "",
            people=form.people.data,
        )
    return _desk_said(gathering_id, LET_IN, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/undo")
@member
def undo(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = CheckInForm.posted()
    form.check()
    with transaction():
        arrival = desk.undo_check_in(
            me(),
            subject.id,
            form.registration_id.data or 0,
            nonce=_nonce(form),
            at=clock.now(),
        )
    return _desk_said(gathering_id, UNDONE, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/walk-in")
@member
def walk_in(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = WalkInForm.posted()
    with form.shows_field_errors(
        "events/check_in.html", walk_in_form=form, **_desk_of(gathering_id, "")
    ):
        form.check()
    with transaction():
        arrival = desk.admit_walk_in(
            me(),
            subject.id,
            name=form.name.data or "",
            party=form.party.data or 1,
            nonce=_nonce(form),
            at=clock.now(),
        )
    return _desk_said(gathering_id, LET_IN, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/photo")
@member
def scan(gathering_id: int) -> AnyResponse:
    """Read a code off a photograph, where the browser cannot scan, and show whose it is."""
    queries.gathering_to_run(me(), gathering_id)
    form = ScanForm.posted()
    with form.shows_field_errors(
        "events/check_in.html", scan_form=form, **_desk_of(gathering_id, "")
    ):
        form.check()
        code = desk.code_in_photo(form.photo.data)
    return _desk_page(gathering_id, words=code)


def _nonce(form: CheckInForm | WalkInForm) -> str:
    return (form.nonce.data or form.key or secrets.token_urlsafe(12))[:64]


def _desk_said(gathering_id: int, key: str, registration_id: int) -> AnyResponse:
    if wants_json():
        row = queries.desk_row(registration_id)
        counts = queries.desk_counts(gathering_id)
        return {  # type: ignore[return-value]
            "name": row.name,
            "people": row.arrived or 0,
            "party": row.party,
            "arrived": counts.arrived,
            "expected": counts.expected,
        }
    words = request.form.get("q", "")[:60]
    back = url_for("events.check_in", gathering_id=gathering_id, q=words or None)
    return said(back, key)


@bp.get("/<int:gathering_id>/people.csv")
@member
def people_csv(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    header = [_("Name"), _("How many people"), _("State"), _("Came"), _("At")]
    rows = [
        (
            row.name,
            row.party,
            row.state.value,
            row.arrived or 0,
            clock.local(row.arrived_at).strftime("%Y-%m-%d %H:%M") if row.arrived_at else "",
        )
        for row in queries.desk_rows(gathering_id, limit=100_000)
    ]
    return csv_answer(f"event-{gathering_id}.csv", header, rows)


# --- calendars ------------------------------------------------------------------------------------


@bp.get("/feed.ics")
@public
def feed() -> Response:
    """Everything the neighbourhood has planned, to subscribe to."""
    since = clock.now() - timedelta(days=KEPT_DAYS)
    version = "all:" + queries.calendar_version(since=since)
    name = _("%(site)s: events", site=settings().site_name)
    return _calendar(version, lambda: queries.calendar_rows(since=since), name)


@bp.get("/<int:gathering_id>/calendar.ics")
@public
def calendar(gathering_id: int) -> Response:
    """One gathering as a file for one's own calendar."""
    subject = queries.gathering_for(me(), gathering_id)
    version = f"one:{gathering_id}:{subject.sequence}:{subject.changed_at.isoformat()}"
    since = subject.starts_at

    def rows() -> Any:
        return queries.calendar_rows(since=since, gathering_id=gathering_id)

    answer = _calendar(version, rows, i18n.pick(subject.title, subject.title_en))
    answer.headers["Content-Disposition"] = f'attachment; filename="event-{gathering_id}.ics"'
    return answer


@bp.get("/mine/<int:person_id>-<digest>.ics")
@public
def my_feed(person_id: int, digest: str) -> Response:
    """One person's own events; the address is the key, and a renewed address ends the old one."""
    generation = queries.feed_generation(person_id)
    if generation is None or not is_signed("calendar", f"{person_id}:{generation}", digest):
        raise NotFoundError
    since = clock.now() - timedelta(days=KEPT_DAYS)
    version = f"of{person_id}:" + queries.calendar_version(since=since, person_id=person_id)
    name = _("%(site)s: my events", site=settings().site_name)
    return _calendar(version, lambda: queries.calendar_rows(since=since, person_id=person_id), name)


@bp.post("/mine/feed")
@member
def renew_feed() -> AnyResponse:
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        here = act.leads_to(url_for("events.mine"))
        feeds.renew_feed(me(), at=clock.now())
    return said(here, FEED_RENEWED)


def _feed_address(generation: int | None) -> str | None:
    if generation is None:
        return None
    person_id = me().id or 0
    digest = signed("calendar", f"{person_id}:{generation}")
    where = url_for("events.my_feed", person_id=person_id, digest=digest, lang=i18n.language())
    return absolute(where)


def _calendar(version: str, rows: Any, name: str) -> Response:
    """Answer with the calendar in the language the address names; unchanged is a 304, made once is
    kept.
    """
    wished = request.args.get("lang", i18n.language())
    with i18n.speaking(wished):
        source = absolute(request.full_path.rstrip("?"))
        text = f"{version}:{i18n.language()}:{name}:{source}"
        tag = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
        answer = Response(content_type="text/calendar; charset=utf-8")
        answer.set_etag(tag)
        answer.headers["Cache-Control"] = "no-cache"
        if tag in request.if_none_match:
            answer.status_code = 304
            return answer
        body = cache.get(f"calendar:{tag}")
        if body is None:
            body = calendar_file(rows(), name=name, source=source)
            cache.set(f"calendar:{tag}", body, timeout=3600)
        answer.set_data(body)
    return answer


@slot("me_links").add
def _my_gatherings(_viewer: Viewer) -> list[Link]:
    return [Link(url_for("events.mine"), _("My events"))]
