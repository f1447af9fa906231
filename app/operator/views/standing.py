"""How open the town is: to everybody, to its team, or to nobody who writes."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.pages import render, said
from app.core.running import queries, services
from app.core.running.types import Mode
from app.operator.forms import StandingForm
from app.operator.types import MODE_WORDS
from app.operator.views.blueprint import DONE, bp


@bp.get("/standing")
@role("operator")
def standing() -> Response:
    """Show how open the town is, since when and why, and the ways to change it."""
    return render("operator/standing.html", form=_form(), now_open=queries.fresh_standing())


@bp.post("/standing")
@role("operator")
def set_standing() -> ResponseReturnValue:
    """Open or close the town; works while it is closed."""
    form = _form()
    with form.shows_field_errors("operator/standing.html", now_open=queries.fresh_standing()):
        form.check()
        with transaction(once=form.key, though_closed=True) as act:
            services.set_mode(
                me(),
                Mode(form.mode.data),
                at=clock.now(),
                why=form.why.data or "",
                why_en=form.why_en.data or "",
            )
            act.leads_to(url_for("operator.standing"))
    return said(act.location, DONE)


def _form() -> StandingForm:
    now = queries.fresh_standing()
    form: StandingForm
    if request.method == "POST":
        form = StandingForm.posted()
    else:
        form = StandingForm.posted(mode=str(now.mode), why=now.why, why_en=now.why_en)
    form.mode.choices = [(str(mode), words) for mode, words in MODE_WORDS.items()]
    return form
