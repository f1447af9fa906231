"""Many at the same moment: no piece sold twice, no form counted twice, no money given
back twice.
"""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, transaction
from app.core.pools.queries import wrong_counts
from app.orders.errors import LineProblemError, NothingToHandOverError, SoldOutError
from app.orders.models import HandOver, Order, OrderLine
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, cash, checkout, counter, endings, preparation
from app.orders.types import Contact, OrderState
from app.payments.models import Payment, Refund
from app.payments.queries import charge_of
from app.payments.types import PayWay
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.races import Race, nothing_counted
from tests.visitor import Visitor


def fifty_for_the_last_seven(race: Race) -> list[Any]:
    """Let fifty people each order one piece of seven, from the checkout to the placed order."""
    place = orders.stall(stock=7, capacity=60)
    buyers = [accounts.viewer(accounts.person()) for _ in range(50)]
    for buyer in buyers:
        with transaction():
            basket.add_to_basket(buyer, token=None, variant_id=place.variant_id, at=clock.now())
    slot = orders.free_slot(place.point, place.merchant, number=1)

    def buy(number: int) -> Any:
        buyer, at = buyers[number], clock.now()
        with transaction():
            held = checkout.start_checkout(buyer, token=None, expected_total=2600, at=at).id
        with transaction():
            [order] = checkout.place_orders(
                buyer,
                held,
                token=None,
                wishes={place.merchant.id: slot},
                contact=Contact(f"Buyer {number}"),
                pay_way=PayWay.CASH,
                expected_total=2600,
                at=at,
            )
        return order.id

    return race(buy, runners=50)


def test_fifty_buyers_of_the_last_seven_pieces_are_seven_orders(race: Race) -> None:
    answers = fifty_for_the_last_seven(race)
    assert sum(isinstance(answer, int) for answer in answers) == 7
    refused = [answer for answer in answers if not isinstance(answer, int)]
    assert all(isinstance(answer, SoldOutError | LineProblemError) for answer in refused)
    assert db.session.scalar(select(func.count()).select_from(Order)) == 7
    assert db.session.scalar(select(func.sum(OrderLine.quantity))) == 7
    assert wrong_counts() == []


def test_the_same_race_oversells_when_nobody_counts(race: Race) -> None:
    with nothing_counted():
        answers = fifty_for_the_last_seven(race)
    assert sum(isinstance(answer, int) for answer in answers) > 7


def test_the_same_form_sent_twenty_times_at_once_is_one_order(app: Flask, race: Race) -> None:
    place = orders.stall(stock=50)
    checkout_id = orders.started(place, 1)
    first = Visitor.signed_in(app, place.buyer.id)
    page = first.visit(f"/orders/checkout/{checkout_id}")
    sent = page.forms("/orders/checkout")[0]
    slot = orders.free_slot(place.point, place.merchant, number=1)
    sent[f"slot_{place.merchant.id}"] = slot.slot_key
    cookie = first.client.get_cookie("linli_session")
    visitors = []
    for _ in range(20):
        visitor = Visitor(app)
        visitor.client.set_cookie("linli_session", cookie.value if cookie else "")
        visitor.csrf = first.csrf
        visitors.append(visitor)

    def send(number: int) -> tuple[int, str]:
        answer = visitors[number].post(f"/orders/checkout/{checkout_id}", sent)
        return answer.status, answer.location.split("?")[0]

    answers = race(send, runners=20)
    [order_id] = db.session.scalars(select(Order.id))
    assert set(answers) == {(303, f"/orders/{order_id}")}


def test_two_clerks_at_once_hand_over_once(race: Race) -> None:
    place = orders.stall()
    order = orders.accepted(place, 2, slot=1)
    keeper = place.keeper

    def give(_number: int) -> int:
        with transaction():
            return counter.hand_over(keeper, order.id, money=PayWay.CASH, at=clock.now()).id

    answers = race(give, runners=8)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert all(isinstance(one, int | NothingToHandOverError) for one in answers)
    assert len(db.session.scalars(select(HandOver)).all()) == 1
    assert len(db.session.scalars(select(Payment)).all()) == 1
    assert charge_of(("order", order.id)).confirmed_minor == 5200


def test_refunds_at_once_never_give_back_more_than_came_in(race: Race) -> None:
    place = orders.stall()
    order = orders.accepted(place, 3, slot=1)
    keeper = place.keeper
    with transaction():
        counter.hand_over(keeper, order.id, money=PayWay.CASH, at=clock.now())
    line_id = orders.line_of(order).id

    def refund(_number: int) -> int:
        with transaction():
            return cash.refund_lines(
                keeper, order.id, {line_id: 2}, reason="stale", at=clock.now()
            ).amount_minor

    answers = race(refund, runners=8)
    assert [answer for answer in answers if isinstance(answer, int)] == [5200]
    assert db.session.scalar(select(func.sum(Refund.amount_minor))) == 5200
    assert charge_of(("order", order.id)).refunded_minor == 5200


def test_accepting_and_cancelling_at_once_leaves_one_truth(race: Race) -> None:
    place = orders.stall()
    placed = [orders.placed(place, 1, slot=number) for number in range(3, 6)]
    keeper, customer = place.keeper, place.customer

    def move(number: int) -> OrderState:
        order_id = placed[number // 2].id
        with transaction():
            if number % 2:
                return preparation.decline(keeper, order_id, reason="ill", at=clock.now()).state
            return endings.cancel(customer, order_id, at=clock.now()).state

    answers = race(move, runners=6)
    assert sum(isinstance(answer, OrderState) for answer in answers) == 3
    assert wrong_counts() == []


def test_the_last_place_of_a_pickup_time_goes_to_one(race: Race) -> None:
    place: Stall = orders.stall(capacity=1)
    buyers = [accounts.viewer(accounts.person()) for _ in range(6)]
    held = [orders.started(place, 1, actor=buyer) for buyer in buyers]
    slot = orders.free_slot(place.point, place.merchant, number=1)

    def place_it(number: int) -> int:
        with transaction():
            [order] = checkout.place_orders(
                buyers[number],
                held[number],
                token=None,
                wishes={place.merchant.id: slot},
                contact=Contact("N"),
                pay_way=PayWay.CASH,
                expected_total=2600,
                at=clock.now(),
            )
            return order.id

    answers = race(place_it, runners=6)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert wrong_counts() == []
    total = basket_quote(buyers[0], None, at=clock.now()).total_minor
    assert total in {0, 2600}
