"""The pages of coupons: taken at the shop, reckoned at the checkout, kept by the consoles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.promotions.services import share_token
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.factories.promotions import promotion
from tests.visitor import Visitor

SignIn = Callable[[Any], Visitor]


def test_a_resident_takes_a_coupon_and_the_checkout_reckons_with_it(
    place: Stall, sign_in: SignIn
) -> None:
    made = promotion(place.merchant.id, least_minor=3000)
    wang = sign_in(place.buyer)
    assert "¥5 off" in wang.visit(f"/merchants/{place.merchant.id}")
    assert "¥5 off" in wang.visit(f"/merchants/listings/{place.listing.id}")
    wang.visit(f"/coupons/{made.id}")
    wang.post(f"/coupons/{made.id}/take", {}, status=303)
    assert "from ¥30 on" in wang.visit("/coupons/")
    held = orders.started(place, 2)
    url = f"/orders/checkout/{held}"
    page = wang.visit(url)
    assert "Why this price" in page
    assert "the shop lets it off" in page
    assert "¥47" in page
    chosen = {"shop_id": place.merchant.id, "promotion_id": 0}
    wang.post(f"{url}/coupon", chosen, status=303)
    assert "¥47" not in wang.visit(url)
    wrong = wang.post(f"{url}/code", {"code": "NOTHING"}, status=422)
    assert "No coupon has this code now." in wrong


def test_the_order_says_why_it_costs_what_it_costs(place: Stall, sign_in: SignIn) -> None:
    promotion(None, funder="site", name_en="Welcome")
    held = orders.started(place, 2)
    wang = sign_in(place.buyer)
    wish = orders.free_slot(place.point, place.merchant)
    url = f"/orders/checkout/{held}"
    sent = next(one for one in wang.visit(url).forms() if "expected_total" in one)
    form = sent | {"name": "Wang", "pay_way": "cash", f"slot_{place.merchant.id}": wish.slot_key}
    placed = wang.post(url, form, status=303)
    page = wang.follow(placed)
    assert "Welcome" in page
    assert "the site pays it" in page
    assert "−¥5" in page


def test_a_guest_is_asked_to_sign_in_and_a_hidden_coupon_is_not_there(
    place: Stall, guest: Visitor, sign_in: SignIn
) -> None:
    made, hidden = promotion(place.merchant.id), promotion(place.merchant.id, is_public=False)
    assert "Sign in to take it" in guest.visit(f"/coupons/{made.id}")
    sign_in(place.buyer).visit(f"/coupons/{hidden.id}", status=404)


def test_the_own_household_is_refused_by_its_link(place: Stall, sign_in: SignIn) -> None:
    thanks = promotion(place.merchant.id, is_public=False)
    made = promotion(place.merchant.id, reward_id=thanks.id)
    wang = sign_in(place.buyer)
    own = share_token(made.id, place.buyer.id)
    assert "Bring a neighbour" in wang.visit(f"/coupons/{made.id}?by={own}")
    wang.post(f"/coupons/{made.id}/take", {"sharer": own}, status=403)
    other = share_token(made.id, accounts.person("张姐").id)
    wang.post(f"/coupons/{made.id}/take", {"sharer": other}, status=303)


@pytest.mark.parametrize("room", ["shop", "site"])
def test_a_console_makes_looks_at_and_stops_one(place: Stall, sign_in: SignIn, room: str) -> None:
    desk = accounts.person("站长", roles=("operator",), language="en")
    who = sign_in(place.owner if room == "shop" else desk)
    base = "/operator/promotions"
    if room == "shop":
        base = f"/workbench/{place.merchant.id}/promotions"
    assert "None here." in who.visit(base)
    who.visit(f"{base}/new")
    today = clock.local(clock.now())
    form = {
        "name_en": "Five off", "kind": "coupon", "form": "amount", "audience": "everybody",
        "funder": "merchant", "listing_id": 0, "category_id": 0, "listing_kind": "",
        "reward_id": 0, "is_public": "y", "budget": 10, "per_person": 1,
        "starts_at": f"{today:%Y-%m-%dT%H:%M}",
        "ends_at": f"{today + timedelta(days=9):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    wrong = who.post(f"{base}/new", form, status=422)
    assert "Say how much comes off." in wrong
    assert wrong.field("name_en") == "Five off"
    made = who.post(f"{base}/new", form | {"value": "5"}, status=303)
    assert "¥5 off" in who.follow(made)
    assert "Five off" in who.visit(f"{base}?state=running&sort=uses")
    one = made.location.split("?")[0]
    who.post(f"{one}/stop", {}, status=303)
    assert "Five off" not in who.visit(f"{base}?state=running")
    assert "stopped" in who.visit(one)
