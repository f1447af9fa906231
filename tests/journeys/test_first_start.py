"""From an empty database to the first post, on a phone: an operator's first ten minutes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import SCREENS, note, press
from tests.journeys.test_sights import SMALL, faults, too_wide
from tools import live

SIZES = ("standard", "large", "largest")


@pytest.fixture(scope="module")
def empty_site() -> Iterator[live.Site]:
    """A served site in which nobody lives."""
    with live.site(LINLI_FIRST_START="yes", LINLI_SQLITE_SYNCHRONOUS="NORMAL") as site:
        site.start()
        yield site


@pytest.fixture
def phone(browser: Any, empty_site: live.Site) -> Iterator[Any]:
    """A phone that speaks English; what the browser complains about fails the test."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport=SCREENS["phone"], locale="en-GB", base_url=empty_site.address, has_touch=True
    )
    page = context.new_page()
    page.set_default_timeout(15000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: note(message, complaints))
    yield page
    context.close()
    assert complaints == []


def look_closely(page: Any, wrong: dict[str, list[str]]) -> None:
    """Hold the page to axe, a thumb and the screen's width, at all three text sizes."""
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
    for size in SIZES:
        page.evaluate("size => { document.documentElement.dataset.size = size }", size)
        found = [*too_wide(page), *page.evaluate(SMALL)]
        found += faults(page) if size != "large" else []
        if found:
            wrong[f"{page.url} {size}"] = found
    page.evaluate("document.documentElement.dataset.size = 'standard'")


def go_on(page: Any, wrong: dict[str, list[str]]) -> None:
    """Look at the step closely, and keep it."""
    look_closely(page, wrong)
    press(page, page.get_by_role("button", name="Keep and go on"))


def test_an_empty_site_is_a_town_with_a_first_post_after_nine_short_pages(
    phone: Any, empty_site: live.Site
) -> None:
    page, wrong = phone, dict[str, list[str]]()
    page.goto("/forum/")
    assert page.url.endswith("/start/")
    key = empty_site.must("town", "key").split()[-1]
    assert key in (empty_site.folder / "server.log").read_text()
    page.get_by_label("First-start key").fill(key)
    page.get_by_label("Your name here").fill("Lin")
    page.get_by_label("Mail address").fill("lin@example.org")
    page.get_by_label("Password").fill("willow-river-lantern-9")
    look_closely(page, wrong)
    press(page, page.get_by_role("button", name="Begin"))

    page.get_by_label("An old small town").check()
    go_on(page, wrong)
    page.get_by_label("Name in Chinese").fill("青石镇")
    page.get_by_label("Name in English").fill("Bluestone")
    page.get_by_label("Leaf").check()
    go_on(page, wrong)

    page.get_by_label("The middle of the town").fill("31.27, 120.73")
    page.get_by_label("The middle of the town").blur()
    page.get_by_label("Name in Chinese").fill("南街")
    box = page.locator(".draw .map").bounding_box()
    assert box is not None
    for right, down in ((90, 90), (220, 90), (220, 220)):
        page.locator(".draw .map").click(position={"x": right, "y": down})
    assert len(page.get_by_label("Outline").input_value().splitlines()) == 3
    go_on(page, wrong)

    page.locator("details.line summary").first.click()
    page.get_by_label("Name in Chinese").first.fill("有事问街坊")
    go_on(page, wrong)
    go_on(page, wrong)
    for number, address in enumerate(("南街 1 号", "集市口")):
        page.locator(f"input[name=rows-{number}-address]").fill(address)
    go_on(page, wrong)
    go_on(page, wrong)
    go_on(page, wrong)
    look_closely(page, wrong)
    press(page, page.get_by_role("button", name="Open the town"))
    assert "Bluestone" in page.locator("header").inner_text()
    look_closely(page, wrong)

    page.goto("/forum/")
    page.locator("main a[href^='/forum/boards/']").first.click()
    page.wait_for_url("**/forum/boards/*")
    page.goto(page.url + "/new")
    page.locator("input[name=title]").fill("谁家有梯子？")
    page.locator("textarea").first.fill("借一下午，晚饭前还。")
    for field in page.locator("input[name^=detail]").all():
        field.fill("南街口")
    press(page, page.locator("main form button").last)
    assert "/forum/threads/" in page.url
    assert page.request.get("/start/").status == 404
    assert wrong == {}
