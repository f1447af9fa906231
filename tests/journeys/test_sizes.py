"""Every main page at three text sizes, on a phone and a desk: sound, and fit for a thumb."""

import uuid
from typing import Any

import pytest

from tests.journeys.conftest import SCREENS, OpenPage, press
from tests.journeys.test_sights import faults, fetch, too_wide
from tools.shop import Shop, place_order
from tools.sights import SIGHTS, address_of

SIZES = {"standard": 16, "large": 18, "largest": 21}
# Where axe looks: at a desk's standard size test_sights holds every page to it, and what a middle
# size could break is broken at the largest.
HEARD = {("phone", "standard"), ("phone", "largest"), ("desk", "largest")}
WHOS = ["", "resident", "merchant", "operator"]
# A link inside a sentence is as high as its line; what stands alone is a target.
TARGETS = "button, select, input, textarea, summary, a, .choice label"
NARROW = f"""() => [...document.querySelectorAll('{TARGETS}')]
    .filter(one => !['hidden', 'checkbox', 'radio'].includes(one.type) && one.offsetParent)
    .filter(one => !one.closest('.leaflet-container, .skip'))
    .filter(one => one.tagName !== 'A' || getComputedStyle(one).display !== 'inline')
    .map(one => [Math.round(one.getBoundingClientRect().height), one.outerHTML.slice(0, 120)])
    .filter(([height]) => height < 44)
    .map(([height, words]) => `${{height}} px high: ${{words}}`)"""


def resize(page: Any, size: str) -> None:
    """Show the page in another text size."""
    page.evaluate("size => { document.documentElement.dataset.size = size }", size)


@pytest.mark.parametrize("who", WHOS)
def test_no_text_size_breaks_a_page(open_page: OpenPage, who: str) -> None:
    page = open_page("/", who=who)
    page.emulate_media(reduced_motion="reduce")
    wrong: dict[str, list[str]] = {}
    for sight in (sight for sight in SIGHTS if sight.who == who):
        page.goto(address_of(sight, lambda path: fetch(page, path)))
        for screen, room in SCREENS.items():
            page.set_viewport_size(room)
            for size in SIZES:
                resize(page, size)
                found = [*too_wide(page)]
                found += faults(page) if (screen, size) in HEARD else []
                found += page.evaluate(NARROW) if screen == "phone" else []
                if found:
                    wrong[f"{sight.name} {screen} {size}"] = found
    assert wrong == {}


def test_a_guest_chooses_a_size_once_and_reads_on_in_it(open_page: OpenPage) -> None:
    page = open_page("/forum/")
    page.locator(".foot a[href*='/look']").click()
    page.wait_for_url("**/look**")
    press(page, page.get_by_role("button", name="Extra large"))
    for path in ("/", "/merchants/", "/events/"):
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21px"


def test_a_planted_small_target_is_seen(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate("""() => { const planted = document.createElement('button');
        planted.style.cssText = 'height: 20px; min-height: 0; display: block';
        planted.textContent = 'x'; document.querySelector('main').append(planted); }""")
    assert any("20 px high" in fault for fault in page.evaluate(NARROW))


def test_the_counter_is_worked_by_keyboard_alone(open_page: OpenPage, bakery: Shop) -> None:
    name = f"Neighbour {uuid.uuid4().hex[:6]}"
    assert place_order(bakery.buyer(6), bakery, quantity=1, name=name) is not None
    page = open_page(f"/workbench/{bakery.merchant_id}/board", "desk", token=bakery.owner)
    press(page, page.locator("article", has_text=name).get_by_role("button", name="Accept"))
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    assert page.locator("[data-keys]").is_visible()
    find_by_keys(page, name)
    with page.expect_navigation():
        page.keyboard.press("Escape")
    assert page.url.endswith("/counter")
    find_by_keys(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    assert f"{name} ✓" in page.locator("main").inner_text()


def find_by_keys(page: Any, name: str) -> None:
    """From the counter to the order without a pointer: find it, open the first line."""
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert name in page.locator("h1").inner_text()
    assert page.evaluate("document.activeElement.type") == "submit"
