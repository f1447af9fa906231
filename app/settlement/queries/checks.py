"""Whether bills, lines, receipts and the ledger add up."""

import sqlalchemy as sa

from app.core.db import db
from app.core.ledger.models import Account
from app.settlement.models import Bill, BillReceipt, SettlementLine
from app.settlement.queries.bills import OWED


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
            sa.func.sum(line.fee_minor).label("fees"),
        )
        .where(line.bill_id.is_not(None))
        .group_by(line.bill_id)
        .subquery()
    )
    turnover = Bill.sales_minor + Bill.refunds_minor + Bill.adjustments_minor
    wrong = sa.or_(
        sa.func.coalesce(sums.c.gross, 0) != turnover,
        sa.func.coalesce(sums.c.commission, 0) != Bill.commission_minor,
        sa.func.coalesce(sums.c.fees, 0) != Bill.fees_minor,
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
    lines = sa.select(SettlementLine.merchant_id, sa.func.sum(OWED))
    for merchant_id, total in db.session.execute(lines.group_by(SettlementLine.merchant_id)):
        owed[f"merchant:{merchant_id}"] = int(total)
    paid = sa.select(Bill.merchant_id, sa.func.sum(Bill.paid_minor)).group_by(Bill.merchant_id)
    for merchant_id, total in db.session.execute(paid):
        owed[f"merchant:{merchant_id}"] = owed.get(f"merchant:{merchant_id}", 0) - int(total)
    kept = sa.select(Account.code, Account.balance_minor).where(Account.code.like("merchant:%"))
    balances = {code: -(minor or 0) for code, minor in db.session.execute(kept)}
    codes = set(owed) | set(balances)
    return sorted(code for code in codes if owed.get(code, 0) != balances.get(code, 0))
