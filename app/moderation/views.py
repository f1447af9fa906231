"""Pages for reporting, reviewing, the word list, and what a sanctioned person is told."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from app.accounts import queries as accounts
from app.core import clock
from app.core.access import me, member, role
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, subject_link, toast
from app.moderation import parts, queries, services
from app.moderation.forms import DecisionForm, EndForm, ReportForm, SanctionForm, WordForm
from app.moderation.policies.reviewing import STEPS
from app.moderation.types import (
    Decision,
    ReportReason,
    ReviewState,
    Rule,
    SanctionKind,
    WordOutcome,
)

bp = Blueprint("moderation", __name__, template_folder="templates")

REPORTED = toast("moderation.reported", _l("Thank you. Somebody looks at it."))
DECIDED = toast("moderation.decided", _l("Decided."))
WORDS_ADDED = toast("moderation.words_added", _l("The list is changed."))
SANCTIONED = toast("moderation.sanctioned", _l("It counts from now on."))

STATES = {
    "waiting": ReviewState.WAITING,
    "approved": ReviewState.APPROVED,
    "hidden": ReviewState.HIDDEN,
    "dismissed": ReviewState.DISMISSED,
}


@bp.route("/report/<kind>/<int:subject_id>", methods=["GET", "POST"])
@member
def report(kind: str, subject_id: int) -> Response:
    found = queries.reportable_for(me(), kind, subject_id)
    back = subject_link(kind, subject_id) or url_for("home.front")
    form = ReportForm.posted()
    context: dict[str, Any] = {"found": found, "back": back, "kind": parts.kind_name(kind)}
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


@bp.get("/moderation/review")
@member
def queue() -> Response:
    state = STATES.get(request.args.get("state", ""), ReviewState.WAITING)
    page = queries.review_queue(me(), state=state, after=request.args.get("after"))
    listed = parts.review_list(me(), page)
    return render("moderation/queue.html", page=page, listed=listed, state=str(state))


@bp.post("/moderation/review/<int:item_id>")
@member
def decide(item_id: int) -> Response:
    form = DecisionForm.posted()
    back = url_for("moderation.queue")
    with form.shows_field_errors("moderation/decide.html", item_id=item_id):
        form.check()
        with transaction():
            services.decide(
                me(),
                item_id,
                Decision(form.decision.data),
                rule=Rule(form.rule.data),
                note=form.note.data,
                at=clock.now(),
            )
    return said(back, DECIDED)


@bp.route("/moderation/words", methods=["GET", "POST"])
@role("operator", "moderator")
def words() -> Response:
    form = WordForm.posted()
    rows = queries.words()
    if request.method == "GET":
        return render("moderation/words.html", form=form, rows=rows)
    with form.shows_field_errors("moderation/words.html", rows=rows):
        form.check()
        outcome = WordOutcome(form.outcome.data)
        listed = [line for line in form.word.data.splitlines() if line.strip()]
        with transaction(once=form.key) as act:
            if len(listed) == 1:
                services.add_word(me(), listed[0], outcome, at=clock.now())
            else:
                services.add_words(me(), listed, outcome, at=clock.now())
            act.leads_to(url_for("moderation.words"))
    return said(url_for("moderation.words"), WORDS_ADDED)


@bp.post("/moderation/words/<int:word_id>/remove")
@role("operator", "moderator")
def remove_word(word_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        services.remove_word(me(), word_id, at=clock.now())
    return said(url_for("moderation.words"), WORDS_ADDED)


@bp.route("/moderation/people/<int:user_id>", methods=["GET", "POST"])
@role("operator", "moderator")
def person(user_id: int) -> Response:
    form = SanctionForm.posted()
    context: dict[str, Any] = {
        "person": accounts.profile(user_id),
        "rows": queries.sanctions_of(user_id),
        "rule_name": parts.rule_name,
    }
    if request.method == "GET":
        return render("moderation/person.html", form=form, **context)
    with form.shows_field_errors("moderation/person.html", **context):
        form.check()
        with transaction(once=form.key) as act:
            services.sanction(
                me(),
                user_id,
                SanctionKind(form.kind.data),
                lasts=STEPS[form.step.data],
                rule=Rule(form.rule.data),
                reason=form.reason.data,
                at=clock.now(),
            )
            act.leads_to(url_for("moderation.person", user_id=user_id))
    return said(url_for("moderation.person", user_id=user_id), SANCTIONED)


@bp.post("/moderation/sanctions/<int:sanction_id>/end")
@role("operator", "moderator")
def end_sanction(sanction_id: int) -> Response:
    form = EndForm.posted()
    form.check()
    with transaction():
        row = services.end_sanction(me(), sanction_id, reason=form.reason.data, at=clock.now())
    return said(url_for("moderation.person", user_id=row.user_id), SANCTIONED)


@bp.get("/me/rules")
@member
def own() -> Response:
    rows = queries.sanctions_of(me().id or 0)
    return render("moderation/own.html", rows=rows, rule_name=parts.rule_name, rules=parts.RULES)
