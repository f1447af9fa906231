"""Choosing to have it brought, at the checkout; and what its buyer sees of it."""

from collections.abc import Callable

from app.core import clock
from app.core.db import transaction
from app.orders.services import deliveries
from tests.factories import orders
from tests.factories.orders import Stall
from tests.orders.test_chain import chosen_slot
from tests.visitor import Page, Visitor

SignIn = Callable[..., Visitor]


def at_checkout(buyer: Visitor, place: Stall) -> tuple[str, Page]:
    buyer.post("/orders/basket/add", {"variant_id": place.variant_id}, status=303)
    page = buyer.visit("/orders/basket")
    answer = buyer.post("/orders/checkout", page.forms("/orders/checkout")[0], status=303)
    return answer.location, buyer.follow(answer)


def test_a_checkout_says_for_each_address_what_it_costs_or_why_not(
    place: Stall, sign_in: SignIn
) -> None:
    orders.zone(place)
    near = orders.home(place.buyer, text="泊林小区")
    orders.home(place.buyer, north=0.05, text="远山公园")
    buyer = sign_in(place.buyer)
    url, page = at_checkout(buyer, place)
    assert "Bring it: 泊林小区" in page
    assert "¥5" in page
    assert "outside the area" in page
    assert "3.6 km" in page
    form = page.forms("/orders/checkout")[0]
    assert form["expected_total"] == "2600"
    typed = form | {"way": f"{place.merchant.id}:{near.id}", "name": "梅姐", "note": "轻放"}
    page = buyer.post(url, typed)
    assert page.status == 200
    form = page.forms("/orders/checkout")[0]
    assert form["expected_total"] == "3100"
    assert (form["name"], form["note"]) == ("梅姐", "轻放")
    assert form[f"to_{place.merchant.id}"] == str(near.id)
    assert "When shall it come?" in page
    sent = form | chosen_slot(page)
    page = buyer.follow(buyer.post(url, sent, status=303))
    assert "泊林小区" in page
    assert "2 单元 501" in page
    assert "Delivery" in page


def test_below_the_minimum_the_page_says_how_much_is_missing(place: Stall, sign_in: SignIn) -> None:
    orders.zone(place, minimum_minor=5000)
    home = orders.home(place.buyer)
    buyer = sign_in(place.buyer)
    url, page = at_checkout(buyer, place)
    assert "Order for ¥24 more, and it can be brought." in page
    form = page.forms("/orders/checkout")[0]
    sent = form | chosen_slot(page) | {"name": "梅", f"to_{place.merchant.id}": str(home.id)}
    refused = buyer.post(url, sent | {"expected_total": "3100"})
    assert refused.status == 409
    assert "This cannot be brought there as it stands." in refused
    assert "Order for ¥24 more" in refused


def test_a_guest_is_told_that_an_account_is_needed_and_a_shop_without_areas_says_nothing(
    place: Stall, guest: Visitor, sign_in: SignIn
) -> None:
    _url, page = at_checkout(sign_in(place.buyer), place)
    assert "How do you get it?" not in page
    orders.zone(place)
    _url, page = at_checkout(guest, place)
    assert "This shop delivers, too" in page


def test_the_buyer_sees_it_on_its_way_and_what_became_of_it(place: Stall, sign_in: SignIn) -> None:
    area, home = orders.zone(place), orders.home(place.buyer)
    order = orders.on_way(place, area, home)
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/orders/{order.id}")
    assert "It is on its way" in page
    assert "Tell this code to whoever brings it." in page
    with transaction():
        deliveries.fail(place.keeper, order.id, reason="没人应门", is_again=False, at=clock.now())
    page = buyer.visit(f"/orders/{order.id}")
    assert "Nobody took it, it lies at the shop" in page
    assert "没人应门" in page
