"""Commission is rounded once per order, weeks close once, bills and receipts add up to the cent."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.access import GUEST
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.ledger.queries import audit
from app.core.ledger.services import balance
from app.core.money import part_of
from app.settlement.errors import BillNotFoundError, OverpaidError, TakenBackError
from app.settlement.models import Bill
from app.settlement.policies import week_of
from app.settlement.queries import bill_for, bills_of, drift, lines_on, money_due, receipts_of
from app.settlement.services.bills import close_next_week, close_week
from app.settlement.services.booking import book
from app.settlement.services.receipts import record_receipt, take_back_receipt
from app.settlement.types import BillState, Booking, LineKind, ReceiptWay
from tests.factories.merchants import shop
from tests.factories.settlement import OPERATOR, refund, sale

MONDAY = date(2026, 11, 9)
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
LATER = datetime(2026, 11, 16, 1, tzinfo=UTC)


def closed(merchant_id: int, week: date = MONDAY, at: datetime = LATER) -> Bill:
    with transaction():
        return close_week(merchant_id, week, at=at)


def paid(bill_id: int, amount: int) -> int:
    with transaction():
        return record_receipt(
            OPERATOR, bill_id, amount_minor=amount, way=ReceiptWay.BANK, reference="W46",
            received_on=LATER.date(), at=LATER,
        ).id  # fmt: skip


def test_a_week_becomes_one_bill_that_adds_up(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 2600, 1400, at=NOON)
    sale(merchant.id, 3000, at=NOON + timedelta(hours=1))
    bill = closed(merchant.id)
    assert (bill.sales_minor, bill.commission_minor, bill.payable_minor) == (7000, 350, 350)
    assert sum(line.gross_minor for line in lines_on(bill.id)) == 7000
    assert balance(f"merchant:{merchant.id}") == -350
    assert not any(drift().values())
    assert audit().is_clean


def test_three_small_refunds_give_back_what_one_large_one_would(app: Flask) -> None:
    merchant = shop()
    order, _gross = sale(merchant.id, 270, at=NOON)
    for _ in range(3):
        refund(merchant.id, order, 90, at=NOON)
    assert balance(f"merchant:{merchant.id}") == 0


def test_closing_again_changes_nothing(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 1000, at=NOON)
    first = closed(merchant.id)
    sale(merchant.id, 9000, at=NOON)
    again = closed(merchant.id)
    assert (again.id, again.payable_minor) == (first.id, 50)


def test_a_late_line_falls_into_the_next_bill(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 1000, at=NOON)
    closed(merchant.id)
    sale(merchant.id, 2000, at=NOON)
    with transaction():
        following = close_next_week(merchant.id, before=date(2026, 11, 23), at=LATER)
    assert following is not None
    assert (following.starts_on, following.payable_minor) == (date(2026, 11, 16), 100)


def test_a_week_that_has_not_ended_is_not_closed(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 1000, at=NOON)
    with transaction():
        assert close_next_week(merchant.id, before=MONDAY, at=NOON) is None


def test_a_sale_at_midnight_belongs_to_the_towns_own_day(app: Flask) -> None:
    merchant = shop()
    last_minute = datetime(2026, 11, 15, 15, 59, tzinfo=UTC)
    sale(merchant.id, 1000, at=last_minute)
    sale(merchant.id, 4000, at=last_minute + timedelta(minutes=1))
    assert closed(merchant.id).sales_minor == 1000


def test_credit_is_carried_to_the_next_bill_once(app: Flask) -> None:
    merchant = shop()
    order, _gross = sale(merchant.id, 4000, at=NOON)
    closed(merchant.id)
    refund(merchant.id, order, 4000, at=NOON + timedelta(days=7))
    second = closed(merchant.id, MONDAY + timedelta(days=7))
    sale(merchant.id, 6000, at=NOON + timedelta(days=14))
    third = closed(merchant.id, MONDAY + timedelta(days=14))
    assert (second.payable_minor, second.carried_minor) == (0, -200)
    assert (third.opening_minor, third.commission_minor, third.payable_minor) == (-200, 300, 100)
    assert not any(drift().values())


def test_a_receipt_in_parts_never_exceeds_the_bill(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    bill = closed(merchant.id)
    paid(bill.id, 200)
    assert bill_for(OPERATOR, bill.id).state is BillState.PART_PAID
    with pytest.raises(OverpaidError):
        paid(bill.id, 301)
    with pytest.raises(FieldError):
        paid(bill.id, 0)
    paid(bill.id, 300)
    assert bill_for(OPERATOR, bill.id).state is BillState.PAID
    assert balance(f"merchant:{merchant.id}") == 0
    assert balance("bank:platform") == 500


def test_a_wrong_receipt_is_taken_back_once_by_a_mirror_entry(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    bill = closed(merchant.id)
    receipt = paid(bill.id, 500)
    with transaction():
        take_back_receipt(OPERATOR, receipt, reason="another shop's", at=LATER)
    with pytest.raises(TakenBackError), transaction():
        take_back_receipt(OPERATOR, receipt, reason="again", at=LATER)
    with pytest.raises(BillNotFoundError), transaction():
        take_back_receipt(OPERATOR, receipt + 1, reason="no such receipt", at=LATER)
    assert bill_for(OPERATOR, bill.id).open_minor == 500
    assert receipts_of(bill.id)[0].taken_back_at is not None
    assert not any(drift().values())
    assert audit().is_clean


def test_only_an_operator_records_money(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    bill = closed(merchant.id)
    with pytest.raises(NotAllowedError), transaction():
        record_receipt(
            GUEST, bill.id, amount_minor=1, way=ReceiptWay.CASH, reference="",
            received_on=MONDAY, at=LATER
        )  # fmt: skip
    with pytest.raises(BillNotFoundError):
        bill_for(GUEST, bill.id)


def test_what_is_due_is_told_with_what_is_late(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    closed(merchant.id)
    sale(merchant.id, 2000, at=NOON + timedelta(days=7))
    early, late = money_due(date(2026, 11, 20)), money_due(date(2026, 12, 31))
    assert (early.billed_minor, early.late_minor, early.unbilled_minor) == (500, 0, 100)
    assert (late.late_minor, late.late_count) == (500, 1)


def test_a_planted_fault_shows_in_the_check(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    bill = closed(merchant.id)
    with transaction():
        db.session.execute(sa.update(Bill).where(Bill.id == bill.id).values(sales_minor=9999))
    assert drift()["bills unlike their lines"] == 1


def test_the_list_of_bills_is_narrowed_by_what_is_open(app: Flask) -> None:
    merchant = shop()
    sale(merchant.id, 10000, at=NOON)
    bill = closed(merchant.id)
    assert [row.id for row in bills_of(merchant.id, state="open").rows] == [bill.id]
    paid(bill.id, 500)
    assert not bills_of(merchant.id, state="open").rows
    assert [row.id for row in bills_of(merchant.id, state="paid").rows] == [bill.id]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.integers(1, 99999), st.sampled_from([0, 333, 500, 1250])),
        min_size=1,
        max_size=8,
    )
)
def test_parts_booked_one_by_one_sum_to_the_commission_of_the_whole(
    app: Flask, moves: list[tuple[int, int]]
) -> None:
    merchant = shop()
    order, gross = sale(merchant.id, 0, at=NOON)
    sums: dict[int, int] = {}
    for number, (amount, bp) in enumerate(moves):
        sums[bp] = sums.get(bp, 0) + amount
        fact = Booking(
            f"{merchant.id}:{number}", LineKind.SALE, merchant.id, order,
            ("hand_over", number), NOON,
            amount, {bp: amount},
        )  # fmt: skip
        with transaction():
            assert book([fact]) == 1
            assert book([fact]) == 0
    expected = sum(part_of(total, bp) for bp, total in sums.items())
    assert balance(f"merchant:{merchant.id}") == -expected


def test_a_week_starts_on_monday(app: Flask) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(15)]
    assert {week_of(day) for day in days[:7]} == {MONDAY}
    assert all(week_of(later) >= week_of(day) for day, later in pairwise(days))
