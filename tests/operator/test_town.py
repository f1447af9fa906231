"""What the town is made of, changed at the desk: hours, places, boards; nothing needs a shell."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.db import db, transaction
from app.forum.models import Board
from app.merchants.models import PickupPoint, SlotRule
from app.merchants.services.points import save_point
from app.merchants.types import PointDraft, SlotRuleDraft
from app.places.models import Neighbourhood
from app.places.types.points import Datum, Point, distance, to_wgs84
from tests.factories.accounts import person, viewer
from tests.factories.events import place
from tests.factories.forum import a_board, a_neighbour, a_thread
from tests.factories.merchants import shop
from tests.visitor import Visitor

STATION = (
    *(SlotRuleDraft(day, 720, 810, 30, 8) for day in range(5)),
    *(SlotRuleDraft(day, 1020, 1140, 60, 12) for day in range(5)),
    *(SlotRuleDraft(day, 600, 720, 60, 12) for day in (5, 6)),
)


@pytest.fixture
def desk(app: Flask, sign_in: Any) -> Visitor:
    """Return an operator at the desk."""
    visitor: Visitor = sign_in(person("Lin", roles=("operator",), language="en"))
    return visitor


def as_shown(desk: Visitor, url: str) -> dict[str, Any]:
    """Return the form as a browser would send it unchanged, every ticked weekday with it."""
    page = desk.visit(url)
    sent: dict[str, Any] = dict(page.forms(url)[0])
    ticked: dict[str, list[str]] = {}
    for node in page.tree.iter("input"):
        if node.get("type") == "checkbox" and node.get("checked") is not None:
            ticked.setdefault(node.get("name") or "", []).append(node.get("value") or "")
    return sent | ticked


def hours() -> set[tuple[int, ...]]:
    db.session.rollback()
    columns = ("weekday", "starts_minute", "ends_minute", "slot_minutes", "capacity")
    rows = db.session.scalars(sa.select(SlotRule))
    return {tuple(getattr(row, name) for name in columns) for row in rows}


def test_a_pickup_point_is_opened_with_its_hours_and_read_back(desk: Visitor) -> None:
    url = "/operator/points/0"
    filled = desk.visit(url).forms("/points/0")[0] | {
        "name_zh": "大堂", "address": "3 号楼", "rules-0-weekdays": ["0", "2", "4"],
        "rules-0-opens": "17:30", "rules-0-closes": "20:30",
    }  # fmt: skip
    for wrong, words in (
        ({"rules-0-weekdays": ["9"]}, "valid choice"),
        ({"rules-0-closes": "17:00"}, "closes before it opens"),
        ({"rules-0-opens": "25:30"}, "A time such as"),
        ({"rules-0-slot_minutes": "240"}, "long enough for one slot"),
        ({"rules-0-opens": "", "rules-0-closes": ""}, "on which days"),
    ):
        page = desk.post(url, filled | wrong, status=422)
        assert words in page, wrong
        assert "3 号楼" in page.text
    desk.follow(desk.post(url, filled, status=303))
    again = desk.visit("/operator/points/1").forms("/points/1")[0]
    assert (again["rules-0-opens"], again["rules-0-closes"]) == ("17:30", "20:30")
    assert hours() == {(day, 1050, 1230, 30, 20) for day in (0, 2, 4)}


def test_what_is_not_the_site_s_own_is_not_changed_at_the_desk(desk: Visitor) -> None:
    owner = person("Owner")
    bakery = shop(owner=owner)
    with transaction():
        draft = PointDraft("柜台", address="12 号", rules=STATION)
        point = save_point(viewer(owner), bakery.id, draft, at=clock.now())
    for url in (f"/operator/points/{point.id}", "/operator/points/999", "/operator/categories/999"):
        assert desk.get(url).status == 404
        assert desk.post(url, {"name_zh": "x"}).status == 404


def test_a_new_note_at_a_point_leaves_its_hours_and_its_place_alone(
    app: Flask, desk: Visitor
) -> None:
    here, actor = place(), viewer(person(roles=("operator",)))
    with transaction():
        point = save_point(
            actor, None,
            PointDraft("书院街站", address="18 号", neighbourhood_id=here, cut_off_days=1,
                       cut_off_minute=1200, rules=STATION),
            at=clock.now(),
        )  # fmt: skip
    url, before = f"/operator/points/{point.id}", hours()
    form = as_shown(desk, url)
    desk.post(url, form | {"note": "进门右边"}, 303)
    assert hours() == before
    kept = db.session.get_one(PickupPoint, point.id, populate_existing=True)
    assert (kept.note, kept.neighbourhood_id) == ("进门右边", here)
    assert (kept.cut_off_days, kept.cut_off_minute) == (1, 1200)
    more = {"rules-3-weekdays": ["6"], "rules-3-opens": "14:00", "rules-3-closes": "15:00"}
    desk.post(url, as_shown(desk, url) | more, 303)
    assert hours() == before | {(6, 840, 900, 30, 20)}
    lunch = next(
        name for name, value in as_shown(desk, url).items() if value == "14:00"
    ).removesuffix("opens")
    overlap = as_shown(desk, url) | {f"{lunch}opens": "11:00"}
    assert "overlap" in desk.post(url, overlap, 422)
    desk.post(url, as_shown(desk, url) | {f"{lunch}out": "y"}, 303)
    assert hours() == before


def test_numbers_copied_from_a_chinese_map_are_shifted_back_at_the_desk(desk: Visitor) -> None:
    here = place()
    copied = Point(31.2304, 121.4737)
    url = f"/operator/neighbourhoods/{here}"
    outline = "31.2300，121.4700\n31.2310, 121.4700\n31.2310, 121.4790"
    form = desk.visit(url).forms(url)[0] | {
        "lat": copied.lat, "lng": copied.lng, "datum": str(Datum.GCJ02), "polygon": outline,
    }  # fmt: skip
    desk.post(url, form, 303)
    kept = db.session.get_one(Neighbourhood, here, populate_existing=True)
    wanted = to_wgs84(copied, Datum.GCJ02)
    assert distance(Point(kept.lat, kept.lng), wanted) < 1 < distance(copied, wanted)
    corner = to_wgs84(Point(31.23, 121.47), Datum.GCJ02)
    assert distance(Point(*kept.polygon[0]), corner) < 1
    for line in ("31.23", "north, east", "131.2, 121.4"):
        assert "no pair of degrees" in desk.post(url, form | {"polygon": line}, 422)
    url = "/operator/points/0"
    point = desk.visit(url).forms(url)[0] | {
        "name_zh": "大堂", "address": "3 号楼", "rules-0-opens": "09:00", "rules-0-closes": "18:00",
        "lat": copied.lat, "lng": copied.lng, "datum": str(Datum.GCJ02),
    }  # fmt: skip
    assert "go together" in desk.post(url, point | {"lng": ""}, 422)
    desk.post(url, point, 303)
    row = db.session.scalars(sa.select(PickupPoint)).one()
    assert distance(Point(row.lat or 0, row.lng or 0), wanted) < 1


def test_an_archived_board_is_put_back_at_the_desk(desk: Visitor, sign_in: Any) -> None:
    board = a_board()
    thread = a_thread(board, a_neighbour())
    url = f"/operator/boards/{board.id}"
    desk.post(f"{url}/archive", {"reason": "empty"}, 303)
    page = desk.visit("/operator/boards")
    assert f"{url}/restore" in page.text
    assert "Archive this board" not in desk.visit(url)
    assert sign_in(person()).post(f"{url}/restore", {}).status == 403
    desk.post(f"{url}/restore", page.forms("/restore")[0], 303)
    db.session.rollback()
    assert db.session.get_one(Board, board.id, populate_existing=True).archived_at is None
    assert (
        desk.post(f"{url}/restore", page.forms("/restore")[0] | {"form_key": "again"}).status == 409
    )
    assert thread.title in desk.visit(f"/forum/boards/{board.id}")
