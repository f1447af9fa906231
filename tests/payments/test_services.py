"""Money that goes over and back: said, taken, confirmed, disputed, undone, refunded."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.activity.models import LogEntry
from app.core.db import changed, db, transaction
from app.payments import services
from app.payments.errors import (
    MoneyGoneBackError,
    NothingOwedError,
    PaymentMovedError,
    RefundGivenError,
    RefundTooMuchError,
)
from app.payments.models import Charge
from app.payments.queries import charge_of, charge_row, parts_of, payments_of, refunds_owed_by
from app.payments.signals import payment_confirmed, refund_recorded
from app.payments.types import (
    Asked,
    PaymentState,
    PaymentStatus,
    PayWay,
    RefundCause,
    RefundPart,
    RefundStatus,
)
from tests.factories import accounts

ABOUT, SHOP = ("thing", 5), ("merchant", 12)


@pytest.fixture
def payer(app: Flask) -> Viewer:
    return accounts.viewer(accounts.person())


@pytest.fixture
def charge_id(payer: Viewer) -> int:
    with transaction():
        return services.open_charges([Asked(ABOUT, payer.id, SHOP, 7600)], at=clock.now())[0]


def taken(charge_id: int, amount: int | None = None) -> int:
    with transaction():
        return services.take_payment(
            SYSTEM, charge_id, way=PayWay.CASH, amount_minor=amount, at=clock.now()
        ).id


def refunded(charge_id: int, amount: int) -> int:
    part = RefundPart(("order_line", 9), 1, amount)
    with transaction():
        return services.refund(
            SYSTEM, charge_id, parts=[part], cause=RefundCause.AFTER_SALE, at=clock.now()
        ).id


def test_what_the_payer_says_is_paid_once_the_payee_confirms(charge_id: int, payer: Viewer) -> None:
    heard = []
    payment_confirmed.connect(lambda _one, **told: heard.append(told["subject"]), weak=False)
    with transaction():
        said = services.say_paid(payer, charge_id, way=PayWay.OWN_CODE, at=clock.now())
    assert charge_row(charge_id).state == PaymentState.SAID_PAID
    assert charge_row(charge_id).owed_minor == 7600
    with transaction():
        services.confirm_payment(SYSTEM, said.id, at=clock.now())
    assert charge_row(charge_id).state == PaymentState.PAID
    assert ABOUT in heard
    with pytest.raises(PaymentMovedError), transaction():
        services.confirm_payment(SYSTEM, said.id, at=clock.now())
    verbs = db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()
    assert [verb for verb in verbs if verb.startswith("payment.")] == [
        "payment.said",
        "payment.confirmed",
    ]


def test_saying_paid_twice_is_said_once_and_nothing_owed_cannot_be_paid(
    charge_id: int, payer: Viewer
) -> None:
    for _ in range(2):
        with transaction():
            services.say_paid(payer, charge_id, way=PayWay.OWN_CODE, at=clock.now())
    assert len(payments_of(charge_id)) == 1
    taken(charge_id)
    assert [row.status for row in payments_of(charge_id)] == [PaymentStatus.CONFIRMED]
    with pytest.raises(NothingOwedError):
        taken(charge_id)
    with pytest.raises(NothingOwedError), transaction():
        services.say_paid(payer, charge_id, way=PayWay.CASH, at=clock.now())


def test_part_of_the_money_leaves_the_rest_owed(charge_id: int) -> None:
    taken(charge_id, 2600)
    row = charge_row(charge_id)
    assert (row.state, row.owed_minor) == (PaymentState.UNPAID, 5000)
    taken(charge_id)
    assert charge_row(charge_id).state == PaymentState.PAID


def test_no_more_goes_back_than_came_in(charge_id: int) -> None:
    with pytest.raises(RefundTooMuchError):
        refunded(charge_id, 1)
    taken(charge_id)
    heard = []
    refund_recorded.connect(lambda _one, **told: heard.append(told), weak=False)
    first = refunded(charge_id, 2600)
    assert charge_row(charge_id).state == PaymentState.PART_REFUNDED
    assert parts_of([first])[first] == [RefundPart(("order_line", 9), 1, 2600)]
    assert heard[-1]["subject"] == ABOUT
    with pytest.raises(RefundTooMuchError):
        refunded(charge_id, 5001)
    refunded(charge_id, 5000)
    assert charge_row(charge_id).state == PaymentState.REFUNDED
    assert sum(row.amount_minor for row in refunds_owed_by(SHOP)) == 7600


def test_the_database_itself_refuses_more_back_than_came_in(charge_id: int) -> None:
    with pytest.raises(IntegrityError), transaction():
        changed(update(Charge).where(Charge.id == charge_id).values(refunded_minor=1))


def test_a_refund_is_owed_until_it_was_given_once(charge_id: int) -> None:
    taken(charge_id)
    refund_id = refunded(charge_id, 100)
    with transaction():
        assert services.give_refund(SYSTEM, refund_id, at=clock.now()).status == RefundStatus.GIVEN
    with pytest.raises(RefundGivenError), transaction():
        services.give_refund(SYSTEM, refund_id, at=clock.now())
    assert refunds_owed_by(SHOP) == []


def test_a_payment_is_undone_unless_its_money_went_back(charge_id: int) -> None:
    payment_id = taken(charge_id)
    with transaction():
        services.undo_payment(SYSTEM, payment_id, at=clock.now())
    assert charge_row(charge_id).state == PaymentState.UNPAID
    payment_id = taken(charge_id)
    refunded(charge_id, 100)
    with pytest.raises(MoneyGoneBackError), transaction():
        services.undo_payment(SYSTEM, payment_id, at=clock.now())


def test_a_disputed_payment_is_disputed_until_it_is_confirmed_or_withdrawn(
    charge_id: int,
) -> None:
    payment_id = taken(charge_id)
    later = clock.now() + timedelta(days=3)
    with transaction():
        services.dispute_payment(SYSTEM, payment_id, reason="never came", at=later)
    assert charge_row(charge_id).state == PaymentState.DISPUTED
    assert payments_of(charge_id)[0].reason == "never came"
    with transaction():
        services.undo_payment(SYSTEM, payment_id, reason="was a mistake", at=later)
    assert charge_row(charge_id).state == PaymentState.UNPAID
    with pytest.raises(PaymentMovedError), transaction():
        services.dispute_payment(SYSTEM, payment_id, reason="again", at=later)


def test_asking_less_than_was_paid_shows_what_is_over(charge_id: int) -> None:
    taken(charge_id)
    with transaction():
        row = services.set_due(charge_id, 5000, at=clock.now())
    assert (row.over_minor, row.owed_minor, row.state) == (2600, 0, PaymentState.PAID)
    assert charge_of(ABOUT).amount_minor == 5000
