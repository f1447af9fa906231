"""Pieces of page for the consoles: a bill as paper, its lines as rows of a file."""

from collections.abc import Iterator
from typing import Any

from flask import Response
from markupsafe import Markup

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.core.pages import csv_answer, part, shown_exactly
from app.settlement.queries import lines_on, receipts_of, stream_lines
from app.settlement.types import BillRow, BillState, LineKind, ReceiptWay

KIND_WORDS = {
    LineKind.SALE: _l("Handed over"),
    LineKind.UNDONE: _l("Hand-over undone"),
    LineKind.REFUND: _l("Refunded"),
    LineKind.ADJUSTMENT: _l("Adjustment"),
    LineKind.FEE: _l("Yearly fee"),
    LineKind.FEE_BACK: _l("Yearly fee, rest given back"),
    LineKind.COUPON: _l("Coupons the site pays"),
}
STATE_WORDS = {
    BillState.OPEN: (_l("to be paid"), "sun"),
    BillState.PART_PAID: (_l("paid in part"), "sun"),
    BillState.PAID: (_l("paid"), "leaf"),
    BillState.NOTHING_DUE: (_l("nothing to pay"), "plain"),
}
WAY_WORDS = {
    ReceiptWay.BANK: _l("Bank transfer"),
    ReceiptWay.CASH: _l("Cash"),
    ReceiptWay.WALLET: _l("WeChat or Alipay"),
    ReceiptWay.WRITTEN_OFF: _l("Let go"),
}


def state_of(bill: BillRow) -> tuple[Any, str]:
    """Return the word and tone of a bill's state; one past its day is late."""
    return (_l("late"), "accent") if bill.is_late(clock.today()) else STATE_WORDS[bill.state]


def bill_table(bills: list[BillRow], *, endpoint: str, with_shop: bool) -> Markup:
    """Return bills as a table; each row links to `endpoint`, with its shop's name where
    `with_shop`.
    """
    return part(
        "settlement/_bills.html",
        bills=bills,
        endpoint=endpoint,
        with_shop=with_shop,
        state_of=state_of,
    )


def bill_paper(bill: BillRow) -> Markup:
    """Return one bill as paper: sums that re-add, every line, what came in for it."""
    return part(
        "settlement/_paper.html",
        bill=bill,
        lines=lines_on(bill.id),
        receipts=receipts_of(bill.id),
        kinds=KIND_WORDS,
        ways=WAY_WORDS,
        state=state_of(bill),
    )


def bill_csv(bill: BillRow) -> Response:
    """Return one bill as a CSV file whose columns add up to its figures."""
    header = [
        _("When"),
        _("What"),
        _("Order"),
        _("Amount"),
        _("Commission"),
        _("Fees and coupons"),
        _("Note"),
    ]
    return csv_answer(f"linli-{bill.number}.csv", header, _csv_rows(bill))


def _csv_rows(bill: BillRow) -> Iterator[list[Any]]:
    for line in stream_lines(bill.id):
        yield [
            shown_exactly(line.at),
            str(KIND_WORDS[line.kind]),
            line.order_number or "",
            Money(line.gross_minor).plain(),
            Money(line.commission_minor).plain(),
            Money(line.fee_minor).plain(),
            line.memo,
        ]
    yield [
        _("Sum"),
        "",
        "",
        Money(bill.turnover_minor).plain(),
        Money(bill.commission_minor).plain(),
        Money(bill.fees_minor).plain(),
        "",
    ]
    yield [_("Carried in"), "", "", "", Money(bill.opening_minor).plain(), "", ""]
    payable = Money(bill.payable_minor).plain()
    yield [_("To pay"), "", "", "", payable, "", bill.due_on.isoformat()]
