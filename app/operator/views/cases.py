"""After-sale cases that the town decides: the queue with its ages, one case, the ruling."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.forms import minor_in
from app.core.pages import render, said
from app.operator.forms import RulingForm
from app.operator.views.blueprint import DONE, bp
from app.orders.parts import CASE_TABLES, case_facts
from app.orders.queries.cases import case_for, desk_cases
from app.orders.services import cases
from app.orders.types import (
    LIABLE_WORDS,
    REMEDY_WORDS,
    CasePage,
    CaseState,
    Liable,
    Remedy,
)

SHOWN: dict[str, tuple[CaseState, ...]] = {
    "": (CaseState.WITH_OPERATOR,),
    "shops": (CaseState.OPEN, CaseState.WAITING_MERCHANT),
    "buyers": (CaseState.WAITING_RESIDENT,),
    "ruled": (CaseState.RULED,),
}


@bp.get("/cases", endpoint="cases")
@role("operator")
def case_queue() -> Response:
    """List the cases to decide, the one that waits longest first; others are to be looked at."""
    state = request.args.get("state", "")
    rows = desk_cases(states=SHOWN.get(state, SHOWN[""]))
    return render(
        "operator/cases.html",
        rows=rows,
        state=state,
        **CASE_TABLES,
    )


@bp.get("/cases/<int:case_id>")
@role("operator")
def case(case_id: int) -> Response:
    """Show one case with what both sides said."""
    found = case_for(me(), case_id)
    return render("operator/case.html", form=_form(), **_page(found))


@bp.post("/cases/<int:case_id>/rule")
@role("operator")
def rule_case(case_id: int) -> ResponseReturnValue:
    """Decide a case, with who answers for it and why."""
    found = case_for(me(), case_id)
    form = _form()
    with form.shows_field_errors("operator/case.html", **_page(found)):
        form.check()
        with transaction(once=form.key) as act:
            cases.rule(
                me(),
                case_id,
                turn=form.number,
                remedy=Remedy(form.remedy.data),
                amount_minor=minor_in(form.amount.data, "amount"),
                liable=Liable(form.liable.data),
                reason=form.reason.data or "",
                at=clock.now(),
            )
            act.leads_to(url_for("operator.case", case_id=case_id))
    return said(act.location, DONE)


def _form() -> RulingForm:
    form = RulingForm.posted()
    form.remedy.choices = [(one.value, words) for one, words in REMEDY_WORDS.items()]
    form.liable.choices = [(one.value, words) for one, words in LIABLE_WORDS.items()]
    return form


def _page(found: CasePage) -> dict[str, Any]:
    back = url_for("operator.case", case_id=found.id) + "#talk"
    return case_facts(found, me(), back=back)
