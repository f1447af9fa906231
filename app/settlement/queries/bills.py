"""Bills, their lines and receipts, and what is due."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.db import db
from app.core.pages import Page, decode_key, keyset
from app.merchants.models import Merchant
from app.orders.models import Order
from app.settlement.errors import BillNotFoundError
from app.settlement.models import Bill, BillReceipt, SettlementLine, WriteOff
from app.settlement.policies import can_see_bills_of, week_of
from app.settlement.types import (
    BillLine,
    BillRow,
    BillState,
    MoneyDue,
    ReceiptRow,
    WriteOffRow,
    WriteOffState,
)

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
    Bill.fees_minor,
    Bill.opening_minor,
    Bill.payable_minor,
    Bill.carried_minor,
    Bill.paid_minor,
    Bill.coupons_minor,
)

CHUNK = 300
OWED = SettlementLine.commission_minor + SettlementLine.fee_minor


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
    merchant_id: int | None = None,
    *,
    state: str = "",
    words: str = "",
    is_oldest_first: bool = False,
    after: str | None = None,
    size: int = 24,
) -> Page[BillRow]:
    """Return bills, newest or oldest week first; of one shop, of those with the words in their
    name, or all; `state` may be open, late, paid.
    """
    order = (Bill.starts_on, Bill.id)
    wanted = sa.select(*_BILL).join(Merchant)
    wanted = wanted.order_by(*(one if is_oldest_first else one.desc() for one in order))
    if words:
        said = (Merchant.name_zh, Merchant.name_en)
        wanted = wanted.where(sa.or_(*(one.icontains(words, autoescape=True) for one in said)))
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
        place = sa.tuple_(*order)
        wanted = wanted.where(place > key if is_oldest_first else place < key)
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
            SettlementLine.fee_minor,
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


def write_offs_asked(bill_id: int | None = None) -> list[WriteOffRow]:
    """Return the sums that somebody asks to let go, of one bill or all, the oldest first."""
    wanted: Any = (
        sa.select(
            WriteOff.id, WriteOff.bill_id, Bill.number, Merchant.name_zh, Merchant.name_en,
            WriteOff.amount_minor, WriteOff.reason, WriteOff.asked_by, User.name,
            WriteOff.asked_at,
        )
        .join(Bill, Bill.id == WriteOff.bill_id)
        .join(Merchant, Merchant.id == Bill.merchant_id)
        .join(User, User.id == WriteOff.asked_by)
        .where(WriteOff.state == WriteOffState.ASKED)
        .order_by(WriteOff.asked_at, WriteOff.id)
        .limit(100)
    )  # fmt: skip
    if bill_id is not None:
        wanted = wanted.where(WriteOff.bill_id == bill_id)
    return [WriteOffRow(*row) for row in db.session.execute(wanted)]


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
    """Return the turnover that the shop's next bill starts with, and what is owed for it."""
    row = db.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(SettlementLine.gross_minor), 0),
            sa.func.coalesce(sa.func.sum(OWED), 0),
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
        sa.select(sa.func.coalesce(sa.func.sum(OWED), 0)).where(SettlementLine.bill_id.is_(None))
    )
    return MoneyDue(int(billed), int(late), int(unbilled or 0), int(late_count))


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return those of the keys whose facts are booked already, a few hundred a statement."""
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        wanted = SettlementLine.key.in_(keys[start : start + CHUNK])
        found |= set(db.session.scalars(sa.select(SettlementLine.key).where(wanted)))
    return found
