"""The resident's journey: join, order in two shops, get a code; ask; join an event."""

import re
import uuid
from typing import Any

from tests.journeys.conftest import WECHAT, OpenPage, press
from tools.shop import Shop

CODE = r"[A-Z0-9]{4}-[A-Z0-9]{4}"


def join(page: Any) -> str:
    """Sign up on the page that is open; return the name."""
    name = f"Newcomer {uuid.uuid4().hex[:6]}"
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=mail]").fill(f"{uuid.uuid4().hex[:10]}@example.org")
    page.locator("input[name=password]").fill("willow-river-lantern-9")
    page.get_by_label("English", exact=True).check()
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(lambda url: "/me/sign-up" not in url)
    return name


def put_in_basket(page: Any, words: str) -> None:
    """Find a thing by its words and put one of it into the basket."""
    page.goto("/search")
    page.locator("main input[name=q]").fill(words)
    page.locator("main input[name=q]").press("Enter")
    page.locator("main").get_by_role("link", name=re.compile(words)).first.click()
    page.get_by_role("button", name="Add to basket").click()
    page.wait_for_url("**/orders/basket**")


def test_a_newcomer_joins_orders_in_two_shops_and_gets_two_codes(
    open_page: OpenPage, bakery: Shop, grocer: Shop, screen: str, scripts: bool
) -> None:
    page = open_page("/me/sign-up", screen, scripts=scripts)
    join(page)
    put_in_basket(page, "Rye loaf")
    put_in_basket(page, "Red apples")
    page.get_by_role("button", name="Choose a time").click()
    page.wait_for_url("**/orders/checkout/*")
    for shop in (bakery, grocer):
        page.locator(f"input[name=slot_{shop.merchant_id}]:not([disabled])").first.check()
    page.locator("input[name=phone]").fill("13900001234")
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url("**/orders/placed/**")
    links = page.locator("main a[href^='/orders/']")
    assert links.count() >= 2
    links.first.click()
    page.wait_for_url(re.compile(r"/orders/\d+"))
    ticket = page.get_by_label("Pickup code").first
    assert re.fullmatch(CODE, ticket.locator(".code").inner_text())
    assert ticket.locator("svg").count() >= 1
    assert "Waiting for the shop" in page.locator("h1").inner_text()


def test_a_guest_orders_and_finds_the_order_again_by_phone_and_code(
    open_page: OpenPage, bakery: Shop, scripts: bool
) -> None:
    page = open_page(f"/merchants/listings/{bakery.listing_id}", scripts=scripts)
    press(page, page.get_by_role("button", name="Add to basket"))
    press(page, page.get_by_role("button", name="Choose a time"))
    page.locator(f"input[name=slot_{bakery.merchant_id}]:not([disabled])").first.check()
    page.locator("input[name=name]").fill("Grandmother Li")
    page.locator("input[name=phone]").fill("13900005678")
    press(page, page.get_by_role("button", name="Place the order"))
    page.locator("main a[href^='/orders/']").first.click()
    code = page.locator(".code").inner_text()
    assert re.fullmatch(CODE, code)
    page.context.clear_cookies()
    page.goto("/orders/find")
    page.locator("input[name=phone]").fill("13900005678")
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/orders/\d+"))
    assert "Rye loaf" in page.locator("main").inner_text()


def test_a_question_is_asked_and_answered_by_a_neighbour(
    open_page: OpenPage, bakery: Shop, screen: str, scripts: bool
) -> None:
    words = f"Who repairs bicycles {uuid.uuid4().hex[:6]}?"
    asker = open_page("/forum/", screen, scripts=scripts, token=bakery.tokens[0])
    asker.locator("main a[href^='/forum/boards/']").first.click()
    asker.locator("main a[href$='/new']").first.click()
    asker.locator("input[name=title]").fill(words)
    asker.locator("textarea[name=body]").fill("The chain is off and I am no good at it.")
    asker.get_by_role("button", name="Post it").click()
    asker.wait_for_url(re.compile(r"/forum/threads/\d+"))
    answerer = open_page(asker.url, screen, scripts=scripts, token=bakery.tokens[1])
    assert words in answerer.locator("h1").inner_text()
    answerer.locator("textarea[name=body]").fill("The shed behind the market, mornings.")
    press(answerer, answerer.get_by_role("button", name="Reply", exact=True))
    asker.goto(asker.url)
    assert "The shed behind the market, mornings." in asker.locator("main").inner_text()


def test_one_press_sends_a_reply(
    open_page: OpenPage, bakery: Shop, screen: str, scripts: bool
) -> None:
    words = f"One press {uuid.uuid4().hex[:6]}"
    page = open_page("/forum/", screen, scripts=scripts, token=bakery.tokens[9])
    page.locator("main a[href^='/forum/threads/']").first.click()
    page.wait_for_url(re.compile(r"/forum/threads/\d+"))
    box = page.locator(".reply-text")
    box.scroll_into_view_if_needed()
    height = box.bounding_box()["height"]
    box.click()
    page.keyboard.type(words)
    assert box.bounding_box()["height"] == height
    # A bare press where the button is now: no help from a driver that waits and tries again.
    button = page.locator(".reply-line button").bounding_box()
    middle = (button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    with page.expect_navigation():
        (page.touchscreen.tap if screen == "phone" else page.mouse.click)(*middle)
    assert words in page.locator("main").inner_text()


def test_an_event_is_joined_and_left_again(
    open_page: OpenPage, gathering: str, bakery: Shop, screen: str, scripts: bool
) -> None:
    number = 6 if scripts == WECHAT else 2 + 2 * (screen == "desk") + int(scripts)
    page = open_page(gathering, screen, scripts=scripts, token=bakery.tokens[number])
    press(page, page.locator("form[action$='/sign-up'] button").first)
    assert page.locator("main svg").count() >= 1
    press(page, page.get_by_role("button", name="I cannot come").first)
    page.goto(gathering)
    assert page.locator("form[action$='/sign-up']").count() >= 1
