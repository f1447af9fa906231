"""A yearly fee is billed once a year, unused days go back, and nothing is owed on orders."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.core.errors import FieldError
from app.core.ledger.queries import audit
from app.core.ledger.services import balance
from app.merchants.services.shops import archive_merchant, suspend_merchant
from app.merchants.services.terms import set_terms
from app.merchants.types import Rate
from app.settlement.jobs import close_ended_weeks
from app.settlement.models import Bill, SettlementLine
from app.settlement.policies import a_year_after, fee_years
from app.settlement.queries import drift, fee_year_of, fees_to_book
from app.settlement.services.fees import book_fees
from app.settlement.services.receipts import record_receipt
from app.settlement.types import LineKind, ReceiptWay
from tests.factories.accounts import person
from tests.factories.merchants import shop
from tests.factories.settlement import OPERATOR, sale
from tests.visitor import Visitor

OPENED = datetime(2026, 3, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def agreed(rate: Rate, at: datetime, merchant_id: int | None = None) -> None:
    with transaction():
        set_terms(SYSTEM, merchant_id, rate, valid_from=at, at=at)


def paying(fee: int = 60000) -> Any:
    """Open a shop in a town where all pay by the year."""
    agreed(Rate(yearly_fee_minor=fee), OPENED - DAY)
    return shop(at=OPENED)


def night(at: datetime) -> None:
    """Let the hour's job run, as if at this instant."""
    close_ended_weeks(at)


def facts(merchant_id: int) -> list[tuple[LineKind, date, int]]:
    found = db.session.scalars(
        sa.select(SettlementLine)
        .where(SettlementLine.merchant_id == merchant_id)
        .order_by(SettlementLine.id)
    )
    return [(line.kind, clock.local(line.at).date(), line.fee_minor) for line in found]


def bills(merchant_id: int) -> list[Bill]:
    wanted = sa.select(Bill).where(Bill.merchant_id == merchant_id).order_by(Bill.starts_on)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def test_a_fee_is_asked_for_once_a_year_on_the_bill_of_its_week(app: Flask) -> None:
    merchant = paying()
    night(OPENED)
    assert facts(merchant.id) == []
    for after in (1, 1, 8, 8, 364):
        night(OPENED + after * DAY)
    assert facts(merchant.id) == [(LineKind.FEE, date(2026, 3, 4), 60000)]
    [bill] = bills(merchant.id)
    assert (bill.starts_on, bill.due_on) == (date(2026, 3, 2), date(2026, 3, 22))
    assert (bill.fees_minor, bill.commission_minor, bill.payable_minor) == (60000, 0, 60000)
    assert (balance(f"merchant:{merchant.id}"), balance("income:fees")) == (-60000, 60000)
    night(OPENED + 366 * DAY)
    assert [day for _kind, day, _fee in facts(merchant.id)] == [date(2026, 3, 4), date(2027, 3, 4)]
    assert not any(drift().values())
    assert audit().is_clean


def test_a_shop_on_a_fee_owes_nothing_on_orders_and_pays_its_bill_by_receipt(
    app: Flask,
) -> None:
    merchant = paying()
    sale(merchant.id, 10000, at=OPENED + timedelta(hours=1), bp=0)
    night(OPENED + 8 * DAY)
    [bill] = bills(merchant.id)
    assert (bill.sales_minor, bill.commission_minor, bill.payable_minor) == (10000, 0, 60000)
    with transaction():
        record_receipt(
            OPERATOR, bill.id, amount_minor=60000, way=ReceiptWay.BANK, reference="2026",
            received_on=bill.due_on, at=OPENED + 9 * DAY,
        )  # fmt: skip
    assert balance(f"merchant:{merchant.id}") == 0
    assert not any(drift().values())


def test_work_that_was_late_for_years_is_done_once_and_on_its_own_days(app: Flask) -> None:
    merchant = paying()
    late = OPENED + 800 * DAY
    night(late)
    night(late)
    days = [date(2026, 3, 4), date(2027, 3, 4), date(2028, 3, 4)]
    assert facts(merchant.id) == [(LineKind.FEE, day, 60000) for day in days]
    assert [bill.starts_on for bill in bills(merchant.id)] == [
        day - timedelta(days=day.weekday()) for day in days
    ]
    assert fees_to_book(clock.local(late).date()) == []


def test_a_changed_fee_waits_for_the_next_year(app: Flask) -> None:
    merchant = paying()
    night(OPENED + DAY)
    agreed(Rate(yearly_fee_minor=90000), OPENED + 100 * DAY)
    night(OPENED + 366 * DAY)
    assert [fee for _kind, _day, fee in facts(merchant.id)] == [60000, 90000]


def test_a_shop_that_goes_over_to_a_commission_gets_the_days_back_that_are_left(
    app: Flask,
) -> None:
    merchant = paying(36500)
    night(OPENED + 8 * DAY)
    agreed(Rate(commission_bp=500), OPENED + 100 * DAY, merchant.id)
    night(OPENED + 100 * DAY)
    assert len(facts(merchant.id)) == 1
    for _ in range(2):
        night(OPENED + 110 * DAY)
    left = (LineKind.FEE_BACK, date(2026, 6, 12), -26500)
    assert facts(merchant.id)[1:] == [left]
    assert bills(merchant.id)[-1].carried_minor == -26500
    assert not any(drift().values())


def test_a_shop_that_leaves_pays_for_the_days_it_was_there(app: Flask) -> None:
    merchant = paying(36500)
    with transaction():
        suspend_merchant(SYSTEM, merchant.id, reason="on leave", at=OPENED + 5 * DAY)
        archive_merchant(SYSTEM, merchant.id, reason="closed", at=OPENED + 10 * DAY)
    assert facts(merchant.id) == [
        (LineKind.FEE, date(2026, 3, 4), 36500),
        (LineKind.FEE_BACK, date(2026, 3, 14), -35500),
    ]
    assert balance(f"merchant:{merchant.id}") == -1000
    night(OPENED + 800 * DAY)
    assert len(facts(merchant.id)) == 2


def test_a_fee_mistyped_and_put_right_on_the_same_day_asks_for_what_is_right(app: Flask) -> None:
    merchant = paying(6000000)
    agreed(Rate(yearly_fee_minor=60000), OPENED + timedelta(hours=2))
    night(OPENED + DAY)
    assert facts(merchant.id) == [(LineKind.FEE, date(2026, 3, 4), 60000)]


def test_terms_are_one_or_the_other(app: Flask) -> None:
    with pytest.raises(FieldError):
        agreed(Rate(commission_bp=500, yearly_fee_minor=100), OPENED)
    agreed(Rate(), OPENED)
    merchant = shop(at=OPENED)
    night(OPENED + 8 * DAY)
    assert facts(merchant.id) == []
    assert fee_year_of(merchant.id, date(2026, 3, 5)) is None


def test_the_shop_reads_its_terms_and_finds_the_fee_on_its_bill(
    app: Flask, sign_in: Callable[..., Visitor]
) -> None:
    owner = person("陈师傅", language=Language.ENGLISH)
    agreed(Rate(yearly_fee_minor=60000), OPENED - DAY)
    merchant = shop(at=OPENED, owner=owner)
    night(OPENED + 8 * DAY)
    keeper, base = sign_in(owner), f"/workbench/{merchant.id}/bills"
    assert "Your terms: ¥600 a year, nothing on orders." in keeper.visit(base)
    [bill] = bills(merchant.id)
    paper = keeper.visit(f"{base}/{bill.id}")
    assert "Yearly fee" in paper
    assert "2026-03-04 – 2027-03-03" in paper
    assert "¥600.00" in paper
    assert ",600.00," in keeper.get(f"{base}/{bill.id}.csv").text


def test_two_workers_book_a_fee_once(app: Flask) -> None:
    merchant = paying()
    today = date(2026, 3, 5)
    with transaction():
        assert book_fees(merchant.id, today=today) == 1
        assert book_fees(merchant.id, today=today) == 0
    with transaction():
        assert book_fees(merchant.id, today=today) == 0


def test_the_same_day_a_year_later_is_the_28th_after_a_leap_day() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_after(date(2026, 3, 4)) == date(2027, 3, 4)


FIRST = date(2026, 1, 1)
days = st.integers(0, 1200).map(lambda number: FIRST + timedelta(days=number))
steps = st.dictionaries(days, st.tuples(st.sampled_from([0, 100, 36500]), st.just(1)), max_size=6)


@given(steps, days, days, days)
def test_what_was_booked_stays_whenever_the_site_was_asked(
    steps: dict[date, tuple[int, int]], opened: date, early: date, late: date
) -> None:
    before = fee_years(steps, opened_on=opened, today=min(early, late))
    after = fee_years(steps, opened_on=opened, today=max(early, late))
    for was, now in zip(before, after, strict=False):
        assert (was.starts_on, was.fee_minor) == (now.starts_on, now.fee_minor)
        assert was.left_on in {None, now.left_on}
        assert 0 <= now.back_minor <= now.fee_minor
    assert len(before) <= len(after)
    for one, following in zip(after, after[1:], strict=False):
        assert (one.left_on or one.ends_on) < following.starts_on + timedelta(days=1)
