"""Searches that people keep: what newly fits is told once, whatever the worker slept through."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.access import Viewer
from app.core.db import transaction
from app.core.lists import Page
from app.notifications.jobs.following import follow
from app.notifications.policies.saved import fits
from app.notifications.queries.inbox import inbox_of
from app.notifications.services.saved import save_search
from app.notifications.types import NoticeKind
from app.notifications.types.saved import (
    MOST_SAVED,
    Found,
    SavedPlace,
    SavedRow,
    kept_query,
)
from tests.factories.accounts import person, viewer
from tests.factories.events import neighbour
from tests.factories.forum import a_board, a_thread
from tests.factories.merchants import goods, shop

LISTINGS, SEARCH = SavedPlace.LISTINGS, SavedPlace.SEARCH


def seen_as(who) -> Viewer:
    return who if isinstance(who, Viewer) else viewer(who)


def keep(who, query: str, place: SavedPlace = LISTINGS, name: str = "Mine") -> None:
    with transaction():
        save_search(seen_as(who), place, query, name=name, at=clock.now())


def heard(who) -> list[str]:
    follow(clock.now())
    page: Page = inbox_of(seen_as(who))
    return [row.data["title"] for row in page.rows if row.kind is NoticeKind.SAVED_FOUND]


@pytest.fixture
def bakery(app):
    return shop("麦田面包房", owner=person("麦老板"))


def test_what_newly_fits_is_told_once_and_what_was_there_is_not(bakery) -> None:
    who = person("苏棠")
    goods(bakery, price=2600, name_zh="吐司", name_en="Toast")
    keep(who, "q=吐司&max=30")
    keep(who, "q=吐司", SEARCH)
    assert heard(who) == []
    goods(bakery, price=2800, name_zh="全麦吐司", name_en="Wholemeal toast")
    goods(bakery, price=3500, name_zh="蛋糕", name_en="Cake")
    assert heard(who) == ["全麦吐司"], "two searches, one thing, one piece of news"
    assert heard(who) == ["全麦吐司"]


def test_a_worker_that_slept_for_days_tells_everything_once(bakery) -> None:
    who = person("苏棠")
    keep(who, "max=30")
    for number in range(3):
        goods(bakery, price=2000, name_zh=f"面包{number}", name_en=f"Bread {number}")
    with clock.travel(clock.now() + timedelta(days=3)):
        assert sorted(heard(who)) == ["面包0", "面包1", "面包2"]
        assert len(heard(who)) == 3


def test_threads_are_found_by_a_search_of_the_town_and_ones_own_are_no_news(app) -> None:
    who, other = neighbour("苏棠"), neighbour("王梅")
    keep(who, "q=梯子&in=talk", SEARCH)
    a_thread(a_board(), who, "我有梯子可以借")
    assert heard(who) == []
    a_thread(a_board(), other, "谁家有梯子？")
    assert heard(who) == ["谁家有梯子？"]


def test_it_is_kept_listed_paused_and_let_go(bakery, sign_in) -> None:
    who = person("苏棠", language="en")
    mine, other = sign_in(who), sign_in(person("王梅"))
    page = mine.visit("/merchants/listings?q=Toast&open=1&sort=cheap")
    assert "Tell me of new ones" in page
    url = "/me/saved/listings?query=q%3DToast%26open%3D1%26sort%3Dcheap"
    assert mine.visit(url).field("name") == "Toast"
    assert mine.post(url, {"name": ""}).status == 422
    listed = mine.follow(mine.post(url, {"name": "Toast for me"}, status=303))
    assert "Toast for me" in listed
    assert "/merchants/listings?q=Toast" in listed.text
    assert "open=1" not in listed.text
    form = next(iter(listed.forms("/pause")))
    assert form
    for action in ("pause", "forget"):
        assert other.post(f"/me/saved/1/{action}", {"on": "1"}).status == 404
    mine.post("/me/saved/1/pause", {"on": "1"}, status=303)
    goods(bakery, name_zh="吐司", name_en="Toast")
    assert heard(who) == []
    mine.post("/me/saved/1/pause", {"on": "0"}, status=303)
    goods(bakery, name_zh="方包", name_en="Toast again")
    assert heard(who) == ["方包"]
    mine.post("/me/saved/1/forget", {}, status=303)
    assert "Nothing yet" in mine.visit("/me/saved")


def test_no_more_than_ten_are_kept_and_what_asks_for_nothing_is_not(app, sign_in) -> None:
    who = person("苏棠", language="en")
    for number in range(MOST_SAVED):
        keep(who, f"q=word{number}")
    mine = sign_in(who)
    page = mine.post("/me/saved/listings?query=q%3Dmore", {"name": "One more"})
    assert page.status == 422
    assert "Delete one of them" in page
    mine.post("/me/saved/listings?query=q%3Dword1", {"name": "Kept already"}, status=303)
    for query in ("", "open=1&sort=cheap", "q=%00", "%ff"):
        assert mine.get("/me/saved/listings", query_string={"query": query}).status == 404
    assert kept_query(SEARCH, "in=talk") == ""


@pytest.mark.parametrize(
    ("query", "is_fit"),
    [
        ("q=toast", True), ("q=oast", False), ("q=吐", True), ("category=3", True),
        ("category=4", False), ("place=1&kind=goods", True), ("kind=service", False),
        ("mark=vegetarian", True), ("mark=halal", False), ("min=26&max=26", True),
        ("min=27", False), ("max=25.99", False), ("near=30.7,103.9&within=500", True),
        ("near=30.8,103.9&within=500", False), ("near=x&within=500", True),
    ],
)  # fmt: skip
def test_a_listing_fits_by_everything_that_lasts(app, query, is_fit) -> None:
    found = Found(
        "listing", 5, "吐司 \x01toast", "吐司", "Toast", 3, 1, "goods", 2600, "vegan", 30.7, 103.9
    )
    row = SavedRow(1, 1, LISTINGS, kept_query(LISTINGS, query), "x", False, clock.now())
    assert fits(row, found) is is_fit
