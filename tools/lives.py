"""A stranger's first minutes on a phone in each of three lives: done, counted, filmed.

Each life takes a page of Playwright and does what a person does, without knowing the code: it
follows what can be seen. Controls are found by what they send and not by their words, so that a
life is lived in any language.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The keystroke-level model, with a newcomer's slowness: to take a page in, to find and touch
# something, and to type one sign with a thumb.
SECONDS_A_PAGE, SECONDS_A_TOUCH, SECONDS_A_SIGN = 5.0, 2.0, 0.4
PASSWORD = "willow-river-lantern-9"


def _no_look(_page: Any) -> None:
    """Look no closer."""


@dataclass
class Walk:
    """One person on a phone: does something, counts it, and keeps a picture of each page."""

    page: Any
    name: str = ""
    film: Path | None = None
    look: Callable[[Any], None] = _no_look
    pages: int = 0
    taps: int = 0
    fields: int = 0
    signs: int = 0

    def open(self, path: str) -> None:
        """Type an address or scan its code."""
        self.page.goto(path)
        self.pages += 1

    def fill(self, field: Any, words: str) -> None:
        """Type words into a field."""
        field.fill(words)
        self.fields += 1
        self.signs += len(words)

    def tap(self, place: Any) -> None:
        """Touch something that stays on this page."""
        place.check() if place.get_attribute("type") in ("radio", "checkbox") else place.click()
        self.taps += 1

    def press(self, place: Any) -> None:
        """Touch what leads to another page, once this one was looked at."""
        place.scroll_into_view_if_needed()
        self.see()
        with self.page.expect_navigation():
            place.click()
        self.taps += 1
        self.pages += 1

    def see(self) -> None:
        """Look at the page, and keep the picture where a film is made."""
        self.look(self.page)
        if self.film:
            self.page.screenshot(path=self.film / f"life-{self.name}-{self.pages:02d}.png")

    @property
    def seconds(self) -> float:
        """How long a person takes for this."""
        touches = self.taps + self.fields
        return SECONDS_A_PAGE * self.pages + SECONDS_A_TOUCH * touches + SECONDS_A_SIGN * self.signs


def sign_up(walk: Walk) -> None:
    """From the front page to being a neighbour."""
    page = walk.page
    walk.open("/")
    walk.press(page.locator("nav.places a[href^='/me/']"))
    walk.press(page.locator("main a[href^='/me/sign-up']").first)
    walk.fill(page.locator("input[name=name]"), f"小禾{uuid.uuid4().hex[:4]}")
    walk.fill(page.locator("input[name=mail]"), f"{uuid.uuid4().hex[:10]}@example.org")
    walk.fill(page.locator("input[name=password]"), PASSWORD)
    walk.press(page.locator("main form[action='/me/sign-up'] button").last)
    walk.see()


def first_order(walk: Walk) -> None:
    """From the front page to an order: a shop that is open, a thing, a time."""
    page = walk.page
    walk.open("/")
    walk.press(page.locator("main a[href^='/merchants/']:not([href*='listings'])").first)
    walk.press(page.locator("main a[href^='/merchants/listings/']").first)
    walk.press(page.locator("button[form=order]"))
    walk.press(page.locator(".bar button"))
    walk.fill(page.locator("input[name=phone]"), "13900001234")
    walk.tap(page.locator("input[name^=slot_]:not([disabled]):visible").first)
    walk.press(page.locator("button[form=place]"))
    walk.see()


def resident(walk: Walk) -> None:
    """Join, and order."""
    sign_up(walk)
    first_order(walk)


def merchant(walk: Walk, shop_id: int) -> None:
    """From the first look at an approved shop to a thing that neighbours can order."""
    page = walk.page
    walk.open(f"/workbench/{shop_id}/")
    walk.press(page.locator("main a[href$='/listings/new']"))
    walk.fill(page.locator("input[name=name_zh]"), "葱油拌面")
    walk.fill(page.locator("input[name$=price]:visible").first, "12")
    walk.press(page.locator("main form button[value=sale]"))
    walk.tap(page.locator(".side-more"))
    walk.press(page.locator(".side a[href$='/points']"))
    walk.press(page.locator("main a[href$='/points/new']"))
    walk.press(page.locator("main form button").last)
    walk.tap(page.locator(".side-more"))
    walk.press(page.locator(".side a[href$='/listings']"))
    walk.press(page.locator("main a[href^='/merchants/listings/']").first)
    walk.see()


def operator(walk: Walk, key: str) -> None:
    """From an empty site to a town that is open: nine short pages."""
    page = walk.page
    walk.open("/")
    said = {"start_key": key, "name": "林主任", "mail": "lin@example.org", "password": PASSWORD}
    for name, words in said.items():
        walk.fill(page.locator(f"main input[name={name}]"), words)
    walk.press(page.locator("main form button").last)
    walk.tap(page.locator("input[name=kind]").nth(1))
    go_on(walk)
    walk.fill(page.locator("input[name=name]"), "青石镇")
    walk.tap(page.locator("input[name=accent]").nth(1))
    go_on(walk)
    walk.fill(page.locator("input[name=middle]"), "31.27, 120.73")
    walk.fill(page.locator("input[name=rows-0-name]"), "南街")
    for right, down in ((90, 90), (220, 90), (220, 220)):
        page.locator(".draw .map").click(position={"x": right, "y": down})
        walk.taps += 1
    assert len(page.locator("textarea[name=rows-0-outline]").input_value().splitlines()) == 3
    go_on(walk)
    walk.tap(page.locator("details.line summary").first)
    walk.fill(page.locator("input[name=rows-0-name]"), "有事问街坊")
    go_on(walk)
    go_on(walk)
    for number, address in enumerate(("南街 1 号", "集市口")):
        walk.fill(page.locator(f"input[name=rows-{number}-address]"), address)
    go_on(walk)
    go_on(walk)
    go_on(walk)
    walk.press(page.locator("main form button").last)
    walk.see()


def go_on(walk: Walk) -> None:
    """Keep the step, and see the next."""
    walk.press(walk.page.locator(".start-go button").first)
