"""Who hears of a new bill: the shop's owners, of bills of these weeks."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db, transaction
from app.notifications.models import Notice
from app.settlement.services.bills import close_week
from tests.factories.accounts import person
from tests.factories.merchants import shop
from tests.factories.notifications import follow
from tests.factories.settlement import sale
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("app")
MONDAY = date(2026, 11, 9)
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
LATER = datetime(2026, 11, 16, 1, tzinfo=UTC)


def close(merchant_id: int, at: datetime = LATER) -> int:
    with clock.travel(at):
        with transaction():
            bill = close_week(merchant_id, MONDAY, at=at)
        follow(at)
    db.session.rollback()
    return bill.id


def told() -> list[int]:
    rows = db.session.scalars(sa.select(Notice).order_by(Notice.id))
    return [row.person_id for row in rows if row.kind == "bill_new"]


def test_the_owner_reads_what_is_to_be_paid_and_is_led_to_the_bill(sign_in) -> None:
    owner = person(language="en")
    merchant = shop(owner=owner, name_en="Wheatfield")
    person(staff_of={merchant.id: "clerk"})
    sale(merchant.id, 26000, at=NOON)
    bill_id = close(merchant.id)
    assert told() == [owner.id]
    visitor: Visitor = sign_in(owner)
    with clock.travel(LATER):
        inbox = visitor.visit("/me/notifications/")
        assert "New bill for Wheatfield: ¥13.00 to pay, Sun 29 Nov at the latest" in inbox
        notice = db.session.scalars(sa.select(Notice).where(Notice.kind == "bill_new")).one()
        [form] = inbox.forms(f"/{notice.id}/open")
        opened = visitor.post(_opening(inbox, notice.id), form, status=303)
        assert opened.location.endswith(f"/workbench/{merchant.id}/bills/{bill_id}")
        visitor.follow(opened)


def test_a_bill_without_commission_says_that_nothing_is_to_pay(sign_in) -> None:
    owner = person(language="en")
    merchant = shop(owner=owner)
    close(merchant.id)
    with clock.travel(LATER):
        assert "nothing to pay" in sign_in(owner).visit("/me/notifications/")


def test_a_week_long_past_that_is_closed_now_is_history() -> None:
    merchant = shop(owner=person())
    sale(merchant.id, 26000, at=NOON)
    close(merchant.id, LATER + timedelta(days=40))
    assert told() == []


def _opening(page, notice_id: int) -> str:
    return next(
        form.get("action") or ""
        for form in page.tree.iter("form")
        if (form.get("action") or "").endswith(f"/{notice_id}/open")
    )
