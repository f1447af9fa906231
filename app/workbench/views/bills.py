"""A shop's bills: the list, the paper, the file."""

from flask import Response, request

from app.core import clock
from app.core.access import me, staff_of
from app.core.errors import NotFoundError
from app.core.pages import render
from app.merchants.parts import rate_words
from app.merchants.queries.terms import terms_at
from app.settlement import parts, queries
from app.settlement.types import BillRow
from app.workbench.views.blueprint import bp


@bp.get("/<int:merchant_id>/bills")
@staff_of("merchant_id", "owner", "manager")
def bills(merchant_id: int) -> Response:
    """List the shop's bills, newest first, with its terms and what the next one starts with."""
    is_oldest = request.args.get("sort") == "old"
    page = queries.bills_of(
        merchant_id,
        state=request.args.get("state", ""),
        is_oldest_first=is_oldest,
        after=request.args.get("after"),
    )
    turnover, owed = queries.unbilled_of(merchant_id)
    terms = terms_at([merchant_id], clock.now())[merchant_id]
    table = parts.bill_table(list(page.rows), endpoint="workbench.bill", with_shop=False)
    return render(
        "workbench/bills.html",
        merchant_id=merchant_id,
        page=page,
        table=table,
        turnover=turnover,
        owed=owed,
        terms=rate_words(terms.rate),
        year=queries.fee_year_of(merchant_id, clock.today()),
        state=request.args.get("state", ""),
        is_oldest=is_oldest,
    )


@bp.get("/<int:merchant_id>/bills/<int:bill_id>")
@staff_of("merchant_id", "owner", "manager")
def bill(merchant_id: int, bill_id: int) -> Response:
    """Show one bill as paper."""
    found = _bill(merchant_id, bill_id)
    return render(
        "workbench/bill.html", merchant_id=merchant_id, bill=found, paper=parts.bill_paper(found)
    )


@bp.get("/<int:merchant_id>/bills/<int:bill_id>.csv")
@staff_of("merchant_id", "owner", "manager")
def bill_file(merchant_id: int, bill_id: int) -> Response:
    """Give one bill as a CSV file."""
    return parts.bill_csv(_bill(merchant_id, bill_id))


def _bill(merchant_id: int, bill_id: int) -> BillRow:
    found = queries.bill_for(me(), bill_id)
    if found.merchant_id != merchant_id:
        raise NotFoundError
    return found
