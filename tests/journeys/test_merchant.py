"""The merchant's journey: see, accept, prepare, short, lay ready, hand over by code, take back."""

import re
import uuid
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, press
from tools.shop import Shop, place_order


def ordered(bakery: Shop, number: int) -> tuple[str, int]:
    """Let a neighbour order three loaves; return the name on the order and its id."""
    name = f"Neighbour {uuid.uuid4().hex[:6]}"
    order_id = place_order(bakery.buyer(number), bakery, quantity=3, name=name)
    assert order_id is not None
    return name, order_id


def code_of(bakery: Shop, number: int, order_id: int) -> str:
    """Read the pickup code off the buyer's own page."""
    page = bakery.buyer(number).get(f"/orders/{order_id}").text
    found = re.search(r'class="code" aria-label="([A-Z0-9 ]+)"', page)
    assert found, page
    return found[1].replace(" ", "")


def card_of(page: Any, name: str) -> Any:
    return page.locator("article", has_text=name)


def test_an_order_is_accepted_shorted_made_ready_handed_over_and_taken_back(
    open_page: OpenPage, bakery: Shop, screen: str, scripts: bool
) -> None:
    name, order_id = ordered(bakery, 8)
    page = open_page(
        f"/workbench/{bakery.merchant_id}/board", screen, scripts=scripts, token=bakery.owner
    )
    press(page, card_of(page, name).get_by_role("button", name="Accept"))
    page.goto(f"/workbench/{bakery.merchant_id}/board")
    card = card_of(page, name)
    card.get_by_text("Part of it, or short").click()
    card.locator("input[name^=short_]").first.fill("1")
    press(page, card.get_by_role("button", name="Mark"))
    page.goto(f"/workbench/{bakery.merchant_id}/board")
    press(page, card_of(page, name).get_by_role("button", name="All ready"))
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    page.locator("input[name=words]").fill(code_of(bakery, 8, order_id))
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("h1")).to_contain_text(name)
    press(page, page.get_by_role("button", name="Took the money, all handed over"))
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    row = page.locator("li", has_text=name).filter(has=page.get_by_role("button", name="Undo"))
    press(page, row.get_by_role("button", name="Undo"))
    buyer = open_page(f"/orders/{order_id}", screen, scripts=scripts, token=bakery.tokens[8])
    told = buyer.locator("main").inner_text()
    for words in (
        "the shop accepted",
        "short:",
        "laid ready:",
        "handed over:",
        "hand-over undone:",
    ):
        assert words in told
    assert "Ready to collect" in buyer.locator("h1").inner_text()


def test_a_wrong_code_is_refused_with_a_reason(open_page: OpenPage, bakery: Shop) -> None:
    page = open_page(f"/workbench/{bakery.merchant_id}/counter", token=bakery.owner)
    page.locator("input[name=words]").fill("ZZZZ9999")
    press(page, page.get_by_role("button", name="Find", exact=True))
    assert page.get_by_role("button", name=re.compile("handed over")).count() == 0
    assert "No order has this code." in page.locator("main").inner_text()


def test_a_new_order_appears_on_the_board_by_itself(open_page: OpenPage, bakery: Shop) -> None:
    page = open_page(f"/workbench/{bakery.merchant_id}/board", "desk", token=bakery.owner)
    name, _ = ordered(bakery, 9)
    expect(card_of(page, name).first).to_be_visible(timeout=20000)


def test_a_neighbour_cannot_open_the_workbench_of_a_shop(open_page: OpenPage, bakery: Shop) -> None:
    page = open_page("/", token=bakery.tokens[0])
    assert page.request.get(f"/workbench/{bakery.merchant_id}/board").status in {403, 404}
