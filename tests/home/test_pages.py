"""Search over everything, the map, a person, what this is."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.db import transaction
from app.events.services import desk
from tests.factories.events import gathering, neighbour, place, signed_up
from tests.factories.forum import a_board, a_thread
from tests.factories.merchants import shop
from tests.sizes import naughty_strings
from tests.visitor import Visitor


def test_an_empty_search_explains_itself_and_finds_nothing(guest: Visitor) -> None:
    assert "One Chinese character is enough" in guest.visit("/search")
    assert "Nothing found" in guest.visit("/search?q=zzz")
    assert "Nothing found here" in guest.visit("/search?q=zzz&in=shops")
    guest.visit("/search?q=%20%20")


def test_a_search_groups_what_it_finds_and_marks_the_words(guest: Visitor) -> None:
    a_thread(a_board(), neighbour(), "谁家有阳台菜的苗？")
    gathering()
    page = guest.visit("/search?q=阳台")
    assert "<mark>阳台</mark>" in page.text
    assert "Talk" in page
    assert "Events" in page
    only = guest.visit("/search?q=阳台&in=events")
    assert "谁家有" not in only
    assert "1 hit" in only


def test_traditional_characters_find_simplified_ones(guest: Visitor) -> None:
    gathering(title="论坛茶会", title_en=None)
    assert "论坛" in guest.visit("/search?q=論壇")


def test_what_is_called_off_or_a_draft_is_not_found(guest: Visitor) -> None:
    gathering(is_draft=True, title="藏起来的活动")
    assert "Nothing found" in guest.visit("/search?q=藏起来")


@pytest.mark.sized
def test_no_search_breaks_the_page(guest: Visitor, data_dir: Path) -> None:
    a_thread(a_board(), neighbour(), "谁家有梯子？")
    for text in naughty_strings(data_dir, every=7):
        words = text.encode("utf-8", "replace").decode()
        assert guest.get("/search", query_string={"q": words}).status == 200, text
        assert (
            guest.get("/search", query_string={"q": words, "in": words, "after": words}).status
            == 200
        )


def test_the_map_has_areas_pins_and_the_same_as_a_list(guest: Visitor) -> None:
    place()
    gathering(lat=31.271, lng=120.731)
    page = guest.visit("/map")
    box = next(node for node in page.tree.iter("div") if node.get("data-map"))
    points = json.loads(box.get("data-map") or "")
    assert [point["kind"] for point in points] == ["event"]
    assert json.loads(box.get("data-areas") or "")[0]["name"] == "Riverside"
    assert "Balcony greens on Sunday" in page
    for rubbish in ("?at=1,2,3", "?at=nan,nan", "?at=91,181", "?at=x"):
        guest.visit(f"/map{rubbish}")


def test_a_person_shows_what_they_began_and_where_they_were(app: Flask, guest: Visitor) -> None:
    river = place()
    planner = neighbour("P", "planner")
    person = neighbour("王梅", neighbourhood_id=river)
    a_thread(a_board(), person, "谁家有梯子？")
    made, other = gathering(planner), gathering(planner, title_en="Not attended")
    held = signed_up(person, made.id)
    signed_up(person, other.id)
    with transaction():
        desk.check_in(planner, made.id, nonce="n", at=clock.now(), code=held.code)
    page = guest.visit(f"/people/{person.id}")
    assert "Riverside" in page
    assert "谁家有梯子？" in page
    assert "Balcony greens on Sunday" in page
    assert "Not attended" not in page
    assert "Event planner" in guest.visit(f"/people/{planner.id}")
    assert guest.get("/people/99999").status == 404


def test_what_this_is_can_be_read(guest: Visitor) -> None:
    assert "What we promise" in guest.visit("/about")


@pytest.mark.parametrize("rows", [2, 20])
def test_statements_stay_few(app: Flask, rows: int, count_queries: Any) -> None:
    place()
    board, person = a_board(), neighbour()
    planner = neighbour("P", "planner")
    for number in range(rows):
        a_thread(board, person, f"阳台 {number}")
        gathering(planner, lat=31.27, lng=120.73)
    for path in ("/search?q=阳台", "/search?q=阳台&in=talk", "/map", f"/people/{person.id}"):
        for visitor, most in ((Visitor(app), 6), (Visitor.signed_in(app, person.id or 0), 10)):
            visitor.get(path)
            with count_queries() as seen:
                visitor.visit(path)
            assert len(seen) <= most, (path, len(seen), seen)


def test_a_reply_is_found_under_its_thread_s_title(guest: Visitor) -> None:
    lin = neighbour("林阿姨")
    a_thread(a_board(), lin, title="周末做什么", replies=[(lin, "去看桂花")])
    page = guest.visit("/search?q=桂花")
    assert "周末做什么" in page
    assert page.text.count("<mark>桂花</mark>") == 1


def test_a_shop_is_shown_in_the_reader_s_language_only(guest: Visitor) -> None:
    shop("麦田面包房", name_en="Maitian Bakery")
    english = guest.visit("/search?q=Maitian&in=shops")
    assert "Bakery" in english
    assert "麦田面包房" not in english.text


def test_the_way_opens_the_maps_on_a_phone_and_contacts_none(guest: Visitor) -> None:
    page = guest.visit("/map/way?to=30.7667,103.981&name=西门面包")
    links = [node.get("href") or "" for node in page.tree.iter("a")]
    hosts = (
        "uri.amap.com",
        "apis.map.qq.com",
        "api.map.baidu.com",
        "maps.apple.com",
        "www.google.com",
    )
    for host in hosts:
        assert [link for link in links if link.startswith(f"https://{host}/")], host
    assert "西门面包" in page
    assert "img-src 'self' data: blob:;" in page.answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("to", ["", "x", "91,0", "nan,nan", "30.7", "1,2,3", "inf,0"])
def test_a_way_to_no_place_on_earth_is_not_there(guest: Visitor, to: str) -> None:
    assert guest.get(f"/map/way?to={to}").status == 404


def test_tiles_come_only_from_where_the_town_says(app: Flask, guest: Visitor) -> None:
    assert "data-tiles" not in guest.visit("/map").text
    known = app.extensions["linli_settings"]
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    app.extensions["linli_settings"] = dataclasses.replace(
        known, tiles_url=tiles, tiles_words="© Tiles"
    )
    try:
        page = guest.visit("/map")
        assert f'data-tiles="{tiles}"' in page.text
        policy = page.answer.headers["Content-Security-Policy"]
        assert "img-src 'self' data: blob: https://tiles.example;" in policy
        assert policy.count("tiles.example") == 1
    finally:
        app.extensions["linli_settings"] = known
