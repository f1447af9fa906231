"""The board by product, when to begin, slips, a rush, who did not come, and what a clerk enters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import FieldError
from app.core.pools.queries import wrong_counts
from app.merchants.errors import SlotClosedError
from app.merchants.queries.selling import offers_for
from app.merchants.services import hours
from app.orders.errors import LineProblemError, PriceChangedError, WrongShopError
from app.orders.models import HandOver, Order
from app.orders.queries import boards, products
from app.orders.services.clerk import enter_order
from app.orders.services.preparation import prepare, set_preparation_times
from app.orders.types import Contact, OrderState
from app.payments.queries import charge_of
from app.payments.types import PaymentState, PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


def entered(place: Stall, quantity: int = 2, **more: object) -> Order:
    """The owner takes something down; without a slot it goes over the counter."""
    values = {
        "slot": None,
        "contact": Contact("", "13812345678" if more.get("slot") else ""),
        "expected_total": 2600 * quantity,
        "at": clock.now(),
    } | more
    with transaction():
        return enter_order(place.keeper, place.merchant.id, {place.variant_id: quantity}, **values)  # type: ignore[arg-type]


def free(place: Stall) -> int | None:
    return offers_for([place.variant_id], at=clock.now())[place.variant_id].free


def timed(place: Stall, minutes: int) -> None:
    with transaction():
        times = {place.listing.id: minutes}
        set_preparation_times(place.keeper, place.merchant.id, times, at=clock.now())


def test_a_baker_sees_how_many_by_when_and_when_to_begin(place: Stall) -> None:
    first, second = orders.accepted(place, 2), orders.accepted(place, 1, slot=1)
    orders.accepted(place, 3)
    timed(place, 80)
    [day] = boards.board_of(place.merchant.id, at=clock.now()).days
    [bread] = day.products
    assert (bread.to_prepare, bread.ready) == (6, 0)
    assert [(due.by, due.to_prepare) for due in bread.due] == [
        (first.slot_starts_at, 5),
        (second.slot_starts_at, 1),
    ]
    assert bread.begin == first.slot_starts_at - timedelta(minutes=80)
    with transaction():
        line = orders.line_of(first)
        prepare(place.keeper, first.id, {line.id: (2, 0)}, at=clock.now())
    board = boards.board_of(place.merchant.id, at=clock.now())
    assert board.days[0].products[0].due[0].to_prepare == 3
    assert board.slots[0].begin == first.slot_starts_at - timedelta(minutes=80)
    timed(place, 0)
    assert products.minutes_of([place.listing.id]) == {}
    assert boards.board_of(place.merchant.id, at=clock.now()).slots[0].begin is None


def test_only_the_shop_says_how_long_its_own_things_take(place: Stall) -> None:
    other = orders.stall()
    for actor, listing, minutes, refusal in (
        (place.customer, place.listing, 10, WrongShopError),
        (place.keeper, other.listing, 10, WrongShopError),
        (place.keeper, place.listing, 1441, FieldError),
    ):
        with pytest.raises(refusal), transaction():
            set_preparation_times(actor, place.merchant.id, {listing.id: minutes}, at=clock.now())
    assert products.minutes_of([place.listing.id, other.listing.id]) == {}


def test_a_rush_lengthens_the_notice_whoever_asks_and_ends_by_itself(place: Stall) -> None:
    soon = orders.free_slot(place.point, place.merchant)
    at = clock.now()
    with transaction():
        until = at + timedelta(hours=2)
        hours.begin_rush(place.keeper, place.merchant.id, 90, until=until, at=at)
    assert orders.free_slot(place.point, place.merchant) != soon
    with pytest.raises(SlotClosedError):
        entered(place, slot=soon)
    later = orders.free_slot(place.point, place.merchant)
    assert entered(place, slot=later).state == OrderState.ACCEPTED
    with clock.travel(until):
        by_then = orders.free_slot(place.point, place.merchant)
    with transaction():
        hours.end_rush(place.keeper, place.merchant.id, at=at)
    with clock.travel(until):
        assert orders.free_slot(place.point, place.merchant) == by_then
    assert orders.free_slot(place.point, place.merchant) == soon
    with pytest.raises(FieldError), transaction():
        hours.begin_rush(place.keeper, place.merchant.id, 300, until=until, at=at)


def test_a_walk_in_is_sold_handed_over_and_paid_in_one_act(place: Stall) -> None:
    order = entered(place, 2, pay_way=PayWay.OWN_CODE)
    assert (order.person_id, order.slot_hold_id) == (None, None)
    line = orders.line_of(order)
    assert (line.handed_over, line.to_prepare) == (2, 0)
    charge = charge_of(("order", order.id))
    assert (charge.state, charge.confirmed_minor) == (PaymentState.PAID, 5200)
    assert (free(place), wrong_counts()) == (5, [])
    assert [hand.id for hand in boards.recent_hand_overs(place.merchant.id, at=clock.now())]


def test_an_order_by_phone_takes_the_same_places_and_is_found_by_its_last_digits(
    place: Stall,
) -> None:
    order = entered(place, 3, slot=orders.free_slot(place.point, place.merchant))
    assert (order.state, order.phone_last4) == (OrderState.ACCEPTED, "5678")
    assert free(place) == 4
    [found] = boards.search_counter(place.merchant.id, "5678")
    assert found.id == order.id
    assert found.contact_name.endswith("…5678")
    assert wrong_counts() == []


def test_what_a_clerk_may_not_enter_leaves_nothing_behind(place: Stall) -> None:
    other = merchants.goods(merchants.shop(), stock=9)
    at, shop_id = clock.now(), place.merchant.id
    slot = orders.free_slot(place.point, place.merchant)
    wanted = {place.variant_id: 1}
    none, known = Contact(""), Contact("", "13812345678")
    for actor, goods, when, contact, total, refusal in (
        (place.customer, wanted, None, none, 2600, WrongShopError),
        (place.keeper, {place.variant_id: 8}, None, none, 8 * 2600, LineProblemError),
        (place.keeper, wanted, None, none, 2500, PriceChangedError),
        (place.keeper, {orders.variant_of(other): 1}, None, none, 2600, WrongShopError),
        (place.keeper, wanted, slot, none, 2600, FieldError),
        (place.keeper, wanted, slot, known, 1, PriceChangedError),
    ):
        with pytest.raises(refusal), transaction():
            enter_order(
                actor, shop_id, goods, slot=when, contact=contact, expected_total=total, at=at
            )
    assert db.session.query(Order).count() == db.session.query(HandOver).count() == 0
    assert (free(place), wrong_counts()) == (7, [])


def test_three_taps_sell_over_the_counter(place: Stall, sign_in: Callable[..., Visitor]) -> None:
    clerk = sign_in(accounts.person(staff_of={place.merchant.id: "clerk"}, language="en"))
    url = f"/workbench/{place.merchant.id}/sell"
    assert "Nothing yet." in clerk.visit(url)
    page = clerk.visit(f"{url}?goods={place.variant_id}x2")
    assert "¥52" in page
    sent = page.forms("/sell")[0] | {"way": "cash"}
    done = clerk.follow(clerk.post(url, sent, status=303))
    assert "Sold and paid" in done
    again = clerk.post(url, sent)
    assert again.status == 303
    assert free(place) == 5
    page = clerk.visit(f"{url}?goods={place.variant_id}x5-77x1-x-99999999999x1")
    sent = page.forms("/sell")[0] | {"way": "later"}
    assert "Choose when they come" in clerk.post(url, sent, status=422)
    sent |= {"slot": orders.free_slot(place.point, place.merchant).slot_key}
    asked = clerk.post(url, sent | {"name": "陈阿姨"}, status=422)
    assert "Ask for a phone number" in asked
    assert "陈阿姨" in asked
    taken = clerk.follow(clerk.post(url, sent | {"phone": "138 1234 5678"}, status=303))
    assert "taken down by the shop" in taken
    sold = clerk.post(url, sent | {"way": "cash", "form_key": "k" * 22}, status=409)
    assert "cannot be ordered now" in sold
    courier = sign_in(accounts.person(staff_of={place.merchant.id: "courier"}))
    assert courier.get(url).status == 403


def test_the_shops_pages_around_the_board(place: Stall, sign_in: Callable[..., Visitor]) -> None:
    order = orders.accepted(place, 2)
    owner = sign_in(place.owner)
    base = f"/workbench/{place.merchant.id}"
    times = owner.visit(f"{base}/board/times").forms("/times")[0]
    name = f"minutes_{place.listing.id}"
    assert "whole numbers" in owner.post(f"{base}/board/times", times | {name: "ten"}, status=422)
    owner.follow(owner.post(f"{base}/board/times", times | {name: "80"}, status=303))
    assert "2 by" in owner.visit(f"{base}/board?by=product")
    assert "begin" in owner.visit(f"{base}/board/print")
    for paper in ("58", "80", "label", "x"):
        assert order.code[-3:] in owner.visit(f"{base}/slips?paper={paper}")
        assert order.code not in owner.visit(f"{base}/slips?paper={paper}")
    assert owner.visit(f"{base}/slips?order={order.id}")
    assert owner.get(f"{base}/slips?order=999").status == 404
    rush = owner.visit(f"{base}/board").forms("/rush")[0]
    page = owner.follow(owner.post(f"{base}/rush", rush, status=303))
    assert "Rush:" in page
    assert "Very busy just now" in owner.visit(f"/merchants/{place.merchant.id}")
    assert "Rush:" not in owner.follow(owner.post(f"{base}/rush/over", page.forms("/over")[0]))


def test_who_did_not_come_is_listed_by_day_with_what_can_be_done(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    order = orders.accepted(place, 2)
    owner = sign_in(place.owner)
    url = f"/workbench/{place.merchant.id}/missed"
    assert "Everybody came" in owner.visit(url)
    with clock.travel(order.slot_ends_at + timedelta(minutes=1)):
        page = owner.visit(url)
        assert order.number in page
        owner.post(
            f"/workbench/{place.merchant.id}/orders/{order.id}/uncollected",
            page.forms("/uncollected")[0],
        )
        assert "Put it back on the shelf" not in owner.visit(url)
        assert order.number in owner.visit(url)
        assert order.number not in owner.visit(f"{url}?day=2026-11-20")


def test_the_pages_around_the_board_stay_within_ten_statements(
    place: Stall, sign_in: Callable[..., Visitor], count_queries: Callable[[], Any]
) -> None:
    for quantity in (1, 2):
        orders.accepted(place, quantity)
    merchants.goods(place.merchant)
    owner = sign_in(place.owner)
    base = f"/workbench/{place.merchant.id}"
    tapped = f"sell?goods={place.variant_id}x1"
    for path in (
        "board",
        "board?by=product",
        tapped,
        "slips",
        "missed",
        "board/times",
        "board/live",
    ):
        owner.get(f"{base}/{path}")
        with count_queries() as seen:
            owner.get(f"{base}/{path}")
        assert len(seen) <= 10, (path, len(seen))
