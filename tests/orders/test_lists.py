"""Lists of orders are narrowed, turned round and say so where nothing fits."""

import re
from collections.abc import Callable

from app.core import clock
from app.core.db import transaction
from app.orders.services import counter, endings
from app.payments.types import PayWay
from tests.factories import merchants, orders
from tests.factories.orders import Stall
from tests.visitor import Page, Visitor


def _numbers(page: Page) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\b\d{4}-\d{4,}\b", page.text)))


def _bought(place: Stall) -> tuple[str, str, str]:
    """Three orders of one buyer: collected, called off, under way."""
    done, off, under_way = (orders.accepted(place, 1) for _ in range(3))
    with transaction():
        counter.hand_over(place.keeper, done.id, money=PayWay.CASH, at=clock.now())
    with transaction():
        endings.close(done.id, at=clock.now())
    with transaction():
        endings.cancel_by_shop(place.keeper, off.id, reason="gone", at=clock.now())
    return done.number, off.number, under_way.number


def test_a_buyer_narrows_own_orders_by_stage_and_shop_and_turns_them_round(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    done, off, under_way = _bought(place)
    buyer = sign_in(place.buyer)
    assert _numbers(buyer.visit("/orders/")) == [under_way, off, done]
    assert _numbers(buyer.visit("/orders/?sort=old")) == [done, off, under_way]
    for group, number in (("open", under_way), ("done", done), ("off", off)):
        assert _numbers(buyer.visit(f"/orders/?group={group}")) == [number]
    assert _numbers(buyer.visit(f"/orders/?shop={place.merchant.id}&group=done")) == [done]
    other = merchants.shop().id  # nothing was bought there, so the whole list is shown
    assert len(_numbers(buyer.visit(f"/orders/?shop={other}&group=none&sort=%00"))) == 3


def test_a_stage_with_no_order_says_so_and_leads_back(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    orders.accepted(place)
    buyer = sign_in(place.buyer)
    page = buyer.visit("/orders/?group=off")
    assert "No order fits." in page
    assert "You have not ordered anything yet" not in page
    assert "Under way" not in sign_in(place.owner).visit("/orders/")


def test_a_shop_turns_its_orders_round_and_keeps_its_words(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    done, off, under_way = _bought(place)
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/orders"
    assert _numbers(keeper.visit(url)) == [under_way, off, done]
    page = keeper.visit(f"{url}?sort=old&state=accepted")
    assert _numbers(page) == [under_way]
    assert page.forms("/orders")[0] | {"q": ""} == {"q": "", "state": "accepted", "sort": "old"}
