"""Money of a bill is let go by two people, once, and the books show it."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError
from app.core.ledger.queries import audit
from app.core.ledger.services import balance
from app.settlement.errors import OverpaidError, SecondPersonError, WriteOffMovedError
from app.settlement.models import WriteOff
from app.settlement.queries import bill_of, drift
from app.settlement.services.bills import close_week
from app.settlement.services.write_offs import ask_write_off, decide_write_off
from tests.factories.accounts import person, viewer
from tests.factories.merchants import shop
from tests.factories.settlement import sale
from tests.races import Race

MONDAY = date(2026, 11, 9)
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
LATER = datetime(2026, 11, 16, 1, tzinfo=UTC)


@pytest.fixture
def bill_id(app: Flask) -> int:
    merchant = shop("麦田面包房")
    sale(merchant.id, 26000, at=NOON)
    with transaction():
        return close_week(merchant.id, MONDAY, at=LATER).id


@pytest.fixture
def desk(app: Flask) -> tuple[Viewer, Viewer]:
    return (
        viewer(person("程一苇", roles=("operator",), language="en")),
        viewer(person("老站长", roles=("operator",), language="en")),
    )


def asked(actor: Viewer, bill_id: int, amount: int = 1300) -> int:
    with transaction():
        return ask_write_off(
            actor, bill_id, amount_minor=amount, reason="Closed for good.", at=LATER
        )


def decided(actor: Viewer, wish_id: int, *, is_granted: bool = True, answer: str = "") -> None:
    with transaction():
        decide_write_off(actor, wish_id, is_granted=is_granted, answer=answer, at=LATER)


def test_one_asks_another_agrees_and_the_books_hold_it(bill_id: int, desk) -> None:
    one, other = desk
    wish_id = asked(one, bill_id, 1000)
    merchant_id = bill_of(bill_id).merchant_id
    assert balance(f"merchant:{merchant_id}") == -1300, "asking books nothing"
    with pytest.raises(SecondPersonError):
        decided(one, wish_id)
    decided(other, wish_id)
    assert bill_of(bill_id).open_minor == 300
    assert balance(f"merchant:{merchant_id}") == -300
    assert balance("expense:writeoff") == 1000
    assert not any(drift().values())
    assert audit().is_clean
    with pytest.raises(WriteOffMovedError):
        decided(other, wish_id)


def test_what_is_refused_says_why_and_may_be_asked_again(bill_id: int, desk) -> None:
    one, other = desk
    wish_id = asked(one, bill_id)
    with pytest.raises(WriteOffMovedError):
        asked(other, bill_id, 1)
    with pytest.raises(FieldError):
        decided(other, wish_id, is_granted=False)
    decided(other, wish_id, is_granted=False, answer="They pay in May.")
    assert bill_of(bill_id).open_minor == 1300
    asked(one, bill_id)


@pytest.mark.parametrize(("amount", "error"), [(0, FieldError), (1301, OverpaidError)])
def test_no_more_is_let_go_than_is_open(bill_id: int, desk, amount: int, error) -> None:
    with pytest.raises(error):
        asked(desk[0], bill_id, amount)


def test_nobody_but_the_desk_lets_money_go(bill_id: int, desk) -> None:
    owner = viewer(person(staff_of={bill_of(bill_id).merchant_id: "owner"}))
    with pytest.raises(NotAllowedError):
        asked(owner, bill_id)
    wish_id = asked(desk[0], bill_id)
    with pytest.raises(NotAllowedError):
        decided(owner, wish_id)


def test_many_who_agree_at_once_let_it_go_once(race: Race, bill_id: int, desk) -> None:
    wish_id = asked(desk[0], bill_id)
    answers = race(lambda _number: decided(desk[1], wish_id), runners=8)
    assert answers.count(None) == 1
    assert bill_of(bill_id).open_minor == 0
    assert balance("expense:writeoff") == 1300


def test_the_desk_does_it_on_the_bills_page(bill_id: int, desk, sign_in) -> None:
    with clock.travel(LATER):
        one, other = sign_in(desk[0]), sign_in(desk[1])
        url = f"/operator/bills/{bill_id}"
        wrong = one.post(f"{url}/write-off", {"off_amount": "99", "off_reason": "x"})
        assert wrong.status == 409
        typed = one.post(
            f"{url}/write-off", {"off_amount": "abc", "off_reason": "gone"}, status=422
        )
        assert "gone" in typed
        page = one.follow(
            one.post(f"{url}/write-off", {"off_amount": "13", "off_reason": "gone"}, 303)
        )
        assert "somebody else of the desk" in page
        assert "asks to let ¥13.00" in other.visit("/operator/bills")
        wish = db.session.scalars(sa.select(WriteOff)).one()
        mine = one.post(f"/operator/write-offs/{wish.id}/grant", {"answer": ""})
        assert mine.status == 403
        done = other.post(f"/operator/write-offs/{wish.id}/grant", {"answer": ""}, status=303)
        assert "Let go" in other.follow(done)
