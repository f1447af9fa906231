"""Take pictures of the main pages into shots/: phone and desk, Chinese and English, light and dark;
and film three first minutes on a phone, page by page, into life-<who>-<number>.png.

Usage: shots.py [--only NAME]… [--town ADDRESS]; without a town it serves a demo town of its own,
and films. The film's name is lives.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import live, lives
from tools.shop import SESSION, open_bare_shop
from tools.sights import SIGHTS, NoSuchLinkError, Sight, address_of, sign_in, speak

SHOTS = live.ROOT / "shots"
SCREENS = {"phone": (360, 780, 2), "desk": (1280, 900, 1)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SCHEMES = ("light", "dark")


def main() -> int:
    """Take every picture asked for; a page that cannot be reached is named and left out."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", action="append", default=[], help="name of a sight")
    asked.add_argument("--town", default="", help="address of a town that is already served")
    given = asked.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Pictures need chromium: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    SHOTS.mkdir(exist_ok=True)
    sights = [sight for sight in SIGHTS if not given.only or sight.name in given.only]
    with town(given.town) as (address, site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for who in sorted({sight.who for sight in sights}):
            mine = [sight for sight in sights if sight.who == who]
            for picture in taken(browser, address, who, mine):
                print(picture, flush=True)
        if site and (not given.only or "lives" in given.only):
            film(browser, site)
        browser.close()
    return 0


@contextmanager
def town(address: str) -> Iterator[tuple[str, live.Site | None]]:
    """Give the address of a demo town, and the site if it is ours."""
    if address:
        yield address, None
        return
    with live.site(LINLI_SQLITE_SYNCHRONOUS="NORMAL") as site:
        print("writing a demo town…", flush=True)
        site.must("demo", "town")
        site.start()
        yield site.address, site


def film(browser: Any, site: live.Site) -> None:
    """Live the three lives once, in Chinese and by day, and keep a picture of each page."""
    lives.resident(walk(browser, site.address, "resident"))
    shop_id, owner = open_bare_shop(site, "Noodles", "Mo-Sa 07:00-19:00")
    seller = walk(browser, site.address, "merchant")
    seller.page.context.add_cookies([{"name": SESSION, "value": owner, "url": site.address}])
    speak(seller.page, "zh")
    lives.merchant(seller, shop_id)
    with live.site(LINLI_FIRST_START="yes", LINLI_SQLITE_SYNCHRONOUS="NORMAL") as empty:
        empty.start()
        key = empty.must("town", "key").split()[-1]
        lives.operator(walk(browser, empty.address, "operator"), key)


def walk(browser: Any, address: str, name: str) -> lives.Walk:
    """Take a new phone in hand."""
    width, height, scale = SCREENS["phone"]
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, device_scale_factor=scale,
        locale="zh-CN", color_scheme="light", timezone_id="Asia/Shanghai", has_touch=True,
        reduced_motion="reduce",
    )  # fmt: skip
    return lives.Walk(context.new_page(), name, SHOTS)


def taken(browser: Any, address: str, who: str, sights: list[Sight]) -> Iterator[str]:
    """Take all pictures that one person sees; yield the name of each."""
    state = None
    for language, locale in LANGUAGES.items():
        if who:
            state = signed_in(browser, address, who, language)
        for screen, (width, height, scale) in SCREENS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    base_url=address, viewport={"width": width, "height": height},
                    device_scale_factor=scale, locale=locale, color_scheme=scheme,
                    timezone_id="Asia/Shanghai", storage_state=state,
                )  # fmt: skip
                page = context.new_page()
                for sight in sights:
                    name = f"{sight.name}-{screen}-{language}-{scheme}.png"
                    yield name if shot(page, sight, SHOTS / name) else f"{name}: not reached"
                context.close()


def signed_in(browser: Any, address: str, who: str, language: str) -> Any:
    """Return the browser's cookies of a person who has signed in and reads this language."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    sign_in(page, who)
    speak(page, language)
    state = context.storage_state()
    context.close()
    return state


def shot(page: Any, sight: Sight, file: Path) -> bool:
    """Go to the sight and take its whole page; False where no link leads there."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 800})
    try:
        page.goto(address_of(sight, lambda path: str(page.request.get(path).text())))
    except NoSuchLinkError:
        return False
    page.wait_for_load_state("networkidle")
    # As high as the page, so that what sticks to the bottom stands at its end.
    width = page.viewport_size["width"]
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 780), 6000)})
    page.screenshot(path=file)
    return True


if __name__ == "__main__":
    sys.exit(main())
