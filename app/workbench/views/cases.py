"""A shop's after-sale: what waits for its word, one case, and its answers."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.forms import minor_in
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.orders.parts import CASE_TABLES, case_facts
from app.orders.queries.cases import shop_case, shop_cases
from app.orders.services import cases
from app.orders.types import (
    FOR_SHOP,
    REMEDY_WORDS,
    UNDER_WAY,
    CasePage,
    CaseState,
    GoodsEnd,
    Remedy,
    Side,
)
from app.workbench.forms import OfferForm, TurnForm
from app.workbench.views.blueprint import bp

ANSWERED = toast("workbench.case_answered", _l("Sent. The buyer reads it on the case's page."))
NOTED = toast("workbench.case_noted", _l("Written down."))
DECIDERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
SHOWN: dict[str, tuple[CaseState, ...]] = {
    "": UNDER_WAY,
    "mine": FOR_SHOP,
    "closed": (CaseState.CLOSED,),
}


@bp.get("/<int:merchant_id>/cases", endpoint="cases")
@staff_of("merchant_id")
def case_list(merchant_id: int) -> Response:
    """List the shop's cases: under way, waiting for its word, or settled."""
    state = request.args.get("state", "")
    page = shop_cases(
        merchant_id, states=SHOWN.get(state, UNDER_WAY), after=request.args.get("after")
    )
    return render(
        "workbench/cases.html",
        merchant_id=merchant_id,
        page=page,
        state=state,
        **CASE_TABLES,
    )


@bp.get("/<int:merchant_id>/cases/<int:case_id>")
@staff_of("merchant_id")
def case(merchant_id: int, case_id: int) -> Response:
    """Show one case, with what the shop can answer now."""
    found = shop_case(me(), merchant_id, case_id)
    return render("workbench/case.html", form=_form(found), **_page(found))


@bp.post("/<int:merchant_id>/cases/<int:case_id>/offer")
@staff_of("merchant_id", *DECIDERS)
def offer_case(merchant_id: int, case_id: int) -> Response:
    """Offer what sets it right, or say no with a reason."""
    found = shop_case(me(), merchant_id, case_id)
    form = _form(found)
    with form.shows_field_errors("workbench/case.html", **_page(found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_url(merchant_id, case_id))
            cases.offer(
                me(),
                case_id,
                turn=form.number,
                remedy=Remedy(form.remedy.data),
                amount_minor=minor_in(form.amount.data, "amount"),
                reason=form.reason.data or "",
                at=clock.now(),
            )
    return said(act.location, ANSWERED)


@bp.post("/<int:merchant_id>/cases/<int:case_id>/desk")
@staff_of("merchant_id", *DECIDERS)
def case_to_desk(merchant_id: int, case_id: int) -> Response:
    """Ask the town's desk to decide instead."""
    found = shop_case(me(), merchant_id, case_id)
    form = TurnForm.posted()
    with form.shows_field_errors("workbench/case.html", **_page(found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_url(merchant_id, case_id))
            cases.ask_desk(
                me(),
                case_id,
                side=Side.SHOP,
                turn=form.number,
                reason=form.reason.data or "",
                at=clock.now(),
            )
    return said(act.location, ANSWERED)


@bp.post("/<int:merchant_id>/cases/<int:case_id>/replaced")
@staff_of("merchant_id")
def case_replaced(merchant_id: int, case_id: int) -> Response:
    """Note that the replacement went over the counter."""
    shop_case(me(), merchant_id, case_id)
    form = TurnForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(_url(merchant_id, case_id))
        cases.hand_replacement(me(), case_id, turn=form.number, at=clock.now())
    return said(act.location, NOTED)


@bp.post("/<int:merchant_id>/cases/<int:case_id>/goods")
@staff_of("merchant_id", *DECIDERS)
def case_goods(merchant_id: int, case_id: int) -> Response:
    """Say what became of the pieces."""
    shop_case(me(), merchant_id, case_id)
    form = TurnForm.posted()
    form.check()
    end = request.form.get("end", "")
    with transaction(once=form.key) as act:
        act.leads_to(_url(merchant_id, case_id))
        chosen = GoodsEnd(end) if end in list(GoodsEnd) else GoodsEnd.NONE
        cases.settle_goods(me(), case_id, chosen, at=clock.now())
    return said(act.location, NOTED)


def _form(found: CasePage) -> OfferForm:
    """The answer's form; what the buyer wished for stands first and is chosen."""
    form = OfferForm.posted(remedy=found.wish.value)
    form.remedy.choices = [(one.value, words) for one, words in REMEDY_WORDS.items()]
    return form


def _page(found: CasePage) -> dict[str, Any]:
    shop = found.order.merchant_id
    return {"merchant_id": shop, **case_facts(found, me(), back=_url(shop, found.id) + "#talk")}


def _url(merchant_id: int, case_id: int) -> str:
    return url_for("workbench.case", merchant_id=merchant_id, case_id=case_id)
