"""The counter's camera: start it, hold a code before it, see the order; and every way around it.

Debian's Chromium reads no codes itself, so a stand-in reads them; camera and page are real.
"""

import re
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, press
from tests.journeys.test_merchant import code_of, ordered
from tools.shop import Shop

READER = """
window.looked = 0;
window.BarcodeDetector = class {
  constructor(options) { window.wanted = options.formats; }
  async detect(video) {
    if (!(video.videoWidth > 0 && video.readyState >= 2)) { return []; }
    window.looked += 1;
    return window.looked > 3 ? [{ rawValue: %r }] : [];
  }
};
"""
REFUSED = """
const refused = new DOMException("no", "NotAllowedError");
navigator.mediaDevices.getUserMedia = async () => { throw refused; };
"""


def counter(
    open_page: OpenPage, bakery: Shop, screen: str, *scripts: str, take_away: bool = False
) -> Any:
    """Open the counter in a browser that was given these scripts first."""
    page = open_page(f"/workbench/{bakery.merchant_id}/counter", screen, token=bakery.owner)
    for script in scripts:
        page.context.add_init_script(script)
    if take_away:
        page.context.add_init_script("delete window.BarcodeDetector;")
    page.goto(f"/workbench/{bakery.merchant_id}/counter")
    return page


def accepted(open_page: OpenPage, bakery: Shop, number: int) -> tuple[str, int]:
    name, order_id = ordered(bakery, number)
    board = open_page(f"/workbench/{bakery.merchant_id}/board", token=bakery.owner)
    card = board.locator("article", has_text=name)
    press(board, card.get_by_role("button", name="Accept"))
    return name, order_id


def shown_code(open_page: OpenPage, bakery: Shop, number: int, order_id: int) -> tuple[str, bytes]:
    """Return the code on the buyer's page, and a picture of its QR."""
    page = open_page(f"/orders/{order_id}", token=bakery.tokens[number])
    return code_of(bakery, number, order_id), page.locator(".ticket .qr").screenshot()


def test_a_code_before_the_camera_opens_its_order(
    open_page: OpenPage, bakery: Shop, screen: str
) -> None:
    name, order_id = accepted(open_page, bakery, 5)
    code, _picture = shown_code(open_page, bakery, 5, order_id)
    page = counter(open_page, bakery, screen, READER % code)
    video = page.locator("[data-scan] video")
    expect(video).to_be_hidden()
    with page.expect_navigation():
        page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.get_by_role("button", name=re.compile("handed over")).first).to_be_visible()


def test_the_camera_shows_its_picture_until_a_code_is_there(
    open_page: OpenPage, bakery: Shop
) -> None:
    never = READER.replace("window.looked > 3", "false") % ""
    page = counter(open_page, bakery, "phone", never)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("[data-scan] video")).to_be_visible()
    for _ in range(200):  # the security policy lets nobody wait by a function in the page
        if page.evaluate("window.looked > 3"):
            break
        page.wait_for_timeout(50)
    assert page.evaluate("window.looked") > 3
    assert page.evaluate("window.wanted") == ["qr_code"]
    assert page.evaluate("document.querySelector('[data-scan] video').videoWidth") > 0


def test_a_code_of_nobody_says_so_on_the_counter(open_page: OpenPage, bakery: Shop) -> None:
    page = counter(open_page, bakery, "phone", READER % "ZZZZ9999")
    with page.expect_navigation():
        page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("[role=alert]")).to_contain_text("No order has this code")
    expect(page.get_by_role("button", name="Find", exact=True)).to_be_visible()


def test_who_refuses_the_camera_is_offered_a_photo(open_page: OpenPage, bakery: Shop) -> None:
    page = counter(open_page, bakery, "phone", READER % "ZZZZ9999", REFUSED)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#photo")).to_be_visible()


def test_where_the_browser_reads_no_codes_a_photo_of_one_opens_its_order(
    open_page: OpenPage, bakery: Shop, screen: str
) -> None:
    name, order_id = accepted(open_page, bakery, 6)
    _code, picture = shown_code(open_page, bakery, 6, order_id)
    page = counter(open_page, bakery, screen, take_away=True)
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()
    page.get_by_text("Scan a photo instead").click()
    page.locator("#photo").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture}
    )
    press(page, page.get_by_role("button", name="Read the code"))
    expect(page.locator("h1")).to_contain_text(name)
