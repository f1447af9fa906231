"""Bills of all shops, what comes in for them, and whether the books add up."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.forms import minor_in
from app.core.money import Money
from app.core.pages import render, said
from app.operator.forms import AnswerForm, ReasonForm, ReceiptForm, WriteOffForm
from app.operator.views.blueprint import DONE, bp
from app.settlement import parts, queries
from app.settlement.services import write_offs
from app.settlement.services.receipts import record_receipt, take_back_receipt
from app.settlement.types import MONEY_WAYS, BillRow, ReceiptWay


@bp.get("/bills")
@role("operator")
def bills() -> Response:
    """List the bills of all shops, newest week first, and what is due altogether."""
    state, is_oldest = request.args.get("state", ""), request.args.get("sort") == "old"
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    page = queries.bills_of(
        state=state, words=words, is_oldest_first=is_oldest, after=request.args.get("after")
    )
    table = parts.bill_table(list(page.rows), endpoint="operator.bill", with_shop=True)
    money = queries.money_due(clock.today())
    chosen: dict[str, Any] = {"state": state, "words": words, "is_oldest": is_oldest}
    wishes = queries.write_offs_asked()
    return render(
        "operator/bills.html", page=page, table=table, money=money, wishes=wishes, **chosen
    )


@bp.get("/bills/<int:bill_id>")
@role("operator")
def bill(bill_id: int) -> Response:
    """Show one bill as paper, with the form that records what came in."""
    found = queries.bill_for(me(), bill_id)
    form, off = _receipt_form(found), WriteOffForm(off_amount=Money(found.open_minor).decimal)
    return render("operator/bill.html", receipt_form=form, off=off, **_facts(found))


def _facts(found: BillRow) -> dict[str, Any]:
    return {
        "bill": found,
        "paper": parts.bill_paper(found),
        "receipts": queries.receipts_of(found.id),
        "wishes": queries.write_offs_asked(found.id),
    }


def _receipt_form(found: BillRow) -> ReceiptForm:
    form = ReceiptForm.posted(received_on=clock.today(), amount=Money(found.open_minor).decimal)
    form.way.choices = [(way.value, parts.WAY_WORDS[way]) for way in MONEY_WAYS]
    return form


@bp.get("/bills/<int:bill_id>.csv")
@role("operator")
def bill_file(bill_id: int) -> Response:
    """Give one bill as a CSV file."""
    return parts.bill_csv(queries.bill_for(me(), bill_id))


@bp.post("/bills/<int:bill_id>/receipts")
@role("operator")
def receive(bill_id: int) -> ResponseReturnValue:
    """Record money that came in for a bill."""
    found = queries.bill_for(me(), bill_id)
    form = _receipt_form(found)
    forms = {"receipt_form": form, "off": WriteOffForm()}
    with form.shows_field_errors("operator/bill.html", **forms, **_facts(found)):
        form.check()
        amount = minor_in(form.amount.data, "amount")
        with transaction(once=form.key) as act:
            record_receipt(
                me(),
                bill_id,
                amount_minor=amount,
                way=ReceiptWay(form.way.data),
                reference=form.reference.data or "",
                received_on=form.received_on.data,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.bill", bill_id=bill_id))
    return said(act.location, DONE)


@bp.post("/bills/<int:bill_id>/write-off")
@role("operator")
def ask_write_off(bill_id: int) -> ResponseReturnValue:
    """Ask to let a part of a bill go; somebody else decides."""
    found = queries.bill_for(me(), bill_id)
    form = WriteOffForm.posted()
    forms = {"receipt_form": _receipt_form(found), "off": form}
    with form.shows_field_errors("operator/bill.html", **forms, **_facts(found)):
        form.check()
        with transaction(once=form.key) as act:
            write_offs.ask_write_off(
                me(),
                bill_id,
                amount_minor=minor_in(form.off_amount.data, "off_amount"),
                reason=form.off_reason.data or "",
                at=clock.now(),
            )
            act.leads_to(url_for("operator.bill", bill_id=bill_id))
    return said(act.location, DONE)


@bp.post("/write-offs/<int:write_off_id>/<any(grant, refuse):what>")
@role("operator")
def decide_write_off(write_off_id: int, what: str) -> ResponseReturnValue:
    """Agree to let a sum go, or refuse it, as the second person."""
    form = AnswerForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        answer, is_granted = form.answer.data or "", what == "grant"
        bill_id = write_offs.decide_write_off(
            me(), write_off_id, is_granted=is_granted, answer=answer, at=clock.now()
        )
        act.leads_to(url_for("operator.bill", bill_id=bill_id))
    return said(act.location, DONE)


@bp.post("/bills/<int:bill_id>/receipts/<int:receipt_id>/take-back")
@role("operator")
def take_back(bill_id: int, receipt_id: int) -> ResponseReturnValue:
    """Take back a receipt that was recorded wrongly, with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        take_back_receipt(me(), receipt_id, reason=form.reason.data, at=clock.now())
        act.leads_to(url_for("operator.bill", bill_id=bill_id))
    return said(act.location, DONE)
