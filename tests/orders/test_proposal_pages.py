"""Proposals through the pages: the shop proposes, the buyer taps, phones are shown in time."""

from collections.abc import Callable
from typing import Any

from app.core import clock
from app.core.db import db, transaction
from app.orders.models import Proposal
from app.orders.services import preparation
from tests.factories import merchants, orders
from tests.factories import proposals as made
from tests.factories.orders import Stall
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def test_a_substitute_is_offered_and_taken_in_one_tap(
    place: Stall, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    other = made.other(place)
    order = orders.accepted(place)
    keeper, buyer = sign_in(place.owner), sign_in(place.buyer)
    line = orders.line_of(order)
    url = f"/workbench/{place.merchant.id}/orders/{order.id}/instead/{line.id}"
    form = keeper.visit(url).forms("/instead")[0] | {"variant_id": other, "count": 1}
    keeper.post(url, form | {"quantity": 1, "price": "30"}, status=303)

    buyer.visit(f"/orders/{order.id}")
    with count_queries() as seen:
        page = buyer.visit(f"/orders/{order.id}")
    assert len(seen) <= 10, "\n".join(seen)
    assert "Something is short. Would this do?" in page
    url = page.forms("/accept")
    [proposal] = db.session.scalars(db.select(Proposal))
    accept = f"/orders/proposals/{proposal.id}/accept"
    page = buyer.follow(buyer.post(accept, url[0], status=303))
    assert "Rye" in page
    assert "Would this do?" not in page
    keeper.visit(f"/workbench/{place.merchant.id}/orders/{order.id}")


def test_added_work_is_declined_in_one_tap_and_nothing_is_added(
    place: Stall, sign_in: SignIn
) -> None:
    order = orders.accepted(place)
    keeper, buyer = sign_in(place.owner), sign_in(place.buyer)
    url = f"/workbench/{place.merchant.id}/orders/{order.id}/propose"
    form = keeper.visit(url).forms("/propose")[0]
    assert "Write at least one line." in keeper.post(url, form, status=422)
    keeper.post(url, form | {"name_0": "换阀芯", "price_0": "80"}, status=303)
    [proposal] = db.session.scalars(db.select(Proposal))
    page = buyer.visit(f"/orders/{order.id}")
    assert "The shop proposes" in page
    decline = f"/orders/proposals/{proposal.id}/decline"
    buyer.follow(buyer.post(decline, page.forms("/decline")[0], status=303))
    again = buyer.post(decline, page.forms("/accept")[0], status=409)
    assert "It was declined." in again


def test_phones_are_shown_once_the_order_is_accepted(place: Stall, sign_in: SignIn) -> None:
    order = orders.placed(place)
    keeper, buyer = sign_in(place.owner), sign_in(place.buyer)
    bench = f"/workbench/{place.merchant.id}/orders/{order.id}"
    assert "138 1234 5678" not in keeper.visit(bench)
    assert "You see it once you have accepted." in keeper.visit(bench)
    assert "Call the shop" not in buyer.visit(f"/orders/{order.id}")

    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())

    assert "138 1234 5678" in keeper.visit(bench)


def test_a_service_can_say_that_its_price_is_the_fee_for_coming(
    place: Stall, sign_in: SignIn
) -> None:
    chair = merchants.resource(place.merchant)
    visit = merchants.service(place.merchant, (chair.id,), is_call_out=True)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    words = "This is the fee for coming"
    assert words in buyer.visit(f"/merchants/listings/{visit.id}")
    url = f"/workbench/{place.merchant.id}/listings/{visit.id}"
    form = keeper.visit(url).forms(f"/listings/{visit.id}")[0]
    assert form["is_call_out"]
    form.pop("is_call_out")
    keeper.post(url, form, status=303)
    assert words not in buyer.visit(f"/merchants/listings/{visit.id}")
