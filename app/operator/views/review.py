"""The review queue and the word list."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, member, role
from app.core.db import transaction
from app.core.errors import NotAllowedError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.pages import render, said
from app.moderation import queries, services
from app.moderation.types import (
    REASON_WORDS,
    RULE_WORDS,
    Decision,
    ReviewState,
    Rule,
    WordOutcome,
)
from app.operator.forms import DecisionForm, WordForm
from app.operator.types import CAUSE_WORDS, OUTCOME_WORDS, REVIEW_WORDS
from app.operator.views.blueprint import DONE, SAVED, bp

DECISIONS = tuple(decision.value for decision in Decision)


@bp.get("/review")
@member
def review() -> Response:
    """List what waits for a decision, oldest first, or what was decided.

    Moderators and leaders of one board see that board's items only; others may not open it.
    """
    _check_reviews()
    return render("operator/review.html", **_queue())


def _queue() -> dict[str, Any]:
    wanted = request.args.get("state", "waiting")
    state = ReviewState(wanted) if wanted in set(ReviewState) else ReviewState.WAITING
    page = queries.review_queue(me(), state=state, after=request.args.get("after"))
    return {"page": page, "state": state, **_words()}


def _words() -> dict[str, Any]:
    return {
        "causes": CAUSE_WORDS,
        "reasons": REASON_WORDS,
        "rules": RULE_WORDS,
        "states": REVIEW_WORDS,
        "rule_choices": [(rule.value, RULE_WORDS.get(rule, _("No rule"))) for rule in Rule],
    }


def _check_reviews() -> None:
    if not {"operator", "moderator", "leader"} & {grant.role for grant in me().grants}:
        raise NotAllowedError


@bp.post("/review/<int:item_id>")
@member
def decide(item_id: int) -> ResponseReturnValue:
    """Decide: show it, hide it by a rule, or leave all as it is."""
    form = DecisionForm.posted()
    form.decision.choices = [(name, name) for name in DECISIONS]
    form.rule.choices = [(rule.value, rule.value) for rule in Rule]
    with form.shows_field_errors("operator/review.html", item_id=item_id, **_queue()):
        form.check()
        with transaction(once=form.key) as act:
            services.decide(
                me(),
                item_id,
                Decision(form.decision.data),
                rule=Rule(form.rule.data),
                note=form.note.data,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.review"))
    return said(act.location, DONE)


@bp.get("/words")
@role("operator", "moderator")
def words() -> Response:
    """Show the word list: what each word does to a text."""
    return _word_page(_word_form())


def _word_form() -> WordForm:
    form = WordForm.posted()
    form.outcome.choices = [(outcome.value, OUTCOME_WORDS[outcome]) for outcome in WordOutcome]
    return form


def _word_page(form: WordForm) -> Response:
    return render("operator/words.html", form=form, **_word_facts())


def _word_facts() -> dict[str, Any]:
    search = request.args.get("q", "").replace("\x00", "").strip()[:40]
    wanted = request.args.get("does", "")
    does = WordOutcome(wanted) if wanted in set(WordOutcome) else None
    rows = [row for row in queries.words(search=search) if does in {None, row.outcome}]
    return {"rows": rows, "search": search, "does": does, "outcomes": OUTCOME_WORDS}


@bp.post("/words")
@role("operator", "moderator")
def add_words() -> ResponseReturnValue:
    """Add words to the list."""
    form = _word_form()
    with form.shows_field_errors("operator/words.html", **_word_facts()):
        form.check()
        with transaction(once=form.key) as act:
            lines = (form.words.data or "").splitlines()
            services.add_words(me(), lines, WordOutcome(form.outcome.data), at=clock.now())
            act.leads_to(url_for("operator.words"))
    return said(act.location, SAVED)


@bp.post("/words/<int:word_id>/remove")
@role("operator", "moderator")
def remove_word(word_id: int) -> ResponseReturnValue:
    """Take a word off the list."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.remove_word(me(), word_id, at=clock.now())
        act.leads_to(url_for("operator.words"))
    return said(act.location, SAVED)
