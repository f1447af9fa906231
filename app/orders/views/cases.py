"""The resident's pages of after-sale: opening a case, and answering what the shop offers."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from wtforms.fields.choices import SelectChoice

from app.core import clock
from app.core.access import me, public
from app.core.db import transaction
from app.core.errors import NotAllowedError
from app.core.i18n import pick
from app.core.media.services import prepared
from app.core.pages import render, said
from app.orders.errors import CaseTooLateError
from app.orders.forms import CaseForm, TurnForm
from app.orders.parts import CASE_TABLES
from app.orders.queries.cases import case_for
from app.orders.queries.orders import is_own, order_page, timeline_of
from app.orders.services import cases
from app.orders.types import (
    CasePage,
    OrderPage,
    Problem,
    Remedy,
    Side,
)
from app.orders.views.blueprint import CASE_AGREED, CASE_GONE, CASE_OPENED, CASE_SENT, bp
from app.orders.views.order import case_until


@bp.route("/<int:order_id>/case", methods=["GET", "POST"])
@public
def new_case(order_id: int) -> Response:
    """Say that something is wrong with what was collected."""
    found = order_page(me(), order_id, key=_key())
    if not _is_buyer(found):
        raise NotAllowedError
    until = case_until(found, timeline_of(order_id))
    form = _form(found)
    page: dict[str, Any] = {"order": found, "key": _key(), "until": until}
    if request.method == "GET":
        if until is None:
            raise CaseTooLateError
        return render("orders/new_case.html", form=form, **page)
    with form.shows_field_errors("orders/new_case.html", **page):
        form.check()
        pictures = [prepared(file, field="pictures") for file in form.files]
        with transaction(once=form.key) as act:
            made = cases.open_case(
                me(),
                order_id,
                line_id=int(form.line_id.data or 0),
                quantity=form.quantity.data or 1,
                problem=Problem(form.problem.data),
                wish=Remedy(form.wish.data),
                words=form.words.data or "",
                pictures=pictures,
                key=_key(),
                at=clock.now(),
            )
            act.leads_to(_url(made.id))
    return said(act.location, CASE_OPENED)


@bp.get("/cases/<int:case_id>")
@public
def case(case_id: int) -> Response:
    """Show a case to its buyer, with what can be answered now."""
    found = case_for(me(), case_id, key=_key())
    return render("orders/case.html", form=TurnForm.posted(), **_page(found))


@bp.post("/cases/<int:case_id>/agree")
@public
def agree_case(case_id: int) -> Response:
    """Take the offer that the page showed."""
    case_for(me(), case_id, key=_key())
    form = TurnForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(_url(case_id))
        cases.agree(me(), case_id, turn=form.number, key=_key(), at=clock.now())
    return said(act.location, CASE_AGREED)


@bp.post("/cases/<int:case_id>/decline")
@public
def decline_case(case_id: int) -> Response:
    """Say no and why: to the shop, or to the town's desk for it to decide."""
    found = case_for(me(), case_id, key=_key())
    form = TurnForm.posted()
    with form.shows_field_errors("orders/case.html", **_page(found)):
        form.check()
        asks: dict[str, Any] = {
            "turn": form.number,
            "reason": form.reason.data or "",
            "key": _key(),
        }
        with transaction(once=form.key) as act:
            act.leads_to(_url(case_id))
            if "desk" in request.form:
                cases.ask_desk(me(), case_id, side=Side.RESIDENT, at=clock.now(), **asks)
            else:
                cases.decline(me(), case_id, at=clock.now(), **asks)
    return said(act.location, CASE_SENT)


@bp.post("/cases/<int:case_id>/withdraw")
@public
def withdraw_case(case_id: int) -> Response:
    """Let the case go."""
    case_for(me(), case_id, key=_key())
    form = TurnForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(_url(case_id))
        cases.withdraw(me(), case_id, turn=form.number, key=_key(), at=clock.now())
    return said(act.location, CASE_GONE)


def _form(found: OrderPage) -> CaseForm:
    """The form with what was collected and not paid back; a single line is chosen already."""
    lines = [line for line in found.lines if line.refundable]
    form = CaseForm.posted(line_id=str(lines[0].id) if len(lines) == 1 else None)
    form.line_id.choices = [
        SelectChoice(str(line.id), pick(line.name_zh, line.name_en)) for line in lines
    ]
    return form


def _page(found: CasePage) -> dict[str, Any]:
    order = found.order
    return {
        "case": found,
        "order": order,
        "key": _key(),
        "is_buyer": _is_buyer(order),
        **CASE_TABLES,
    }


def _is_buyer(order: OrderPage) -> bool:
    return is_own(order, me()) or (order.is_guests and _key() is not None)


def _key() -> str | None:
    return request.args.get("key", "")[:64] or None


def _url(case_id: int) -> str:
    return url_for("orders.case", case_id=case_id, key=_key())
