"""One order through the front door, from the listing to the counter, as people walk it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.pools.queries import wrong_counts
from app.orders.models import Order
from app.orders.types import OrderState
from app.payments.models import Charge
from app.payments.types import PaymentState
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall
from tests.visitor import Page, Visitor


def chosen_slot(page: Page) -> dict[str, str]:
    """Tick the first pickup time of each shop, as a person would."""
    found = {}
    for node in page.tree.iter("input"):
        name = node.get("name") or ""
        if name.startswith("slot_") and node.get("disabled") is None:
            found.setdefault(name, node.get("value") or "")
    return found


def ordered(visitor: Visitor, variant_ids: list[int], **contact: str) -> Page:
    """Walk from the basket to the placed order; return the page that says so."""
    for variant_id in variant_ids:
        visitor.post("/orders/basket/add", {"variant_id": variant_id, "quantity": 2}, status=303)
    basket = visitor.visit("/orders/basket")
    checkout = visitor.post("/orders/checkout", basket.forms("/orders/checkout")[0], status=303)
    page = visitor.follow(checkout)
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page) | contact
    return visitor.follow(visitor.post(checkout.location, sent, status=303))


def test_an_order_goes_from_the_basket_over_the_board_to_the_counter(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    page = ordered(buyer, [place.variant_id], phone="138 1234 5678")
    assert "Waiting for the shop" in page
    order = db.session.scalars(select(Order)).one()
    shop = f"/workbench/{place.merchant.id}"
    assert "王梅" in keeper.visit(f"{shop}/board")
    keeper.post(f"{shop}/orders/{order.id}/accept", status=303)
    assert "The shop is preparing it" in buyer.visit(f"/orders/{order.id}")
    keeper.post(f"{shop}/orders/{order.id}/ready", status=303)
    ready = buyer.visit(f"/orders/{order.id}")
    assert "Ready to collect" in ready
    assert order.code[:4] in ready
    assert "<svg" in ready.text
    found = keeper.post(f"{shop}/counter/find", {"words": f"{order.code[:4]}-{order.code[4:]}"})
    counter = keeper.follow(found)
    hand = counter.forms("hand-over")[0]
    keeper.post(f"{shop}/counter/{order.id}/hand-over", hand, status=303)
    assert "Collected" in buyer.visit(f"/orders/{order.id}")
    charge = db.session.scalars(select(Charge)).one()
    assert (charge.state, charge.confirmed_minor) == (PaymentState.PAID, 5200)
    assert "just handed over" in keeper.visit(f"{shop}/counter").text.lower()
    assert wrong_counts() == []


def test_a_basket_of_two_shops_becomes_one_order_for_each(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    other = orders.stall(price=900)
    page = ordered(sign_in(place.buyer), [place.variant_id, other.variant_id])
    assert "2 shops have it now" in page
    rows = db.session.scalars(select(Order).order_by(Order.id)).all()
    assert {row.merchant_id for row in rows} == {place.merchant.id, other.merchant.id}
    assert sum(row.total_minor for row in rows) == 2 * 2600 + 2 * 900
    assert "Your basket is empty." in sign_in(place.buyer).visit("/orders/basket")


def test_a_guest_orders_without_an_account_and_opens_the_order_by_its_key_only(
    place: Stall, guest: Visitor, app: Any
) -> None:
    page = ordered(guest, [place.variant_id], name="路过的人", phone="13900001111")
    order = db.session.scalars(select(Order)).one()
    [link] = [
        node.get("href") for node in page.tree.iter("a") if "?key=" in (node.get("href") or "")
    ]
    assert order.token_hash is not None
    assert order.token_hash not in page.text
    stranger = Visitor(app)
    assert stranger.get(f"/orders/{order.id}").status == 404
    assert "Waiting for the shop" in stranger.visit(link)
    refused = stranger.post("/orders/find", {"phone": "13900001111", "code": "AAAA-AAAA"})
    assert refused.status == 422
    found = stranger.post("/orders/find", {"phone": "139 0000 1111", "code": order.code})
    assert "Waiting for the shop" in stranger.follow(found)


def test_a_guest_must_leave_a_phone_or_a_mail_address(place: Stall, guest: Visitor) -> None:
    guest.post("/orders/basket/add", {"variant_id": place.variant_id}, status=303)
    basket = guest.visit("/orders/basket")
    checkout = guest.post("/orders/checkout", basket.forms("/orders/checkout")[0], status=303)
    page = guest.follow(checkout)
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page) | {"name": "路过的人"}
    refused = guest.post(checkout.location, sent)
    assert refused.status == 422
    assert "Leave a phone number or a mail address." in refused
    guest.post(checkout.location, sent | {"mail": "passer@example.org"}, status=303)
    assert db.session.scalars(select(Order)).one().contact_mail == "passer@example.org"


def test_a_guests_page_sets_the_basket_cookie_on_the_post_only(
    place: Stall, guest: Visitor
) -> None:
    assert "Set-Cookie" not in guest.get("/orders/basket").answer.headers
    answer = guest.post("/orders/basket/add", {"variant_id": place.variant_id}, status=303)
    assert "linli_basket" in answer.answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.answer.headers["Set-Cookie"]


def test_what_a_guest_chose_is_in_the_members_basket_after_signing_in(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    buyer = sign_in(place.buyer)
    other = orders.stall(price=900)
    buyer.post("/orders/basket/add", {"variant_id": place.variant_id, "quantity": 1}, status=303)
    from app.core.db import transaction
    from app.orders.services import basket

    token = basket.new_token()
    from app.core.access import GUEST

    with transaction():
        basket.add_to_basket(
            GUEST, token=token, variant_id=other.variant_id, quantity=3, at=clock.now()
        )
        basket.add_to_basket(
            GUEST, token=token, variant_id=place.variant_id, quantity=2, at=clock.now()
        )
    buyer.client.set_cookie("linli_basket", token)
    page = buyer.visit("/orders/basket")
    assert f"¥{(3 * 900 + 3 * 2600) // 100}" in page
    answer = buyer.post("/orders/checkout", page.forms("/orders/checkout")[0], status=303)
    assert "linli_basket=;" in answer.answer.headers["Set-Cookie"]


def test_a_changed_quantity_stays_and_a_line_taken_out_is_gone(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    buyer = sign_in(place.buyer)
    buyer.post("/orders/basket/add", {"variant_id": place.variant_id, "quantity": 2}, status=303)
    form = buyer.visit("/orders/basket").forms("/orders/basket/lines")[0]
    line = buyer.visit("/orders/basket").text.split("/orders/basket/lines/")[1].split('"')[0]
    buyer.post(f"/orders/basket/lines/{line}", form | {"quantity": 5}, status=303)
    assert "¥130" in buyer.visit("/orders/basket")
    other = sign_in(accounts.person(language="en"))
    assert other.post(f"/orders/basket/lines/{line}", {"quantity": 1}).status == 404
    buyer.post(f"/orders/basket/lines/{line}", {"quantity": 0}, status=303)
    assert "Your basket is empty." in buyer.visit("/orders/basket")


def test_a_changed_price_refuses_the_order_and_says_what_changed(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    from sqlalchemy import update

    from app.core.db import changed, transaction
    from app.merchants.models import Variant

    buyer = sign_in(place.buyer)
    buyer.post("/orders/basket/add", {"variant_id": place.variant_id, "quantity": 2}, status=303)
    form = buyer.visit("/orders/basket").forms("/orders/checkout")[0]
    checkout = buyer.post("/orders/checkout", form, status=303)
    page = buyer.follow(checkout)
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
    with transaction():
        changed(update(Variant).where(Variant.id == place.variant_id).values(price_minor=2800))
    refused = buyer.post(checkout.location, sent)
    assert refused.status == 409
    assert "¥26 → ¥28" in refused
    assert db.session.scalars(select(Order)).all() == []
    again = refused.forms("/orders/checkout")[0] | chosen_slot(refused)
    buyer.post(checkout.location, again, status=303)
    assert db.session.scalars(select(Order)).one().total_minor == 5600


def test_a_checkout_that_ran_out_orders_nothing_and_frees_what_it_held(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    from app.merchants.queries.selling import offers_for
    from app.orders.jobs import sweep

    buyer = sign_in(place.buyer)
    checkout_id = orders.started(place, 7)
    page = buyer.visit(f"/orders/checkout/{checkout_id}")
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
    assert offers_for([place.variant_id], at=clock.now())[place.variant_id].free == 0
    with clock.travel(orders.NOON + timedelta(minutes=16)):
        assert buyer.post(f"/orders/checkout/{checkout_id}", sent).status == 409
        assert offers_for([place.variant_id], at=clock.now())[place.variant_id].free == 7
        assert sweep(clock.now()) == 1
        assert wrong_counts() == []


def test_a_full_pickup_time_refuses_the_order_and_another_takes_it(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    checkout_id = orders.started(place, 1)
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/orders/checkout/{checkout_id}")
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
    for _ in range(3):
        orders.placed(place, 1, actor=accounts.viewer(accounts.person()))
    refused = buyer.post(f"/orders/checkout/{checkout_id}", sent)
    assert refused.status == 409
    assert "That time is full. Choose another." in refused
    again = sent | chosen_slot(refused)
    buyer.post(f"/orders/checkout/{checkout_id}", again, status=303)
    assert wrong_counts() == []


def test_a_point_of_another_shop_cannot_be_chosen(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    other = orders.stall()
    foreign = orders.free_slot(other.point, other.merchant)
    checkout_id = orders.started(place, 1)
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/orders/checkout/{checkout_id}")
    sent = page.forms("/orders/checkout")[0] | {f"slot_{place.merchant.id}": foreign.slot_key}
    refused = buyer.post(f"/orders/checkout/{checkout_id}", sent)
    assert refused.status == 422
    assert "Choose when you will come." in refused


def test_a_booked_service_needs_no_pickup_time_and_its_time_is_gone_for_others(
    noon: None, sign_in: Callable[..., Visitor]
) -> None:
    from app.merchants.queries.booking import times_for

    owner, buyer = accounts.person(language="en"), accounts.person("客人", language="en")
    merchant = merchants.shop(owner=owner)
    worker = merchants.resource(merchant)
    listing = merchants.service(merchant, (worker.id,))
    choice = times_for(listing.id, at=clock.now())[0]
    visitor = sign_in(buyer)
    add = {"variant_id": orders.variant_of(listing), "time_key": choice.key}
    visitor.post("/orders/basket/add", add, status=303)
    basket = visitor.visit("/orders/basket")
    checkout = visitor.post("/orders/checkout", basket.forms("/orders/checkout")[0], status=303)
    page = visitor.follow(checkout)
    assert chosen_slot(page) == {}
    visitor.post(checkout.location, page.forms("/orders/checkout")[0], status=303)
    order = db.session.scalars(select(Order)).one()
    assert order.slot_starts_at == choice.starts_at
    late = sign_in(accounts.person(language="en"))
    assert late.post("/orders/basket/add", add).status == 409
    keeper = sign_in(owner)
    keeper.post(f"/workbench/{merchant.id}/orders/{order.id}/accept", status=303)
    assert "Your time is booked" in visitor.visit(f"/orders/{order.id}")
    visitor.post(f"/orders/{order.id}/cancel", {"reason": ""}, status=303)
    assert choice.key in {one.key for one in times_for(listing.id, at=clock.now())}
    assert wrong_counts() == []


@pytest.mark.parametrize("stranger", ["guest", "member", "other shop"])
def test_nobody_else_opens_an_order_or_a_board(
    place: Stall, sign_in: Callable[..., Visitor], guest: Visitor, stranger: str
) -> None:
    order = orders.placed(place)
    visitor = guest
    if stranger == "member":
        visitor = sign_in(accounts.person(language="en"))
    if stranger == "other shop":
        visitor = sign_in(orders.stall().owner)
    assert visitor.get(f"/orders/{order.id}").status == 404
    assert visitor.get(f"/workbench/{place.merchant.id}/board").status in {303, 403}
    assert visitor.post(f"/orders/{order.id}/cancel", {}).status == 404
    assert orders.fresh(order).state == OrderState.PLACED


def test_drafts_really_go(place: Stall) -> None:
    from app.orders.jobs import forget_baskets
    from app.orders.models import Basket, BasketLine

    buyer = place.customer
    orders.started(place, 1, actor=buyer)
    forget_baskets(orders.NOON + timedelta(days=29))
    assert db.session.scalars(select(Basket)).all()
    forget_baskets(orders.NOON + timedelta(days=31))
    assert db.session.scalars(select(Basket)).all() == []
    assert db.session.scalars(select(BasketLine)).all() == []
