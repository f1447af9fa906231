"""Receipts: money that came in for a bill, in parts if need be, never more than it asks for."""

from datetime import date, datetime

import sqlalchemy as sa

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.ledger.services import open_accounts, post, reverse
from app.core.ledger.types import AccountKind, Movement
from app.core.money import Money
from app.settlement.errors import BillNotFoundError, OverpaidError, TakenBackError
from app.settlement.models import Bill, BillReceipt
from app.settlement.policies import check_is_operator
from app.settlement.queries import bill_of
from app.settlement.services.booking import merchant_account
from app.settlement.types import (
    BANK,
    MONEY_WAYS,
    RECEIPT_RECORDED,
    RECEIPT_TAKEN_BACK,
    ReceiptWay,
)


def record_receipt(
    actor: Viewer,
    bill_id: int,
    *,
    amount_minor: int,
    way: ReceiptWay,
    reference: str,
    received_on: date,
    at: datetime,
) -> BillReceipt:
    """Record money that came in for a bill; only an operator may.

    Refuses an amount of nothing (FieldError) and more than is open (OverpaidError), also when two
    record at once.
    """
    check_is_operator(actor)
    if way not in MONEY_WAYS:
        raise FieldError("way", _l("Please choose one of these."))
    return meet_bill(
        actor, bill_id, debit=BANK, amount_minor=amount_minor, way=way, reference=reference,
        received_on=received_on, at=at,
    )  # fmt: skip


def meet_bill(
    actor: Viewer,
    bill_id: int,
    *,
    debit: str,
    amount_minor: int,
    way: ReceiptWay,
    reference: str,
    received_on: date,
    at: datetime,
) -> BillReceipt:
    """Meet a part of a bill from an account of the site: what came into its bank, or what it lets
    go. Refuses as `record_receipt` does.
    """
    if amount_minor <= 0:
        raise FieldError("amount", _l("An amount above zero, please."))
    bill = bill_of(bill_id)
    step = sa.update(Bill).where(
        Bill.id == bill_id, Bill.paid_minor + amount_minor <= Bill.payable_minor
    )
    moved(
        step.values(paid_minor=Bill.paid_minor + amount_minor),
        OverpaidError(open=Money(bill.open_minor).format(full=True)),
    )
    receipt = BillReceipt(
        bill_id=bill_id,
        amount_minor=amount_minor,
        way=way,
        reference=reference,
        received_on=received_on,
        at=at,
        by_id=actor.id,
    )
    db.session.add(receipt)
    db.session.flush()
    code = merchant_account(bill.merchant_id)
    open_accounts([code], AccountKind.LIABILITY)
    open_accounts([debit], AccountKind.ASSET if debit == BANK else AccountKind.EXPENSE)
    entry = post(
        key=f"receipt:{receipt.id}",
        cause=("bill", bill_id),
        at=at,
        movements=[Movement(debit=debit, credit=code, amount_minor=amount_minor)],
    )
    receipt.entry_id = entry.id
    record(
        actor,
        RECEIPT_RECORDED,
        ("bill", bill_id),
        at=at,
        reason=reference or str(way),
        data={
            "merchant_id": bill.merchant_id,
            "amount_minor": amount_minor,
            "receipt_id": receipt.id,
        },
    )
    return receipt


def take_back_receipt(actor: Viewer, receipt_id: int, *, reason: str, at: datetime) -> None:
    """Take back a receipt recorded wrongly, by a mirror entry; refuses one taken back before
    (TakenBackError) and one that never was.
    """
    check_is_operator(actor)
    receipt = db.session.get(BillReceipt, receipt_id)
    if receipt is None:
        raise BillNotFoundError
    step = sa.update(BillReceipt).where(
        BillReceipt.id == receipt_id, BillReceipt.taken_back_at.is_(None)
    )
    moved(step.values(taken_back_at=at), TakenBackError())
    changed(
        sa.update(Bill)
        .where(Bill.id == receipt.bill_id)
        .values(paid_minor=Bill.paid_minor - receipt.amount_minor)
    )
    if receipt.entry_id is not None:
        reverse(receipt.entry_id, at=at, key=f"receipt:{receipt_id}:taken_back")
    record(
        actor,
        RECEIPT_TAKEN_BACK,
        ("bill", receipt.bill_id),
        at=at,
        reason=reason,
        data={"receipt_id": receipt_id, "amount_minor": receipt.amount_minor},
    )
