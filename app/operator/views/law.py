"""What the law asks of a town: its texts, the foot of its pages, what is kept and for how long."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.accounts import parts as people_parts
from app.accounts.queries import names_for
from app.accounts.queries import texts as text_reads
from app.accounts.services import texts as text_services
from app.accounts.types import TextKind
from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.facts import facts
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import SUBJECTS, render, said
from app.moderation.queries import lawful as lawful_reads
from app.moderation.queries import pictures as picture_reads
from app.moderation.queries import retention as period_reads
from app.moderation.queries import takedowns as takedown_reads
from app.moderation.services import lawful as lawful_services
from app.moderation.services import pictures as picture_services
from app.moderation.services import retention as period_services
from app.moderation.services import takedowns as takedown_services
from app.moderation.types import (
    CAUSE_WORDS,
    STANDING_WORDS,
    STATE_WORDS,
    LawfulState,
    TakedownState,
)
from app.operator.forms import (
    FootForm,
    LawfulDecisionForm,
    LawfulForm,
    PeriodForm,
    TakedownDecisionForm,
    TextForm,
)
from app.operator.views.blueprint import DONE, SAVED, bp

LAWFUL_WORDS = {
    LawfulState.WAITING: _l("Waits for a second person"),
    LawfulState.REFUSED: _l("Refused"),
    LawfulState.APPROVED: _l("Allowed, being gathered"),
    LawfulState.READY: _l("Ready"),
    LawfulState.REMOVED: _l("File removed"),
}


@bp.get("/texts")
@role("operator")
def texts() -> Response:
    """List the three texts: what stands, since when, and how many agreed to it."""
    return render(
        "operator/texts.html",
        rows=text_reads.texts_in_force(),
        counts=text_reads.accepted_counts(),
        names=people_parts.TEXT_NAMES,
        foot=facts().get(text_reads.FOOT) or {},
    )


@bp.route("/texts/<any(rules, terms, privacy):kind>", methods=["GET", "POST"])
@role("operator")
def text(kind: str) -> ResponseReturnValue:
    """Publish a new version of a text, saying what changed."""
    stands = text_reads.texts_in_force()[TextKind(kind)]
    form = TextForm.posted(body_zh=stands.body_zh, body_en=stands.body_en)
    context: dict[str, Any] = {"row": stands, "name": people_parts.TEXT_NAMES[stands.kind]}
    if request.method == "GET":
        return render("operator/text.html", form=form, **context)
    with form.shows_field_errors("operator/text.html", **context):
        form.check()
        with transaction(once=form.key) as act:
            text_services.publish_text(
                me(),
                TextKind(kind),
                body_zh=form.body_zh.data,
                body_en=form.body_en.data,
                note_zh=form.note_zh.data,
                note_en=form.note_en.data,
                asks=form.asks.data,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.texts"))
    return said(act.location, SAVED)


@bp.route("/foot", methods=["GET", "POST"])
@role("operator")
def foot() -> ResponseReturnValue:
    """Change what stands at the foot of every page."""
    form = FootForm.posted(**(facts().get(text_reads.FOOT) or {}))
    if request.method == "GET":
        return render("operator/foot.html", form=form)
    with form.shows_field_errors("operator/foot.html"):
        form.check()
        with transaction(once=form.key) as act:
            values = {name: form[name].data for name in text_services.FOOT_FIELDS}
            text_services.set_foot(me(), values, at=clock.now())
            act.leads_to(url_for("operator.texts"))
    return said(act.location, SAVED)


@bp.get("/take-downs")
@role("operator", "moderator")
def take_downs() -> Response:
    """List requests to take something down, the most pressing first, and wishes about pictures."""
    return render("operator/take_downs.html", **_queue())


def _queue() -> dict[str, Any]:
    asked = request.args.get("state", "")
    state = TakedownState(asked) if asked in set(TakedownState) else None
    return {
        "page": takedown_reads.takedowns(state=state, after=request.args.get("after")),
        "state": state,
        "pictures": picture_reads.removals() if state is None else [],
        "causes": CAUSE_WORDS,
        "standings": STANDING_WORDS,
        "states": STATE_WORDS,
    }


@bp.post("/take-downs/<int:takedown_id>")
@role("operator", "moderator")
def decide_take_down(takedown_id: int) -> ResponseReturnValue:
    """Decide a request, with the reason that both sides read."""

    def decide(is_upheld: bool, reason: str) -> None:
        takedown_services.decide_takedown(
            me(), takedown_id, is_upheld=is_upheld, reason=reason, at=clock.now()
        )

    return _decided(decide, takedown_id=takedown_id)


@bp.post("/take-downs/pictures/<int:removal_id>")
@role("operator", "moderator")
def decide_picture(removal_id: int) -> ResponseReturnValue:
    """Keep a picture hidden, or show it again."""

    def decide(is_removed: bool, reason: str) -> None:
        picture_services.decide_removal(
            me(), removal_id, is_removed=is_removed, reason=reason, at=clock.now()
        )

    return _decided(decide, removal_id=removal_id)


def _decided(decide: Callable[[bool, str], Any], **about: int) -> ResponseReturnValue:
    form = TakedownDecisionForm.posted()
    with form.shows_field_errors("operator/take_downs.html", **about, **_queue()):
        form.check()
        with transaction(once=form.key) as act:
            decide(form.decision.data == "uphold", form.reason.data)
            act.leads_to(url_for("operator.take_downs"))
    return said(act.location, DONE)


@bp.get("/retention")
@role("operator")
def retention() -> Response:
    """Show how long each kind of data is kept, and what the nights removed."""
    return render("operator/retention.html", rows=period_reads.period_rows())


@bp.post("/retention/<key>")
@role("operator")
def set_retention(key: str) -> ResponseReturnValue:
    """Keep a kind of data for another number of days."""
    form = PeriodForm.posted()
    rows = period_reads.period_rows()
    with form.shows_field_errors("operator/retention.html", rows=rows, key=key):
        form.check()
        with transaction(once=form.key) as act:
            days, reason = form.days.data, form.reason.data
            period_services.set_period(me(), key, days, reason=reason, at=clock.now())
            act.leads_to(url_for("operator.retention"))
    return said(act.location, SAVED)


@bp.route("/lawful", methods=["GET", "POST"])
@role("operator")
def lawful() -> ResponseReturnValue:
    """Write down what an authority asks for; a second person allows it."""
    form = LawfulForm.posted()
    context: dict[str, Any] = _lawful_list()
    if request.method == "GET":
        return render("operator/lawful.html", form=form, **context)
    with form.shows_field_errors("operator/lawful.html", **context):
        form.check()
        kind, number = _target(form.target.data)
        is_person = kind == "user"
        span = (_midnight(form.since.data), _midnight(form.until.data + timedelta(days=1)))
        with transaction(once=form.key) as act:
            lawful_services.ask_lawful(
                me(),
                authority=form.authority.data,
                reference=form.reference.data,
                reason=form.reason.data,
                person_id=number if is_person else None,
                subject=None if is_person else (kind, number),
                span=span,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.lawful"))
    return said(act.location, SAVED)


def _lawful_list() -> dict[str, Any]:
    rows = lawful_reads.lawful_requests()
    who = {number for row in rows for number in (row.asked_by, row.decided_by, row.person_id)}
    return {"rows": rows, "names": names_for(who), "states": LAWFUL_WORDS}


def _midnight(day: Any) -> datetime:
    return clock.at_local(day, time(0))


def _target(address: str) -> tuple[str, int]:
    """Return what an address of this site shows; refuses any other."""
    try:
        path = urlsplit(address.strip()).path or "/"
        endpoint, values = current_app.url_map.bind("").match(path, "GET")
    except (HTTPException, ValueError):
        endpoint, values = "", {}
    for kind, (shown, argument) in SUBJECTS.items():
        if shown == endpoint and isinstance(values.get(argument), int):
            return kind, values[argument]
    raise FieldError("target", _l("There is no person and no thing at this address."))


@bp.post("/lawful/<int:request_id>")
@role("operator")
def decide_lawful(request_id: int) -> ResponseReturnValue:
    """Allow or refuse, as a second person."""
    form = LawfulDecisionForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        lawful_services.decide_lawful(
            me(),
            request_id,
            is_allowed=form.decision.data == "allow",
            note=form.note.data,
            at=clock.now(),
        )
        act.leads_to(url_for("operator.lawful"))
    return said(act.location, DONE)


@bp.post("/lawful/<int:request_id>/file")
@role("operator")
def take_lawful(request_id: int) -> ResponseReturnValue:
    """Hand the file out, writing down to whom of us."""
    form = ButtonForm.posted()
    form.check()
    with transaction():
        path = lawful_services.note_taken(me(), request_id, at=clock.now())
    name = f"lawful-{request_id}.zip"
    answer = send_file(path, "application/zip", as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
