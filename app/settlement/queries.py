"""Reads of settlement: bills, their lines, what is due, and whether everything adds up."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import db
from app.core.ledger.models import Account
from app.core.pages import Page, decode_key, keyset
from app.merchants.models import Merchant
from app.orders.models import Order
from app.settlement.errors import BillNotFoundError
from app.settlement.models import Bill, BillReceipt, Replay, ReplayReject, SettlementLine
from app.settlement.policies import can_see_bills_of, week_of
from app.settlement.types import BillLine, BillRow, BillState, MoneyDue, ReceiptRow

_BILL: tuple[Any, ...] = (
    Bill.id,
    Bill.number,
    Bill.merchant_id,
    Merchant.name_zh,
    Merchant.name_en,
    Bill.starts_on,
    Bill.ends_on,
    Bill.due_on,
    Bill.sales_minor,
    Bill.refunds_minor,
    Bill.adjustments_minor,
    Bill.commission_minor,
    Bill.opening_minor,
    Bill.payable_minor,
    Bill.carried_minor,
    Bill.paid_minor,
)


def _bill_row(row: Any) -> BillRow:
    values = [*row, _state(row.payable_minor, row.paid_minor)]
    return BillRow(*values)


def _state(payable: int, paid: int) -> BillState:
    if payable == 0:
        return BillState.NOTHING_DUE
    if paid == 0:
        return BillState.OPEN
    return BillState.PAID if paid == payable else BillState.PART_PAID


def bill_of(bill_id: int) -> BillRow:
    """Return a bill, for services that have checked their actor; refuses (BillNotFoundError) an
    unknown id.
    """
    row = db.session.execute(sa.select(*_BILL).join(Merchant).where(Bill.id == bill_id)).first()
    if row is None:
        raise BillNotFoundError
    return _bill_row(row)


def bill_for(viewer: Viewer, bill_id: int) -> BillRow:
    """Return a bill to its shop's owner or manager, or to an operator; others get nothing."""
    bill = bill_of(bill_id)
    if not can_see_bills_of(viewer, bill.merchant_id):
        raise BillNotFoundError
    return bill


def bills_of(
    merchant_id: int | None = None, *, state: str = "", after: str | None = None, size: int = 24
) -> Page[BillRow]:
    """Return bills, newest week first; of one shop, or all; `state` may be open, late, paid."""
    wanted = sa.select(*_BILL).join(Merchant).order_by(Bill.starts_on.desc(), Bill.id.desc())
    if merchant_id is not None:
        wanted = wanted.where(Bill.merchant_id == merchant_id)
    if state in {"open", "late"}:
        wanted = wanted.where(Bill.paid_minor < Bill.payable_minor)
    if state == "late":
        wanted = wanted.where(Bill.due_on < clock.today())
    if state == "paid":
        wanted = wanted.where(Bill.payable_minor > 0, Bill.paid_minor == Bill.payable_minor)
    key = decode_key(after, date.fromisoformat, int)
    if key:
        wanted = wanted.where(sa.tuple_(Bill.starts_on, Bill.id) < key)
    rows = [_bill_row(row) for row in db.session.execute(wanted.limit(size + 1))]
    return keyset(rows, size, lambda row: (row.starts_on, row.id))


def lines_on(bill_id: int) -> list[BillLine]:
    """Return all lines of a bill, oldest first."""
    return list(stream_lines(bill_id))


def stream_lines(bill_id: int) -> Iterable[BillLine]:
    """Yield the lines of a bill, oldest first, without holding them all."""
    wanted = (
        sa.select(
            SettlementLine.id,
            SettlementLine.at,
            SettlementLine.kind,
            SettlementLine.order_id,
            Order.number,
            SettlementLine.gross_minor,
            SettlementLine.commission_minor,
            SettlementLine.memo,
        )
        .outerjoin(Order, Order.id == SettlementLine.order_id)
        .where(SettlementLine.bill_id == bill_id)
        .order_by(SettlementLine.at, SettlementLine.id)
    )
    for row in db.session.execute(wanted.execution_options(yield_per=500)):
        yield BillLine(*row)


def receipts_of(bill_id: int) -> list[ReceiptRow]:
    """Return what came in for a bill, oldest first, also what was taken back."""
    wanted = (
        sa.select(
            BillReceipt.id,
            BillReceipt.amount_minor,
            BillReceipt.way,
            BillReceipt.reference,
            BillReceipt.received_on,
            BillReceipt.at,
            BillReceipt.taken_back_at,
        )
        .where(BillReceipt.bill_id == bill_id)
        .order_by(BillReceipt.id)
    )
    return [ReceiptRow(*row) for row in db.session.execute(wanted)]


def next_week_to_close(merchant_id: int, *, before: date) -> date | None:
    """Return the Monday of the shop's earliest closable week that ended by `before`, or None."""
    first = db.session.scalar(
        sa.select(sa.func.min(SettlementLine.at)).where(
            SettlementLine.merchant_id == merchant_id, SettlementLine.bill_id.is_(None)
        )
    )
    if first is None:
        return None
    last = db.session.scalar(
        sa.select(sa.func.max(Bill.starts_on)).where(Bill.merchant_id == merchant_id)
    )
    week = week_of(clock.local(first).date())
    if last is not None:
        week = max(week, last + timedelta(days=7))
    return week if week + timedelta(days=7) <= before else None


def merchants_to_bill() -> list[int]:
    """Return the shops that have lines on no bill."""
    return list(
        db.session.scalars(
            sa.select(SettlementLine.merchant_id)
            .where(SettlementLine.bill_id.is_(None))
            .distinct()
            .order_by(SettlementLine.merchant_id)
        )
    )


def unbilled_of(merchant_id: int) -> tuple[int, int]:
    """Return turnover and commission that the shop's next bill starts with, in minor units."""
    row = db.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(SettlementLine.gross_minor), 0),
            sa.func.coalesce(sa.func.sum(SettlementLine.commission_minor), 0),
        ).where(SettlementLine.merchant_id == merchant_id, SettlementLine.bill_id.is_(None))
    ).one()
    return int(row[0]), int(row[1])


def money_due(today: date) -> MoneyDue:
    """Return what all shops owe, in two statements."""
    open_minor = Bill.payable_minor - Bill.paid_minor
    is_late = sa.and_(Bill.due_on < today, open_minor > 0)
    billed, late, late_count = db.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(open_minor), 0),
            sa.func.coalesce(sa.func.sum(sa.case((is_late, open_minor), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((is_late, 1), else_=0)), 0),
        )
    ).one()
    unbilled = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(SettlementLine.commission_minor), 0)).where(
            SettlementLine.bill_id.is_(None)
        )
    )
    return MoneyDue(int(billed), int(late), int(unbilled or 0), int(late_count))


def replay_of(replay_id: int) -> Replay:
    """Return a replay as it stands in the database now."""
    wanted = sa.select(Replay).where(Replay.id == replay_id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def rejects_of(replay_id: int) -> Iterable[tuple[int, str, list[str]]]:
    """Yield the lines a replay did not take, in the file's order: line, reason, content."""
    wanted = (
        sa.select(ReplayReject.line, ReplayReject.reason, ReplayReject.content)
        .where(ReplayReject.replay_id == replay_id)
        .order_by(ReplayReject.line)
    )
    for row in db.session.execute(wanted.execution_options(yield_per=500)):
        yield row[0], row[1], row[2]


def drift() -> dict[str, int]:
    """Return figures that must all be zero: bills against their lines, shops' accounts against
    lines and receipts.
    """
    return {
        "bills unlike their lines": len(_bills_unlike_lines()),
        "receipts unlike paid": len(_paid_unlike_receipts()),
        "accounts unlike lines": len(_accounts_unlike_lines()),
    }


def _bills_unlike_lines() -> list[int]:
    line = SettlementLine
    sums = (
        sa.select(
            line.bill_id.label("bill_id"),
            sa.func.sum(line.gross_minor).label("gross"),
            sa.func.sum(line.commission_minor).label("commission"),
        )
        .where(line.bill_id.is_not(None))
        .group_by(line.bill_id)
        .subquery()
    )
    turnover = Bill.sales_minor + Bill.refunds_minor + Bill.adjustments_minor
    wrong = sa.or_(
        sa.func.coalesce(sums.c.gross, 0) != turnover,
        sa.func.coalesce(sums.c.commission, 0) != Bill.commission_minor,
    )
    wanted = sa.select(Bill.id).outerjoin(sums, sums.c.bill_id == Bill.id).where(wrong)
    return list(db.session.scalars(wanted))


def _paid_unlike_receipts() -> list[int]:
    sums = (
        sa.select(BillReceipt.bill_id, sa.func.sum(BillReceipt.amount_minor).label("paid"))
        .where(BillReceipt.taken_back_at.is_(None))
        .group_by(BillReceipt.bill_id)
        .subquery()
    )
    wrong = sa.func.coalesce(sums.c.paid, 0) != Bill.paid_minor
    return list(
        db.session.scalars(
            sa.select(Bill.id).outerjoin(sums, sums.c.bill_id == Bill.id).where(wrong)
        )
    )


def _accounts_unlike_lines() -> list[str]:
    owed: dict[str, int] = {}
    lines = sa.select(SettlementLine.merchant_id, sa.func.sum(SettlementLine.commission_minor))
    for merchant_id, total in db.session.execute(lines.group_by(SettlementLine.merchant_id)):
        owed[f"merchant:{merchant_id}"] = int(total)
    paid = sa.select(Bill.merchant_id, sa.func.sum(Bill.paid_minor)).group_by(Bill.merchant_id)
    for merchant_id, total in db.session.execute(paid):
        owed[f"merchant:{merchant_id}"] = owed.get(f"merchant:{merchant_id}", 0) - int(total)
    kept = sa.select(Account.code, Account.balance_minor).where(Account.code.like("merchant:%"))
    balances = {code: -(minor or 0) for code, minor in db.session.execute(kept)}
    codes = set(owed) | set(balances)
    return sorted(code for code in codes if owed.get(code, 0) != balances.get(code, 0))
