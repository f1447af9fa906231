"""A counter in a hall without a network: two devices hand over, come back, and agree."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, press
from tests.journeys.test_merchant import card_of, code_of, ordered
from tools import live
from tools.shop import Shop, open_shop

READY = "[data-offline][data-ready]"


def accepted(open_page: OpenPage, bakery: Shop, number: int) -> tuple[str, str]:
    name, order_id = ordered(bakery, number)
    board = open_page(f"/workbench/{bakery.merchant_id}/board", token=bakery.owner)
    press(board, card_of(board, name).get_by_role("button", name="Accept"))
    return name, code_of(bakery, number, order_id)


def device(open_page: OpenPage, bakery: Shop) -> Any:
    """Open the counter once with a network, then take the network away."""
    page = open_page(f"/workbench/{bakery.merchant_id}/counter", token=bakery.owner)
    expect(page.locator(READY)).to_have_count(1, timeout=15000)
    page.context.set_offline(True)
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    expect(page.locator("h1")).to_contain_text("Counter without a network")
    return page


def give(page: Any, words: str, name: str) -> None:
    page.locator("#words").fill(words)
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("[data-found] h2")).to_have_text(name)
    page.get_by_role("button", name="Took the money, all handed over").click()
    expect(page.locator("[data-noted]")).to_contain_text(name)


def test_two_devices_give_the_same_order_offline_and_the_second_is_named(
    open_page: OpenPage, bakery: Shop
) -> None:
    name, code = accepted(open_page, bakery, 3)
    one, two = device(open_page, bakery), device(open_page, bakery)
    one.locator("#words").fill("ZZZZ9999")
    one.get_by_role("button", name="Find", exact=True).click()
    expect(one.locator("[role=alert]")).to_contain_text("Nobody of today's orders")
    give(one, code, name)
    give(two, name, name)
    one.locator("#words").fill(code)
    one.get_by_role("button", name="Find", exact=True).click()
    expect(one.locator("[role=alert]")).to_contain_text("Noted already on this device")
    for page in (one, two):
        with page.expect_navigation():
            page.context.set_offline(False)
        expect(page.locator("h1")).to_have_text("Counter")
        assert (
            page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('linli-hand'))")
            == []
        )
    conflict = two.locator("section", has_text="From the time without a network")
    expect(conflict).to_contain_text(name)
    expect(conflict).to_contain_text("It was collected already")
    press(two, conflict.locator("li", has_text=name).get_by_role("button", name="Seen"))
    expect(two.locator("section", has_text="From the time without a network")).to_have_count(0)


def test_signing_out_takes_the_orders_off_the_device_and_asks_before_what_is_not_sent(
    open_page: OpenPage, town: live.Site
) -> None:
    shop = open_shop(town, stock=5, buyers=0, name="Tea House", goods="Tea")
    page = open_page(f"/workbench/{shop.merchant_id}/counter", token=shop.owner)
    expect(page.locator(READY)).to_have_count(1, timeout=15000)
    page.goto("/me/")
    assert page.evaluate("caches.has('linli-counter')")
    page.evaluate("localStorage.setItem('linli-hand:0:x', '{}')")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert "not sent yet" in asked[0]
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, page.get_by_role("button", name="Sign out", exact=True))
    assert not page.evaluate("caches.has('linli-counter')")
    assert page.evaluate("localStorage.getItem('linli-hand:0:x')") is None
