"""The town's words: enough of everything, in both languages, nothing twice, nothing dangling."""

from __future__ import annotations

import random
import re

from app.core.drawings import KINDS
from app.demo.content.gatherings import MEETS
from app.demo.content.pantry import PANTRY
from app.demo.content.people import VOICES, names
from app.demo.content.shops import SHOPS
from app.demo.content.threads import THREADS
from app.demo.content.town import BOARDS, HOODS, POINTS, TRADES
from app.demo.content.workshop import WORKSHOP

OFFERS = PANTRY + WORKSHOP
CHINESE = re.compile("[\u4e00-\u9fff]")
VOICE_KEYS = {voice.key for voice in VOICES}


def test_the_town_is_as_large_as_promised() -> None:
    assert len(SHOPS) >= 24
    assert len({shop.trade for shop in SHOPS}) >= 8
    assert len(OFFERS) >= 120
    assert len(THREADS) >= 60
    assert len(MEETS) >= 14
    assert 4 <= len(HOODS) <= 6


def test_nothing_is_said_or_sold_twice() -> None:
    for things in (
        [shop.key for shop in SHOPS],
        [shop.name_zh for shop in SHOPS],
        [shop.name_en for shop in SHOPS],
        [shop.phone for shop in SHOPS],
        [shop.address for shop in SHOPS],
        [offer.key for offer in OFFERS],
        [offer.name_zh for offer in OFFERS],
        [offer.name_en for offer in OFFERS],
        [offer.about for offer in OFFERS],
        [topic.title for topic in THREADS],
        [topic.text for topic in THREADS],
        [reply.text for topic in THREADS for reply in topic.replies if len(reply.text) > 4],
        [meet.title for meet in MEETS],
        [voice.key for voice in VOICES],
        [voice.name for voice in VOICES],
        [board.key for board in BOARDS],
    ):
        assert len(set(things)) == len(things), sorted(
            thing for thing in things if things.count(thing) > 1
        )


def test_every_name_that_is_used_exists() -> None:
    spoken = {topic.who for topic in THREADS} | {
        reply.who for topic in THREADS for reply in topic.replies
    }
    led = {board.leader for board in BOARDS} | {meet.host for meet in MEETS}
    owned = {shop.owner for shop in SHOPS}
    assert {key for key in spoken | led | owned if not key.startswith("?")} <= VOICE_KEYS
    assert {shop.trade for shop in SHOPS} <= {trade.slug for trade in TRADES}
    assert {trade.drawing for trade in TRADES} <= set(KINDS)
    hoods = {hood.slug for hood in HOODS}
    assert {thing.hood for thing in (*SHOPS, *MEETS, *POINTS, *VOICES)} <= hoods
    assert {topic.board for topic in THREADS} == {board.key for board in BOARDS}
    shops = {shop.key for shop in SHOPS}
    assert {offer.shop for offer in OFFERS} == shops
    assert {key for point in POINTS for key in point.shops} <= shops
    helpers = {(shop.key, helper.key) for shop in SHOPS for helper in shop.helpers}
    assert {(offer.shop, key) for offer in OFFERS for key in offer.helpers} <= helpers


def test_both_languages_are_spoken() -> None:
    assert all(CHINESE.search(shop.name_zh) and shop.name_en.isascii() for shop in SHOPS)
    assert all(CHINESE.search(offer.name_zh) and offer.name_en.isascii() for offer in OFFERS)
    assert all(meet.title_en and meet.about_en for meet in MEETS)
    assert sum(topic.lang == "en" for topic in THREADS) >= 8
    assert sum(topic.lang == "zh_Hans" for topic in THREADS) >= 40


def test_things_to_buy_have_a_price_and_things_to_eat_say_what_is_in_them() -> None:
    for offer in OFFERS:
        assert all(0 < size.price_minor <= 30_000 for size in offer.sizes), offer.key
        assert offer.is_service == bool(offer.helpers), offer.key
        assert offer.is_service or all(size.stock for size in offer.sizes), offer.key
        sizes = [size.name_zh for size in offer.sizes]
        assert len(set(sizes)) == len(sizes)
    assert all(offer.allergens for offer in OFFERS if offer.shop in {"maitian", "abing"})
    assert all(
        shop.slots
        for shop in SHOPS
        if any(offer.shop == shop.key and not offer.is_service for offer in OFFERS)
    )


def test_every_shop_stands_in_its_own_neighbourhood_and_no_phone_is_anybodys() -> None:
    for shop in SHOPS:
        outline = next(hood for hood in HOODS if hood.slug == shop.hood).outline
        assert min(p[0] for p in outline) < shop.lat < max(p[0] for p in outline), shop.key
        assert min(p[1] for p in outline) < shop.lng < max(p[1] for p in outline), shop.key
        assert shop.phone.startswith(("028-5550-0", "138-0000-"))


def test_some_threads_wait_and_some_gatherings_are_today() -> None:
    waiting = [topic for topic in THREADS if topic.fresh is not None and not topic.replies]
    assert len(waiting) >= 6
    assert max(topic.fresh or 0 for topic in waiting) > 24
    days = [meet.day for meet in MEETS]
    assert min(days) <= -60
    assert 0 in days
    assert sum(0 < day <= 7 for day in days) >= 3


def test_any_number_of_neighbours_has_names_of_their_own() -> None:
    many = list(names(random.Random(3), 3000))
    assert len(set(many)) == 3000
    assert list(names(random.Random(3), 50)) == many[:50]
