"""From an empty database to the first post, on a phone: an operator's first ten minutes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import SCREENS, note, press
from tests.journeys.test_sights import SMALL, faults, too_wide
from tools import live
from tools.lives import Walk, operator

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


def test_an_empty_site_is_a_town_with_a_first_post_after_nine_short_pages(
    phone: Any, empty_site: live.Site
) -> None:
    page, wrong = phone, dict[str, list[str]]()
    page.goto("/forum/")
    assert page.url.endswith("/start/")
    key = empty_site.must("town", "key").split()[-1]
    assert key in (empty_site.folder / "server.log").read_text()
    walk = Walk(page, look=lambda seen: look_closely(seen, wrong))
    operator(walk, key)
    assert (walk.pages, walk.fields) == (11, 10)
    assert walk.seconds < 600
    assert "青石镇" in page.locator("header").inner_text()

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
