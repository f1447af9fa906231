"""Pages for reporting, and for what a sanctioned person is told."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, subject_link, toast
from app.moderation import queries, services
from app.moderation.forms import AppealForm, ReportForm
from app.moderation.queries import takedowns
from app.moderation.types import RULE_WORDS, STATE_WORDS, ReportReason

bp = Blueprint("moderation", "app.moderation", template_folder="templates")

REPORTED = toast("moderation.reported", _l("Thank you. Somebody looks at it."))
ANSWERED = toast("moderation.answered", _l("Your answer is with the reviewers."))


@bp.route("/report/<kind>/<int:subject_id>", methods=["GET", "POST"])
@member
def report(kind: str, subject_id: int) -> Response:
    found = queries.reportable_for(me(), kind, subject_id)
    back = subject_link(kind, subject_id) or url_for("home.front")
    form = ReportForm.posted()
    context: dict[str, Any] = {"found": found, "back": back}
    if request.method == "GET":
        is_done = queries.has_reported(me(), kind, subject_id)
        return render("moderation/report.html", form=form, is_done=is_done, **context)
    with form.shows_field_errors("moderation/report.html", is_done=False, **context):
        form.check()
        with transaction(once=form.key) as act:
            reason = ReportReason(form.reason.data)
            services.report(
                me(), kind, subject_id, reason=reason, text=form.text.data, at=clock.now()
            )
            act.leads_to(back)
    return said(back, REPORTED)


@bp.route("/appeal/<kind>/<int:subject_id>", methods=["GET", "POST"])
@member
def appeal(kind: str, subject_id: int) -> Response:
    found = queries.appealable_for(me(), kind, subject_id)
    back = subject_link(kind, subject_id) or url_for("moderation.own")
    rule, note = queries.last_hiding(kind, subject_id) or (None, None)
    context: dict[str, Any] = {
        "found": found,
        "back": back,
        "rule": RULE_WORDS.get(rule) if rule else None,
        "note": note,
        "taken": takedowns.takedown_on(me(), kind, subject_id),
    }
    form = AppealForm.posted()
    if request.method == "GET":
        is_done = queries.has_reported(me(), kind, subject_id)
        return render("moderation/appeal.html", form=form, is_done=is_done, **context)
    with form.shows_field_errors("moderation/appeal.html", is_done=False, **context):
        form.check()
        with transaction(once=form.key) as act:
            services.appeal(me(), kind, subject_id, text=form.text.data, at=clock.now())
            act.leads_to(back)
    return said(back, ANSWERED)


@bp.get("/me/rules")
@member
def own() -> Response:
    rows = queries.sanctions_of(me().id or 0)
    taken = takedowns.takedowns_about(me().id or 0)
    return render(
        "moderation/own.html", rows=rows, rules=RULE_WORDS, taken=taken, states=STATE_WORDS
    )
