"""The pages of a group-buy: found, joined, led and set up, each through the front door."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.orders.jobs import sweep_group_buys
from app.orders.models import GroupBuy, Order
from app.orders.queries import groupbuys as queries
from app.orders.types import OrderState
from tests.factories import accounts, forum, orders
from tests.factories import groupbuys as made
from tests.factories.groupbuys import HOUR, joined, opened
from tests.factories.orders import Stall
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


@pytest.fixture
def place(noon: None) -> Stall:
    return orders.stall(stock=100)


def test_a_guest_walks_from_the_list_to_the_order(place: Stall, guest: Visitor) -> None:
    cycle = opened(place)
    assert f"/orders/group-buys/{cycle.id}" in guest.visit("/orders/group-buys").text
    assert "/orders/group-buys" in guest.visit("/merchants/listings").text
    listing = guest.visit(f"/merchants/listings/{place.listing.id}")
    assert f"/orders/group-buys/{cycle.id}" in listing.text
    page = guest.visit(f"/orders/group-buys/{cycle.id}")
    [form] = page.forms(f"/orders/group-buys/{cycle.id}/join")
    none = guest.post(
        f"/orders/group-buys/{cycle.id}/join", form | {f"n_{place.variant_id}": "0"}, status=422
    )
    assert "Say how many" in none.text or "请" in none.text
    guest.post(
        f"/orders/group-buys/{cycle.id}/join", form | {f"n_{place.variant_id}": "3"}, status=303
    )
    basket = guest.visit("/orders/basket")
    checkout = guest.post("/orders/checkout", basket.forms("/orders/checkout")[0], status=303)
    page = guest.follow(checkout)
    sent = page.forms("/orders/checkout")[0]
    assert not [name for name in sent if name.startswith("slot_")]
    guest.follow(guest.post(checkout.location, sent | {"name": "G", "phone": "139000"}))
    assert queries.group_buy(cycle.id, at=clock.now()).pieces == 3
    assert "G**" in guest.visit(f"/orders/group-buys/{cycle.id}").text
    assert "3/5" in guest.get(f"/orders/group-buys/{cycle.id}/progress").text


def test_its_leader_reads_a_list_enters_names_and_shares_out_what_came(
    place: Stall, sign_in: SignIn, guest: Visitor
) -> None:
    leader = accounts.person("团长", language="en", mail="leader@linli.test")
    cycle = opened(place, leader=leader)
    url = f"/orders/group-buys/{cycle.id}"
    stranger, chief = sign_in(place.buyer), sign_in(leader)
    assert guest.get(f"{url}/lead").status in (302, 303)
    stranger.visit(f"{url}/lead", status=404)
    page = chief.visit(f"{url}/lead")
    assert f"http://localhost{url}" in page.text or url in page.text
    [form] = page.forms(f"{url}/list")
    text = "1. 王阿姨 2份\n2. 李叔\n3. 赵 x4"
    read = chief.post(f"{url}/list", form | {"text": text}, status=200)
    assert "2. 李叔" in read.text
    page = chief.visit(f"{url}/lead")
    for form, name in zip(
        [page.forms("/enter")[0], page.forms("/drop")[1]], ("enter", "drop"), strict=True
    ):
        number = 1 if name == "enter" else 2
        chief.post(f"/orders/group-buys/drafts/{number}/{name}", form, status=303)
    assert queries.drafts_of(cycle.id) == []
    joined(place, 4)
    with clock.travel(orders.NOON + 25 * HOUR):
        sweep_group_buys(clock.now())
        page = chief.visit(f"{url}/lead")
        [form] = page.forms(f"{url}/receive")
        [item] = queries.group_buy(cycle.id, at=clock.now()).items
        wrong = chief.post(f"{url}/receive", form | {f"n_{item.id}": "many"}, status=422)
        assert "Write a number" in wrong.text
        chief.post(f"{url}/receive", form | {f"n_{item.id}": "4"}, status=303)
        assert orders.line_of(1).ready == 2
        assert orders.line_of(2).ready == 2
        chief.visit(f"{url}/lead")


def test_a_shop_sets_one_up_from_its_shelf_calls_it_off_and_repeats_it(
    place: Stall, sign_in: SignIn
) -> None:
    keeper = sign_in(place.owner)
    base = f"/workbench/{place.merchant.id}/group-buys"
    assert f"{base}/of/{place.listing.id}" in keeper.visit(base).text
    page = keeper.visit(f"{base}/of/{place.listing.id}")
    [form] = page.forms(f"{base}/of/{place.listing.id}")
    sent = form | {
        "threshold": "10", "item_0_stock": "60", "item_0_case": "12", "item_0_tolerance": "3",
        "item_0_from_1": "20", "item_0_price_1": "22",
    }  # fmt: skip
    wrong = keeper.post(
        f"{base}/of/{place.listing.id}", sent | {"item_0_price_1": "30"}, status=422
    )
    assert "costs less" in wrong.text
    keeper.post(f"{base}/of/{place.listing.id}", sent, status=303)
    [cycle] = db.session.scalars(select(GroupBuy))
    assert cycle.threshold == 10
    order = joined(place, 2)
    page = keeper.visit(f"/orders/group-buys/{cycle.id}/lead")
    [form] = page.forms("/call-off")
    keeper.post(f"/orders/group-buys/{cycle.id}/call-off", form, status=422)
    keeper.post(f"/orders/group-buys/{cycle.id}/call-off", form | {"reason": "雨"}, status=303)
    assert db.session.get_one(Order, order.id, populate_existing=True).state == OrderState.CANCELLED
    page = keeper.visit(f"{base}/of/{place.listing.id}?again={cycle.id}")
    [form] = page.forms(f"{base}/of/{place.listing.id}")
    assert (form["threshold"], form["item_0_case"], form["item_0_price_1"]) == ("10", "12", "22.00")
    keeper.post(f"{base}/of/{place.listing.id}", form, status=303)
    assert made.fresh(cycle).id + 1 == max(db.session.scalars(select(GroupBuy.id)))


def test_the_thread_that_announced_it_shows_how_far_it_is(
    place: Stall, sign_in: SignIn, guest: Visitor, count_queries: Any
) -> None:
    cycle = opened(place)
    board = forum.a_board()
    keeper = sign_in(place.owner)
    page = keeper.visit(f"/orders/group-buys/{cycle.id}/lead")
    [form] = page.forms("/announce")
    keeper.post(
        f"/orders/group-buys/{cycle.id}/announce", form | {"board_id": str(board.id)}, status=303
    )
    joined(place, 2)
    thread_id = made.fresh(cycle).thread_id
    assert "2/5" in guest.visit(f"/forum/threads/{thread_id}").text
    with count_queries() as seen:
        Visitor(guest.app).visit(f"/forum/threads/{thread_id}")
    assert len(seen) <= 6


def test_pages_take_few_statements(place: Stall, guest: Visitor, count_queries: Any) -> None:
    cycle = opened(place)
    for _ in range(3):
        joined(place, 1)
    for url in ("/orders/group-buys", f"/orders/group-buys/{cycle.id}"):
        with count_queries() as seen:
            Visitor(guest.app).visit(url)
        assert len(seen) <= 6, url
