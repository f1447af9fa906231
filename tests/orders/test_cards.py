"""Punch cards: alive with the hand-over, used as often as bought, paid back by the rest."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, transaction
from app.core.pools.queries import wrong_counts
from app.orders.errors import CardOverError, CardPiecesError, UndoOverError, WrongShopError
from app.orders.models import Card, CardUse, HandOver
from app.orders.queries.cards import CardRow, cards_of, cards_of_order
from app.orders.services import cards, cash, counter
from app.payments.queries import charge_of
from app.payments.types import PayWay
from tests.factories import merchants, orders
from tests.factories.orders import Stall
from tests.races import Race, nothing_counted
from tests.visitor import Visitor


def card_stall(uses: int = 10, days: int = 30) -> Stall:
    """Open a shop whose one thing is a punch card at 26.00, of which there is no stock."""
    place = orders.stall()
    place.listing = merchants.goods(
        place.merchant, stock=None, name_zh="洗剪吹次卡", name_en="Haircut card",
        card_uses=uses, card_days=days,
    )  # fmt: skip
    return place


def bought(place: Stall, quantity: int = 1) -> tuple[Any, HandOver]:
    """Buy cards through the one chain, up to the hand-over and its money."""
    order = orders.accepted(place, quantity)
    with transaction():
        return order, counter.hand_over(place.keeper, order.id, money=PayWay.CASH, at=clock.now())


def punched(place: Stall, card_id: int, times: int = 1) -> int:
    """Use a card so often; return the last use."""
    for _ in range(times):
        with transaction():
            used = cards.use_card(place.keeper, card_id, at=clock.now()).id
    return used


def standing(card_id: int) -> int:
    """Return how many uses of a card stand."""
    wanted = select(func.count()).select_from(CardUse)
    wanted = wanted.where(CardUse.card_id == card_id, CardUse.undone_at.is_(None))
    return db.session.scalar(wanted) or 0


def of(order: Any) -> CardRow:
    """Return the first card of an order."""
    return cards_of_order(order.id)[-1]


def test_each_piece_handed_over_is_a_card_with_a_code_of_its_own(noon: None) -> None:
    place = card_stall()
    order = orders.accepted(place, 2)
    assert cards_of_order(order.id) == [], "nothing is alive before the hand-over"
    with transaction():
        counter.hand_over(place.keeper, order.id, at=clock.now())
    one, two = cards_of(place.buyer.id)
    assert (one.left, one.uses, one.code != two.code) == (10, 10, True)
    assert one.last_day == clock.today() + timedelta(days=30)


def test_an_ordinary_thing_is_no_card(place: Stall) -> None:
    order, _hand = bought(place)
    assert cards_of_order(order.id) == []


def test_a_card_is_used_as_often_as_it_says_and_not_once_more(noon: None) -> None:
    place = card_stall(uses=2)
    order, _hand = bought(place)
    punched(place, of(order).id, 2)
    assert of(order).left == 0
    with pytest.raises(CardOverError):
        punched(place, of(order).id)
    assert wrong_counts() == []


def test_a_card_is_used_to_the_end_of_its_last_day(noon: None) -> None:
    place = card_stall(days=3)
    order, _hand = bought(place)
    with clock.travel(orders.NOON + timedelta(days=3, hours=11)):
        punched(place, of(order).id)
    with clock.travel(orders.NOON + timedelta(days=3, hours=12)), pytest.raises(CardOverError):
        punched(place, of(order).id)


def test_only_its_own_shop_uses_a_card(noon: None) -> None:
    place, other = card_stall(), orders.stall()
    order, _hand = bought(place)
    with pytest.raises(WrongShopError):
        punched(other, of(order).id)


def test_a_use_is_taken_back_within_ten_minutes_and_once(noon: None) -> None:
    place = card_stall()
    order, _hand = bought(place)
    first = punched(place, of(order).id)
    second = punched(place, of(order).id)
    with transaction():
        cards.undo_use(place.keeper, second, at=clock.now() + timedelta(minutes=9))
    assert of(order).left == 9
    with pytest.raises(UndoOverError), transaction():
        cards.undo_use(place.keeper, second, at=clock.now())
    with pytest.raises(UndoOverError), transaction():
        cards.undo_use(place.keeper, first, at=clock.now() + timedelta(minutes=10))
    assert (of(order).left, wrong_counts()) == (9, [])


def test_what_is_unused_is_paid_back_rounded_down_and_the_card_ends(noon: None) -> None:
    place = card_stall(uses=3)
    order, _hand = bought(place)
    last = punched(place, of(order).id)
    with transaction():
        cards.pay_back(place.keeper, of(order).id, reason="moving away", at=clock.now())
    assert charge_of(("order", order.id)).refunded_minor == 2600 * 2 // 3 == 1733
    assert of(order).paid_back_minor == 1733
    line = orders.line_of(order)
    assert (line.allowed_minor, line.refunded_minor) == (1733, 1733), "no commission on it"
    with pytest.raises(CardOverError):
        punched(place, of(order).id)
    with pytest.raises(CardOverError), transaction():
        cards.undo_use(place.keeper, last, at=clock.now())
    with pytest.raises(CardOverError), transaction():
        cards.pay_back(place.keeper, of(order).id, reason="again", at=clock.now())


def test_a_card_goes_back_by_its_uses_only_never_as_a_piece(noon: None) -> None:
    place = card_stall()
    order, _hand = bought(place)
    punched(place, of(order).id, 9)
    line = orders.line_of(order)
    with pytest.raises(CardPiecesError), transaction():
        cash.refund_lines(place.keeper, order.id, {line.id: 1}, reason="no", at=clock.now())


def test_a_hand_over_of_an_unused_card_is_undone_one_of_a_used_card_is_not(noon: None) -> None:
    place = card_stall()
    order, hand = bought(place)
    with transaction():
        counter.undo_hand_over(place.keeper, hand.id, at=clock.now())
    with pytest.raises(CardOverError):
        punched(place, of(order).id)
    with transaction():
        again = counter.hand_over(place.keeper, order.id, at=clock.now())
    fresh = cards_of_order(order.id)[0]
    punched(place, fresh.id)
    with pytest.raises(UndoOverError), transaction():
        counter.undo_hand_over(place.keeper, again.id, at=clock.now())


def card_of_seven() -> tuple[Stall, int]:
    """Return a shop and a card of seven uses that it handed over."""
    place = card_stall(uses=7)
    order, _hand = bought(place)
    return place, of(order).id


def fifty_at_once(race: Race, place: Stall, card_id: int) -> int:
    """Let fifty counters punch a card at once; return how many uses stand."""
    keeper = place.keeper

    def punch(_number: int) -> Any:
        with transaction():
            return cards.use_card(keeper, card_id, at=clock.now()).id

    race(punch, runners=50)
    return standing(card_id)


def test_fifty_at_once_use_a_card_of_seven_seven_times(race: Race) -> None:
    assert fifty_at_once(race, *card_of_seven()) == 7
    assert wrong_counts() == []


def test_the_same_race_goes_below_zero_when_nobody_counts(race: Race) -> None:
    place, card_id = card_of_seven()
    with nothing_counted():
        assert fifty_at_once(race, place, card_id) > 7


def test_from_the_form_to_the_counter_and_ones_own_cards(app: Flask, noon: None) -> None:
    place = card_stall(uses=2)
    buyer, clerk = Visitor.signed_in(app, place.buyer.id), Visitor.signed_in(app, place.owner.id)
    assert "2 uses, valid for 30 days" in buyer.visit(f"/merchants/listings/{place.listing.id}")
    assert "no punch card yet" in buyer.visit("/orders/cards")
    order, _hand = bought(place)
    code = of(order).shown_code
    assert code[:4] in buyer.visit("/orders/cards")
    assert "2 of 2 uses left" in buyer.visit(f"/orders/{order.id}")
    desk = f"/workbench/{place.merchant.id}/counter"
    found = clerk.post(f"{desk}/find", {"words": code.lower()}, status=303)
    page = clerk.follow(found)
    assert "2 of 2 uses left" in page
    url = f"{desk}/card/{of(order).id}"
    form = page.forms(f"{url}/use")[0]
    clerk.follow(clerk.post(f"{url}/use", form, status=303))
    page = clerk.visit(url)
    assert "1 of 2 uses left" in page
    back = page.forms(f"{url}/undo")[0]
    use_id = db.session.scalar(select(func.max(CardUse.id)))
    clerk.follow(clerk.post(f"{url}/undo/{use_id}", back, status=303))
    page = clerk.visit(url)
    assert "2 of 2 uses left" in page
    pay = page.forms(f"{url}/pay-back")[0]
    clerk.post(f"{url}/pay-back", pay | {"reason": ""}, status=422)
    clerk.follow(clerk.post(f"{url}/pay-back", pay | {"reason": "moving"}, status=303))
    assert "This card is over." in buyer.visit("/orders/cards")
    assert db.session.scalar(select(Card.paid_back_minor)) == 2600


def test_the_form_asks_for_both_numbers_and_keeps_them_once_on_sale(
    app: Flask, place: Stall
) -> None:
    keeper = Visitor.signed_in(app, place.owner.id)
    url = f"/workbench/{place.merchant.id}/listings/new"
    form = keeper.visit(url).forms("/listings/new")[0]
    form |= {"kind": "goods", "name_en": "Ten coffees", "size_0_price": "200", "save": "sale"}
    page = keeper.post(url, form | {"card_uses": "10"}, status=422)
    assert "A punch card needs both" in page
    keeper.follow(keeper.post(url, form | {"card_uses": "10", "card_days": "90"}, status=303))
