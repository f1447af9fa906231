"""Asking for something to be taken down, with or without an account, and answering that."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import HTTPException

from app.core import clock
from app.core.access import Viewer, address_hash, me, member, public
from app.core.db import transaction
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.media.queries import id_behind
from app.core.pages import SUBJECTS, Link, absolute, render, said, slot, subject_link, toast
from app.core.settings import settings
from app.moderation.forms import AnswerForm, TakedownForm
from app.moderation.queries import retention as periods
from app.moderation.queries import takedowns as reads
from app.moderation.services import takedowns as services
from app.moderation.types import CAUSE_WORDS, STATE_WORDS, Standing, TakedownCause
from app.moderation.views.reporting import bp

ASKED = toast("moderation.asked", _l("Your request is with us. Keep this page's address."))
COUNTERED = toast("moderation.countered", _l("Your answer is with us and with who asked."))


@bp.route("/take-down", methods=["GET", "POST"])
@public
def take_down() -> Response:
    """Take a request in from anybody."""
    form = TakedownForm.posted(address=_asked_about())
    if request.method == "GET":
        return render("moderation/take_down.html", form=form)
    with form.shows_field_errors("moderation/take_down.html"):
        form.check()
        with transaction(once=form.key) as act:
            _row, token = services.ask_takedown(
                address=form.address.data,
                subject=_meant(form.address.data),
                cause=TakedownCause(form.cause.data),
                standing=Standing(form.standing.data),
                what=form.what.data,
                name=form.name.data,
                mail=form.mail.data or "",
                phone=form.phone.data or "",
                ip_hash=address_hash(request.remote_addr),
                at=clock.now(),
            )
            act.leads_to(url_for("moderation.take_down_state", token=token))
    return said(act.location, ASKED)


def _asked_about() -> str:
    kind, _dash, number = request.args.get("about", "").partition("-")
    if number.isdecimal() and len(number) < 10 and (link := subject_link(kind, int(number))):
        return absolute(link)
    return ""


def _meant(address: str) -> tuple[str, int] | None:
    """Return what one of our own addresses shows; None for any other."""
    parts = urlsplit(address.strip())
    own = urlsplit(settings().base_url).netloc
    if parts.netloc not in {"", own, request.host}:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(parts.path or "/", "GET")
    except HTTPException:
        return None
    if endpoint in {"moderation.picture", "media.picture"}:
        found = id_behind(values["address"])
        return ("picture", found[0]) if found else None
    for kind, (shown, argument) in SUBJECTS.items():
        if shown == endpoint and isinstance(values.get(argument), int):
            return reads.meant(kind, values[argument], parts.fragment)
    return None


@bp.get("/take-down/<token>")
@public
def take_down_state(token: str) -> Response:
    """Show the one who asked how far it is."""
    row = reads.takedown_by_token(token)
    context: dict[str, Any] = {"row": row, "causes": CAUSE_WORDS, "states": STATE_WORDS}
    answer = render("moderation/take_down_state.html", **context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.route("/me/take-downs/<int:takedown_id>", methods=["GET", "POST"])
@member
def take_down_answer(takedown_id: int) -> Response:
    """Show an author what was asked about their words, and take their counter-notice."""
    row = reads.takedown_for_author(me(), takedown_id)
    form = AnswerForm.posted()
    context: dict[str, Any] = {"row": row, "causes": CAUSE_WORDS, "states": STATE_WORDS}
    if request.method == "GET":
        return render("moderation/take_down_answer.html", form=form, **context)
    with form.shows_field_errors("moderation/take_down_answer.html", **context):
        form.check()
        with transaction(once=form.key) as act:
            services.answer_takedown(me(), takedown_id, text=form.text.data, at=clock.now())
            act.leads_to(url_for("moderation.take_down_answer", takedown_id=takedown_id))
    return said(act.location, COUNTERED)


@slot("foot_links").add
def _foot(_viewer: Viewer) -> Iterable[Link]:
    yield Link(url_for("moderation.take_down"), _("Ask for a take-down"))


@slot("kept_for").add
def _kept_for(_viewer: Viewer) -> Iterable[tuple[Any, int, Any]]:
    for period in periods.periods():
        yield period.title, periods.days_of(period), period.why
