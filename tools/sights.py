"""The main pages of the demo town: how to reach each by following links, and as whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PASSWORD = "linli-demo"
MAILS = {
    "resident": "resident@linli.test",
    "merchant": "merchant@linli.test",
    "operator": "operator@linli.test",
}


@dataclass(frozen=True)
class Sight:
    """A page worth looking at: start at a path and follow the first link of each pattern."""

    name: str
    start: str
    follow: tuple[str, ...] = ()
    who: str = ""


SHOP = r"^/workbench/\d+"

SIGHTS = [
    Sight("front", "/"),
    Sight("boards", "/forum/"),
    Sight("board", "/forum/", (r"^/forum/boards/\d+",)),
    Sight("thread", "/forum/", (r"^/forum/boards/\d+", r"^/forum/threads/\d+")),
    Sight("events", "/events/"),
    Sight("event", "/events/", (r"^/events/\d+",)),
    Sight("shops", "/merchants/"),
    Sight("shop", "/merchants/", (r"^/merchants/\d+",)),
    Sight("listings", "/merchants/listings"),
    Sight("listing", "/merchants/listings", (r"^/merchants/listings/\d+",)),
    Sight("search", "/search?q=%E9%9D%A2%E5%8C%85"),
    Sight("map", "/map"),
    Sight("sign-in", "/me/sign-in"),
    Sight("sign-up", "/me/sign-up"),
    Sight("front-member", "/", (), "resident"),
    Sight("thread-member", "/forum/", (r"^/forum/boards/\d+", r"^/forum/threads/\d+"), "resident"),
    Sight("me", "/me/", (), "resident"),
    Sight("orders", "/orders/", (), "resident"),
    Sight("order", "/orders/", (r"^/orders/\d+",), "resident"),
    Sight("inbox", "/me/notifications/", (), "resident"),
    Sight("basket", "/orders/basket", (), "resident"),
    Sight("workbench", "/workbench/", (), "merchant"),
    Sight("workbench-today", "/workbench/", (SHOP, r"^/workbench/\d+/$"), "merchant"),
    Sight("preparation", "/workbench/", (SHOP, r"^/workbench/\d+/board"), "merchant"),
    Sight("counter", "/workbench/", (SHOP, r"^/workbench/\d+/counter"), "merchant"),
    Sight("workbench-listings", "/workbench/", (SHOP, r"^/workbench/\d+/listings"), "merchant"),
    Sight("bills", "/workbench/", (SHOP, r"^/workbench/\d+/bills"), "merchant"),
    Sight("operator", "/operator/", (), "operator"),
    Sight("duty", "/operator/duty", (), "operator"),
    Sight("review", "/operator/review", (), "operator"),
    Sight("operator-bills", "/operator/bills", (), "operator"),
    Sight("audit", "/operator/audit", (), "operator"),
]


class NoSuchLinkError(LookupError):
    """The page holds no link of the kind that leads on."""


def address_of(sight: Sight, fetch: Callable[[str], str]) -> str:
    """Return the address of a sight; `fetch(path)` gives a page's HTML as the right person."""
    path = sight.start
    for pattern in sight.follow:
        links = re.findall(r'href="([^"]+)"', fetch(path))
        found = [link for link in links if re.match(pattern, link)]
        if not found:
            raise NoSuchLinkError(f"{path} has no link to {pattern}")
        path = found[0].replace("&amp;", "&")
    return path


def sign_in(page: Any, who: str) -> None:
    """Sign in on the sign-in page, as a person would."""
    page.goto("/me/sign-in")
    page.locator("input[name=mail]").fill(MAILS[who])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/me/sign-in" not in url)


def speak(page: Any, language: str) -> None:
    """Choose the language that the signed-in person reads: `zh` or `en`."""
    page.goto("/me/settings")
    page.locator(f"input[name=language][value={'zh_Hans' if language == 'zh' else 'en'}]").check()
    with page.expect_navigation():
        page.locator("form:has(input[name=language]) button").last.click()
