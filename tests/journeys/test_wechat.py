"""What only WeChat's browser meets: files that it cannot save, copying without a clipboard."""

import re

from tests.journeys.conftest import WECHAT, OpenPage


def test_a_calendar_file_becomes_an_address_to_copy(open_page: OpenPage, gathering: str) -> None:
    page = open_page(gathering, scripts=WECHAT)
    page.locator("a[href*='.ics']").first.click()
    page.wait_for_url("**/open-elsewhere**")
    address = page.locator("#elsewhere").input_value()
    assert re.fullmatch(r"http://[^/]+/events/.*\.ics.*", address)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()


def test_a_thing_is_sent_on_with_a_press_and_hold(open_page: OpenPage, gathering: str) -> None:
    page = open_page(gathering, scripts=WECHAT)
    page.get_by_role("link", name="Send it on").click()
    page.wait_for_url("**/share/gathering/**")
    picture = page.locator("img.share-card")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 750
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
