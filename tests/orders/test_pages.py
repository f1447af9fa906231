"""What the pages of an order cost, with few rows and many, and what their fields take."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.orders.models import Order
from app.orders.services import basket, counter
from app.orders.services.talks import open_talk
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall
from tests.orders.test_chain import chosen_slot
from tests.sizes import naughty_strings
from tests.visitor import Visitor

Counted = Callable[[], Any]


def test_an_orders_page_takes_at_most_ten_statements_for_a_member_and_six_for_a_guest(
    place: Stall, sign_in: Callable[..., Visitor], guest: Visitor, count_queries: Counted
) -> None:
    order = orders.accepted(place, 2)
    with transaction():
        counter.hand_over(
            place.keeper,
            order.id,
            quantities={orders.line_of(order).id: 1},
            money=PayWay.CASH,
            at=clock.now(),
        )
    with transaction():
        open_talk(place.customer, order.id, at=clock.now())
    buyer = sign_in(place.buyer)
    buyer.visit(f"/orders/{order.id}")
    with count_queries() as seen:
        buyer.visit(f"/orders/{order.id}")
    assert len(seen) <= 10, "\n".join(seen)
    guest.post("/orders/basket/add", {"variant_id": place.variant_id}, status=303)
    page = guest.visit("/orders/basket")
    checkout = guest.post("/orders/checkout", page.forms("/orders/checkout")[0], status=303)
    page = guest.follow(checkout)
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
    placed = guest.follow(guest.post(checkout.location, sent | {"name": "G", "phone": "139000"}))
    [link] = [
        node.get("href") for node in placed.tree.iter("a") if "?key=" in (node.get("href") or "")
    ]
    with count_queries() as seen:
        Visitor(guest.app).visit(link)
    assert len(seen) <= 6, "\n".join(seen)


def test_an_order_from_the_listing_to_placed_takes_at_most_fifty_statements(
    place: Stall, sign_in: Callable[..., Visitor], count_queries: Counted
) -> None:
    buyer, variant_id = sign_in(place.buyer), place.variant_id
    with count_queries() as seen:
        buyer.post("/orders/basket/add", {"variant_id": variant_id}, status=303)
        page = buyer.visit("/orders/basket")
        begun = buyer.post("/orders/checkout", page.forms("/orders/checkout")[0], status=303)
        page = buyer.visit(begun.location)
        sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
        buyer.post(begun.location, sent, status=303)
    assert len(seen) <= 50, f"{len(seen)}\n" + "\n".join(seen)


@pytest.mark.parametrize(
    "url", ["/orders/", "/workbench/{}/orders", "/workbench/{}/board", "/workbench/{}/counter"]
)
def test_lists_cost_the_same_with_ten_orders_as_with_two(
    noon: None, sign_in: Callable[..., Visitor], count_queries: Counted, url: str
) -> None:
    place = orders.stall(stock=100, capacity=50)
    who = sign_in(place.buyer if url == "/orders/" else place.owner)
    address = url.format(place.merchant.id)
    counts = []
    for more in (2, 8):
        for _ in range(more):
            orders.accepted(place, 1)
        who.visit(address)
        with count_queries() as seen:
            who.visit(address)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_a_basket_and_a_checkout_cost_the_same_with_five_lines_as_with_one(
    place: Stall, sign_in: Callable[..., Visitor], count_queries: Counted
) -> None:
    buyer = sign_in(place.buyer)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            listing = merchants.goods(place.merchant)
            with transaction():
                basket.add_to_basket(
                    place.customer,
                    token=None,
                    variant_id=orders.variant_of(listing),
                    at=clock.now(),
                )
        buyer.visit("/orders/basket")  # what the town says of itself is read every few seconds
        with count_queries() as seen:
            page = buyer.visit("/orders/basket")
        number = len(seen)
        started = buyer.post("/orders/checkout", page.forms("/orders/checkout")[0], status=303)
        with count_queries() as seen:
            buyer.visit(started.location)
        counts.append((number, len(seen)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8


def test_the_live_board_answers_304_until_something_moves(
    place: Stall, sign_in: Callable[..., Visitor], count_queries: Counted
) -> None:
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/board/live"
    orders.placed(place, 1)
    first = keeper.get(url)
    tag = first.answer.headers["ETag"]
    with count_queries() as seen:
        assert keeper.get(url, headers={"If-None-Match": tag}).status == 304
    assert len(seen) <= 2, "\n".join(seen)
    orders.placed(place, 1)
    assert keeper.get(url, headers={"If-None-Match": tag}).status == 200


def test_no_page_of_an_order_writes(
    place: Stall, sign_in: Callable[..., Visitor], count_queries: Counted
) -> None:
    order = orders.accepted(place, 2)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    shop = f"/workbench/{place.merchant.id}"
    with count_queries() as seen:
        for url in ("/orders/", "/orders/basket", f"/orders/{order.id}", "/orders/find"):
            buyer.visit(url)
        for url in ("/", "/board", "/board?by=product", "/board/print", "/orders", "/counter"):
            keeper.visit(shop + url)
        keeper.visit(f"{shop}/orders/{order.id}")
        keeper.visit(f"{shop}/counter/{order.id}")
    assert not [one for one in seen if one.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_stands_in_both_languages(place: Stall, app: Flask, language: str) -> None:
    order = orders.accepted(place, 2)
    code = "zh_Hans" if language == "zh-CN" else "en"
    owner = accounts.person(language=code, staff_of={place.merchant.id: "manager"})
    shop = f"/workbench/{place.merchant.id}"
    keeper = Visitor.signed_in(app, owner.id, language)
    for url in ("/", "/board", "/board/print", "/orders", "/counter?q=王"):
        keeper.visit(shop + url)
    page = keeper.visit(f"{shop}/orders/{order.id}")
    assert ("应付" if code == "zh_Hans" else "To pay") in page
    Visitor(app, language).visit("/orders/find")


@pytest.mark.sized
@pytest.mark.timeout(1200)
def test_any_text_in_any_field_is_kept_as_typed_or_refused_at_the_field(
    noon: None, sign_in: Callable[..., Visitor], data_dir: Path
) -> None:
    place = orders.stall(stock=None, capacity=5000)
    buyer, keeper = sign_in(place.buyer), sign_in(place.owner)
    shop = f"/workbench/{place.merchant.id}"
    for text in naughty_strings(data_dir, every=23):
        checkout_id = orders.started(place, 1)
        page = buyer.get(f"/orders/checkout/{checkout_id}")
        sent = page.forms("/orders/checkout")[0] | chosen_slot(page)
        answers = [
            buyer.post(f"/orders/checkout/{checkout_id}", sent | {name: text}).status
            for name in ("phone", "mail", "pay_way", "expected_total")
        ]
        answers.append(
            buyer.post(
                f"/orders/checkout/{checkout_id}", sent | {"name": text, "note": text}
            ).status
        )
        for name in ("variant_id", "quantity", "time_key"):
            fields = {"variant_id": place.variant_id, "quantity": 1} | {name: text}
            answers.append(buyer.post("/orders/basket/add", fields).status)
        answers.append(buyer.post("/orders/find", {"phone": text, "code": text}).status)
        answers.append(keeper.get(f"{shop}/orders", query_string={"q": text}).status)
        answers.append(keeper.post(f"{shop}/counter/find", {"words": text}).status)
        order = db.session.scalars(select(Order).order_by(Order.id.desc())).first()
        if order is not None:
            url = f"{shop}/orders/{order.id}"
            answers.append(keeper.post(f"{url}/accept").status)
            line = orders.line_of(order).id
            for name in (f"ready_{line}", f"short_{line}"):
                answers.append(keeper.post(f"{url}/prepare", {name: text}).status)
            answers.append(keeper.post(f"{url}/cancel", {"reason": text}).status)
            answers.append(buyer.post(f"/orders/{order.id}/cancel", {"reason": text}).status)
            answers.append(keeper.get(url).status)
        assert max(answers) < 500, (text, answers)
        db.session.rollback()


def test_a_name_is_shown_as_it_was_typed(place: Stall, sign_in: Callable[..., Visitor]) -> None:
    name = '<b>王</b> & "梅" \' 😀'
    checkout_id = orders.started(place, 1)
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/orders/checkout/{checkout_id}")
    sent = page.forms("/orders/checkout")[0] | chosen_slot(page) | {"name": name}
    buyer.post(f"/orders/checkout/{checkout_id}", sent, status=303)
    board = sign_in(place.owner).visit(f"/workbench/{place.merchant.id}/board")
    assert name in "".join(board.tree.itertext())
