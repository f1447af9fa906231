"""What chats take of a thing: a picture with a code, text, a poster."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import transaction
from app.core.media import cards
from app.core.media.cards import Card, can_draw_cards, drawn_card
from app.forum import services as forum
from app.moderation.types import Rule
from tests.factories.events import gathering, neighbour
from tests.factories.forum import a_board, a_thread
from tests.factories.merchants import goods, shop
from tests.visitor import Page, Visitor


@pytest.fixture
def font(app: Flask) -> None:
    if not can_draw_cards():
        pytest.skip("no font with Chinese on this machine")


@pytest.mark.parametrize("kind", ["thread", "listing", "merchant", "gathering"])
def test_every_kind_can_be_sent_on_as_text_picture_and_poster(
    guest: Visitor, font: None, kind: str
) -> None:
    bakery = shop()
    subject = {
        "thread": lambda: a_thread(a_board(), neighbour(), "谁家有阳台菜的苗？"),
        "listing": lambda: goods(bakery),
        "merchant": lambda: bakery,
        "gathering": lambda: gathering(title="阳台菜换苗"),
    }[kind]()
    page = guest.visit(f"/share/{kind}/{subject.id}")
    text = next(page.tree.iter("textarea")).text or ""
    address = text.splitlines()[-1]
    assert guest.visit(address.removeprefix("http://localhost")).status == 200
    drawn = guest.get(f"/share/{kind}/{subject.id}.jpg").answer
    picture = Image.open(io.BytesIO(drawn.data))
    assert picture.format == "JPEG"
    assert picture.width == 750
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]
    assert "<svg" in guest.visit(f"/share/{kind}/{subject.id}/poster").text


def test_the_pages_of_things_lead_to_sending_them_on(guest: Visitor) -> None:
    thread, event = a_thread(a_board(), neighbour()), gathering()
    offer = goods(shop())
    for url, wanted in (
        (f"/forum/threads/{thread.id}", f"/share/thread/{thread.id}"),
        (f"/events/{event.id}", f"/share/gathering/{event.id}"),
        (f"/merchants/listings/{offer.id}", f"/share/listing/{offer.id}"),
        (f"/merchants/{offer.merchant_id}", f"/share/merchant/{offer.merchant_id}"),
    ):
        assert wanted in guest.visit(url).text


def test_what_a_guest_may_not_see_is_not_sent_on(guest: Visitor) -> None:
    draft = gathering(is_draft=True)
    thread = a_thread(a_board(), neighbour())
    with transaction():
        forum.hide_thread(SYSTEM, thread, rule=Rule.SPAM, at=clock.now())
    for path in (f"gathering/{draft.id}", f"thread/{thread.id}", "thread/999", "user/1", "order/1"):
        for end in ("", ".jpg", "/poster"):
            assert guest.get(f"/share/{path}{end}").status in {403, 404}, path + end


def test_a_machine_without_chinese_letters_offers_the_text_alone(
    guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = gathering()
    cards._font_file.cache_clear()
    monkeypatch.setattr(cards, "PLACES", ())
    page = guest.visit(f"/share/gathering/{event.id}")
    assert ".jpg" not in page.text
    assert guest.get(f"/share/gathering/{event.id}.jpg").status == 404
    cards._font_file.cache_clear()


@pytest.mark.parametrize(
    "title", ["", "长" * 400, "W" * 300, "🥖面包🥖", "a\n\tb", "\u202e翻", "مرحبا", "𠮷野家" * 40]
)
def test_any_title_fits_on_a_card(font: None, title: str) -> None:
    drawn = drawn_card(Card(title, (title, title), "http://localhost/", title, title))
    assert drawn is not None
    assert Image.open(io.BytesIO(drawn)).height < 1400


def told(page: Page) -> dict[str, Any]:
    scripts = [
        node for node in page.tree.iter("script") if node.get("type") == "application/ld+json"
    ]
    assert len(scripts) == 1
    return dict(json.loads(scripts[0].text or ""))


def test_what_reads_pages_finds_data_on_them_and_members_do_not_pay_for_it(
    guest: Visitor, sign_in: Callable[..., Visitor]
) -> None:
    asker, event = neighbour(), gathering(title="阳台菜换苗")
    thread = a_thread(a_board(), asker, "</script><b>谁家有苗？")
    offer = goods(shop(), price=2650)
    posting = told(guest.visit(f"/forum/threads/{thread.id}"))
    assert (posting["@type"], posting["headline"]) == ("DiscussionForumPosting", thread.title)
    product = told(guest.visit(f"/merchants/listings/{offer.id}"))
    assert (product["offers"]["price"], product["offers"]["priceCurrency"]) == ("26.50", "CNY")
    meeting = told(guest.visit(f"/events/{event.id}"))
    assert meeting["startDate"] == event.starts_at.isoformat()
    business = guest.visit(f"/merchants/{offer.merchant_id}")
    assert told(business)["@type"] == "LocalBusiness"
    assert 'property="og:title"' in business.text
    assert "ld+json" not in sign_in(asker).visit(f"/forum/threads/{thread.id}").text


def test_an_app_that_saves_no_files_gets_the_address_to_copy(guest: Visitor) -> None:
    page = guest.visit("/open-elsewhere?to=/events/feed.ics%3Flang=en")
    assert 'value="http://localhost/events/feed.ics?lang=en"' in page.text


@pytest.mark.parametrize("to", ["", "x", "//evil.example", "https://evil.example", "/%0d", "/%5C"])
def test_no_address_of_others_is_given_out(guest: Visitor, to: str) -> None:
    assert guest.get(f"/open-elsewhere?to={to}").status == 404
