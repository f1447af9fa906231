"""The papers that shops hand in: looked at one by one, and seen before they end."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.pages import render, said
from app.merchants.queries.papers import papers_of_desk
from app.merchants.services.papers import decide_paper as decide
from app.merchants.types.papers import PAPER_STATE_WORDS, PAPER_WORDS, PaperState
from app.operator.forms import AnswerForm
from app.operator.views.blueprint import DONE, bp

ENDING = "ending"


@bp.get("/papers")
@role("operator")
def papers() -> Response:
    """List what waits to be looked at, what ends soon, and what was decided."""
    return render("operator/papers.html", form=None, failing=None, **_page())


@bp.post("/papers/<int:paper_id>/<any(right, wrong):what>")
@role("operator")
def decide_paper(paper_id: int, what: str) -> ResponseReturnValue:
    """Say whether a paper is in order; what is wrong with it, if not."""
    form = AnswerForm.posted()
    with form.shows_field_errors("operator/papers.html", failing=paper_id, **_page()):
        form.check()
        with transaction(once=form.key) as act:
            answer = form.answer.data or ""
            decide(me(), paper_id, is_right=what == "right", answer=answer, at=clock.now())
            act.leads_to(url_for("operator.papers"))
    return said(act.location, DONE)


def _page() -> dict[str, Any]:
    asked = request.args.get("state", "")
    state = PaperState(asked) if asked in set(PaperState) else PaperState.WAITING
    shown = None if asked == ENDING else state
    today = clock.today()
    return {
        "page": papers_of_desk(shown, today=today, after=request.args.get("after")),
        "state": ENDING if shown is None else shown.value,
        "words": PAPER_WORDS,
        "state_words": PAPER_STATE_WORDS,
        "today": today,
    }
