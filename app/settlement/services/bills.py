"""Closing of weeks: the lines of a shop that are on no bill yet become one bill; a closed bill
never changes.
"""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring
from app.core.facts import facts
from app.orders.services.counter import seal_hand_overs
from app.settlement.models import Bill, SettlementLine
from app.settlement.policies import week_of
from app.settlement.queries import next_week_to_close
from app.settlement.signals import bill_closed
from app.settlement.types import BILL_CLOSED, LineKind

DUE_DAYS = 14


def close_next_week(
    merchant_id: int, *, before: date, at: datetime, actor: Viewer = SYSTEM
) -> Bill | None:
    """Close the shop's earliest week that ended by `before` and has unbilled lines; None where
    there is none.
    """
    week = next_week_to_close(merchant_id, before=before)
    return None if week is None else close_week(merchant_id, week, at=at, actor=actor)


def close_week(merchant_id: int, starts_on: date, *, at: datetime, actor: Viewer = SYSTEM) -> Bill:
    """Close one week of one shop, once: a second call returns the bill that is there.

    The bill takes every line that is on no bill and happened before the week's end in the town's
    own zone; what is written down later falls into a later bill. What was owed back to the shop is
    carried over.
    """
    starts_on = week_of(starts_on)
    values = {
        "number": f"{starts_on:%G%V}-{merchant_id:04d}",
        "merchant_id": merchant_id,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=6),
        "closed_at": at,
        "due_on": starts_on + timedelta(days=6 + int(facts().get("bill_due_days", DUE_DAYS))),
        "sales_minor": 0,
        "refunds_minor": 0,
        "adjustments_minor": 0,
        "commission_minor": 0,
        "fees_minor": 0,
        "coupons_minor": 0,
        "opening_minor": 0,
        "payable_minor": 0,
        "carried_minor": 0,
        "carried_on": False,
        "paid_minor": 0,
    }
    is_new = insert_ignoring(Bill, [values], keys=["merchant_id", "starts_on"]) == 1
    bill = db.session.scalars(
        sa.select(Bill).where(Bill.merchant_id == merchant_id, Bill.starts_on == starts_on)
    ).one()
    if is_new:
        _gather(bill)
        record(
            actor,
            BILL_CLOSED,
            bill,
            at=at,
            data={"merchant_id": merchant_id, "payable_minor": bill.payable_minor},
        )
        bill_closed.send(bill, bill=bill, at=at)
    return bill


def _gather(bill: Bill) -> None:
    _start, end = clock.day_span(bill.ends_on)
    changed(
        sa.update(SettlementLine)
        .where(
            SettlementLine.merchant_id == bill.merchant_id,
            SettlementLine.bill_id.is_(None),
            SettlementLine.at < end,
        )
        .values(bill_id=bill.id)
    )
    sums, opening = _sums(bill.id), _carried_over(bill)
    bill.sales_minor, bill.refunds_minor = sums[LineKind.SALE], sums[LineKind.REFUND]
    bill.adjustments_minor, bill.commission_minor = sums[LineKind.ADJUSTMENT], sums["commission"]
    bill.fees_minor, bill.opening_minor = sums["fees"], opening
    bill.coupons_minor = sums["coupons"]
    closing = bill.opening_minor + bill.commission_minor + bill.fees_minor
    bill.payable_minor, bill.carried_minor = max(closing, 0), min(closing, 0)
    seal_hand_overs(_hand_overs_on(bill.id), at=bill.closed_at)
    db.session.flush()


def _sums(bill_id: int) -> dict[Any, int]:
    rows = db.session.execute(
        sa.select(
            SettlementLine.kind,
            sa.func.sum(SettlementLine.gross_minor),
            sa.func.sum(SettlementLine.commission_minor),
            sa.func.sum(SettlementLine.fee_minor),
        )
        .where(SettlementLine.bill_id == bill_id)
        .group_by(SettlementLine.kind)
    ).all()
    sums: dict[Any, int] = dict.fromkeys((*LineKind, "commission", "fees", "coupons"), 0)
    for kind, gross, commission, fees in rows:
        sums[LineKind.SALE if kind is LineKind.UNDONE else kind] += int(gross)
        sums["commission"] += int(commission)
        sums["fees"] += int(fees)
        sums["coupons"] += int(fees) if kind is LineKind.COUPON else 0
    return sums


def _carried_over(bill: Bill) -> int:
    """Take over the credit of earlier bills, each once."""
    earlier = sa.select(Bill.id, Bill.carried_minor).where(
        Bill.merchant_id == bill.merchant_id,
        Bill.carried_minor < 0,
        ~Bill.carried_on,
        Bill.id != bill.id,
    )
    rows = db.session.execute(earlier.with_for_update()).all()
    if rows:
        changed(
            sa.update(Bill).where(Bill.id.in_([row.id for row in rows])).values(carried_on=True)
        )
    return sum(row.carried_minor for row in rows)


def _hand_overs_on(bill_id: int) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(SettlementLine.cause_id).where(
                SettlementLine.bill_id == bill_id,
                SettlementLine.kind == LineKind.SALE,
                SettlementLine.cause_kind == "hand_over",
            )
        )
    )
