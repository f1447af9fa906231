"""The pages of events, through the front door."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import segno
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.events import queries
from app.events.models import Gathering, Registration
from app.events.services import gatherings
from tests.factories.events import gathering, neighbour, place, signed_up
from tests.sizes import naughty_strings
from tests.visitor import Visitor

HOSTILE = [
    "", "undefined", "null", "1/0", "-1", "0x0", "NaN", "９９９", "Ω≈ç√∫˜µ≤≥÷", "田中さんに",
    "\u202etest\u202e", "\u0000", "\ufeff", "<script>alert(0)</script>", "' OR 1=1 --", "%s",
    "{{ 7*7 }}",
    "../../etc/passwd", "\ud800", "ﷺ" * 200, "1e309", "99999999999999999999", "\r\nSet-Cookie: a=b",
]  # fmt: skip
FIELDS = (
    "title",
    "title_en",
    "description",
    "description_en",
    "place",
    "lat",
    "capacity",
    "starts_at",
)


def as_(app: Flask, viewer: Viewer, language: str = "en") -> Visitor:
    return Visitor.signed_in(app, viewer.id or 0, language)


def test_an_empty_list_says_what_to_do_next(guest: Visitor) -> None:
    assert "Suggest it in the forum" in guest.visit("/events/")
    assert "Nothing has taken place yet" in guest.visit("/events/?when=past")


def test_a_guest_reads_a_gathering_without_a_cookie_and_gets_304(guest: Visitor) -> None:
    made = gathering()
    page = guest.visit(f"/events/{made.id}")
    assert "Balcony greens on Sunday" in page
    assert "Sign in and come along" in page
    assert "Set-Cookie" not in page.answer.headers
    tag = page.answer.headers["ETag"]
    assert guest.get(f"/events/{made.id}", headers={"If-None-Match": tag}).status == 304


def test_the_list_narrows_by_kind_place_and_time(guest: Visitor) -> None:
    river = place()
    gathering(title_en="Greens", neighbourhood_id=river)
    gathering(title_en="Badminton", kind="sport")
    gathering(
        title_en="Long gone",
        starts_at=clock.now() - timedelta(days=3),
        ends_at=clock.now() - timedelta(days=3, hours=-2),
    )
    assert "Badminton" in guest.visit("/events/")
    assert "Badminton" not in guest.visit("/events/?kind=garden")
    assert "Badminton" not in guest.visit(f"/events/?place={river}")
    past = guest.visit("/events/?when=past")
    assert "Long gone" in past
    assert "Badminton" not in past
    assert "Badminton" in guest.visit("/events/?sort=new")
    rubbish = ("?kind=xx", "?place=abc", "?after=~~", "?after=1~2", "?when=soon&sort=old")
    huge = "9" * 20
    far = (f"?sort=new&after={huge}", f"?after=2026-01-01T00:00:00%2B00:00~{huge}")
    for query in rubbish + far:
        guest.visit(f"/events/{query}")


def test_a_long_list_goes_on_page_by_page(guest: Visitor) -> None:
    planner = neighbour("P", "planner")
    for number in range(30):
        gathering(
            planner,
            title_en=f"Walk {number:02}.",
            starts_at=clock.now() + timedelta(days=1 + number),
        )
    for sort in ("", "?sort=new"):
        first = guest.visit(f"/events/{sort}")
        more = next(node.get("href") for node in first.tree.iter("a") if node.get("rel") == "next")
        second = guest.visit(str(more))
        for number in range(30):
            assert (f"Walk {number:02}." in first) != (f"Walk {number:02}." in second)


def test_a_member_signs_up_shows_the_code_changes_and_leaves(app: Flask) -> None:
    made = gathering(capacity=3)
    me = as_(app, neighbour())
    page = me.visit(f"/events/{made.id}")
    sent = me.post(f"/events/{made.id}/sign-up", page.forms("sign-up")[0] | {"party": "2"}, 303)
    page = me.follow(sent)
    assert "You are in. See you there!" in page
    own = db.session.scalars(db.select(Registration)).one()
    ticket = me.visit(f"/events/sign-ups/{own.id}")
    assert own.code[:4] in ticket
    assert "<svg" in ticket.text
    changed = me.post(
        f"/events/sign-ups/{own.id}/party", page.forms("party")[0] | {"party": "3"}, 303
    )
    assert "Your number of people is changed" in me.follow(changed)
    assert "You are in" in me.visit("/events/mine")
    left = me.post(f"/events/sign-ups/{own.id}/cancel", page.forms("cancel")[0], 303)
    assert "Your sign-up is cancelled" in me.follow(left)


def test_the_same_form_sent_twice_is_one_sign_up(app: Flask) -> None:
    made = gathering()
    me = as_(app, neighbour())
    form = me.visit(f"/events/{made.id}").forms("sign-up")[0]
    me.post(f"/events/{made.id}/sign-up", form, 303)
    me.post(f"/events/{made.id}/sign-up", form, 303)
    assert queries.desk_counts(made.id).expected == 1


def test_a_full_gathering_tells_the_place_in_the_line(app: Flask) -> None:
    made = gathering(capacity=1)
    signed_up(neighbour(), made.id)
    signed_up(neighbour(), made.id)
    me = as_(app, neighbour())
    form = me.visit(f"/events/{made.id}").forms("sign-up")[0]
    page = me.follow(me.post(f"/events/{made.id}/sign-up", form, 303))
    assert "1 party is before you" in page
    assert "2 people on the waiting list" in page


def test_a_party_of_rubbish_is_refused_at_the_field(app: Flask) -> None:
    made = gathering()
    me = as_(app, neighbour())
    for party in ("0", "-3", "x", "99999999999999", ""):
        page = me.post(f"/events/{made.id}/sign-up", {"party": party})
        assert page.status == 422, party
    assert me.post(f"/events/{made.id}/sign-up", {"party": "9"}).status == 409


def test_a_strangers_sign_up_is_not_there(app: Flask) -> None:
    made = gathering()
    own = signed_up(neighbour(), made.id)
    me = as_(app, neighbour())
    assert me.get(f"/events/sign-ups/{own.id}").status == 404
    assert me.post(f"/events/sign-ups/{own.id}/cancel").status == 404


def form_values(**changed: str) -> dict[str, str]:
    start = clock.local(clock.now() + timedelta(days=2))
    known = {
        "title": "修修补补咖啡", "title_en": "Mend it together", "kind": "repair",
        "place": "活动室",
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "description": "带来**坏的**", "plus_ones": "1", "capacity": "8", "neighbourhood_id": "0",
        "is_step_free": "yes",
    }  # fmt: skip
    return known | changed


def test_a_planner_makes_shows_edits_and_calls_off(app: Flask, guest: Visitor) -> None:
    me = as_(app, neighbour("P", "planner"))
    me.visit("/events/new")
    made = me.post("/events/new", form_values(), 303)
    page = me.follow(made)
    where = made.location.split("?")[0]
    assert "This is a draft" in page
    assert guest.get(where).status == 404
    me.post(f"{where}/publish", page.forms("publish")[0], 303)
    assert "Mend it together" in guest.visit(where)
    edit = me.visit(f"{where}/edit")
    values = edit.forms("/edit")[0]
    assert values["place"] == "活动室"
    me.post(f"{where}/edit", values | {"place": "二楼活动室"}, 303)
    assert "二楼活动室" in guest.visit(where)
    me.visit(f"{where}/cancel")
    assert me.post(f"{where}/cancel", {"reason": ""}).status == 422
    me.post(f"{where}/cancel", {"reason": "Nobody has a screwdriver"}, 303)
    assert "Nobody has a screwdriver" in guest.visit(where)
    assert me.post(f"{where}/cancel", {"reason": "again"}).status == 409
    me.post(f"{where}/archive", {}, 303)
    assert "Mend it together" not in guest.visit("/events/")


def test_a_resident_cannot_open_the_planners_pages(app: Flask) -> None:
    made = gathering()
    me = as_(app, neighbour())
    for path in ("edit", "cancel", "check-in", "check-in/list", "people.csv"):
        assert me.get(f"/events/{made.id}/{path}").status == 403, path
    assert me.get("/events/new").status == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_at", "2020-01-01T10:00"),
        ("starts_at", "0001-01-01T00:00"),
        ("starts_at", "soon"),
        ("lat", "91"),
        ("lat", "nan"),
        ("capacity", "0"),
        ("plus_ones", "50"),
        ("kind", "nope"),
        ("neighbourhood_id", "77"),
        ("title", "x" * 121),
        ("closes_at", "2099-01-01T00:00"),
    ],
)
def test_a_wrong_field_is_told_at_the_field(app: Flask, field: str, value: str) -> None:
    me = as_(app, neighbour("P", "planner"))
    page = me.post("/events/new", form_values(**{field: value}))
    assert page.status == 422
    assert "field-error" in page.text


@pytest.mark.sized
def test_hostile_text_is_kept_as_typed_or_refused_and_never_crashes(
    app: Flask, data_dir: Path
) -> None:
    planner = neighbour("P", "planner")
    me = as_(app, planner)
    made = gathering(planner, capacity=None)
    for text in [*HOSTILE, *naughty_strings(data_dir, every=10)]:
        raw = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        written = dict.fromkeys(
            ("title", "title_en", "description", "description_en", "place"), raw
        )
        page = me.post("/events/new", form_values(**written))
        assert page.status in {303, 422}, text
        if page.status == 303:
            assert (
                raw.strip()
                in me.get(f"{page.location.split('?')[0]}/edit").forms("/edit")[0]["title"]
            )
        walked = me.post(f"/events/{made.id}/check-in/walk-in", {"name": raw, "party": "1"})
        assert walked.status in {303, 409, 422}, text
    for text in HOSTILE:
        raw = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        for name in ("lat", "capacity", "starts_at", "kind", "neighbourhood_id", "plus_ones"):
            assert me.post("/events/new", form_values(**{name: raw})).status in {303, 422}, text
        for path, values in (
            ("sign-up", {"party": raw}),
            ("check-in", {"code": raw, "nonce": raw}),
            ("check-in", {"registration_id": raw}),
            ("check-in/undo", {"registration_id": raw}),
        ):
            status = me.post(f"/events/{made.id}/{path}", values).status
            assert status in {303, 409, 422}, (path, text)
        assert me.get(f"/events/{made.id}/check-in", query_string={"q": raw}).status == 200
        assert me.get("/events/in/x" + quote(raw, safe="")).status == 404


def test_the_desk_lets_in_by_tap_and_by_code_and_takes_back(app: Flask) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    held = signed_up(neighbour("王梅"), made.id, 2)
    me = as_(app, planner)
    page = me.visit(f"/events/{made.id}/check-in?q=王")
    row = next(form for form in page.forms("/check-in") if form.get("registration_id"))
    done = me.follow(me.post(f"/events/{made.id}/check-in", row, 303))
    assert "already in at" in done
    undo = done.forms("undo")[0]
    assert "Taken back" in me.follow(me.post(f"/events/{made.id}/check-in/undo", undo, 303))
    answer = me.post(
        f"/events/{made.id}/check-in",
        {"code": held.code, "nonce": "a"},
        200,
        headers={"Accept": "application/json", "X-CSRF-Token": me.csrf},
    )
    told = json.loads(answer.text)
    assert (told["name"], told["arrived"], told["expected"]) == ("王梅", 2, 2)
    again = me.post(
        f"/events/{made.id}/check-in",
        {"code": held.code, "nonce": "b"},
        409,
        headers={"Accept": "application/json", "X-CSRF-Token": me.csrf},
    )
    assert "Already in at" in json.loads(again.text)["message"]


def test_the_live_list_answers_304_until_somebody_moves(app: Flask) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    me = as_(app, planner)
    first = me.get(f"/events/{made.id}/check-in/list")
    tag = {"If-None-Match": first.answer.headers["ETag"]}
    assert me.get(f"/events/{made.id}/check-in/list", headers=tag).status == 304
    signed_up(neighbour("刘洋"), made.id)
    assert "刘洋" in me.get(f"/events/{made.id}/check-in/list", headers=tag)


def test_a_walk_in_is_let_in_until_it_is_full(app: Flask) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner, capacity=1)
    me = as_(app, planner)
    form = me.visit(f"/events/{made.id}/check-in").forms("walk-in")[0]
    me.post(f"/events/{made.id}/check-in/walk-in", form | {"name": "老周"}, 303)
    page = me.post(f"/events/{made.id}/check-in/walk-in", {"name": "Max", "party": "1"}, 409)
    assert "All seats are taken" in page
    assert me.post(f"/events/{made.id}/check-in/walk-in", {"name": ""}).status == 422


def test_a_code_opens_the_desk_for_staff_and_ones_own_place_for_the_person(app: Flask) -> None:
    planner, person = neighbour("P", "planner"), neighbour("王梅")
    made = gathering(planner)
    held = signed_up(person, made.id)
    assert "At the door" in as_(app, planner).visit(f"/events/in/{held.code}")
    assert "My place" in as_(app, person).visit(f"/events/in/{held.code}")
    assert as_(app, neighbour()).get(f"/events/in/{held.code}").status == 404


def test_a_photographed_code_finds_its_row(app: Flask) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    held = signed_up(neighbour("王梅"), made.id)
    me = as_(app, planner)
    sheet = io.BytesIO()
    segno.make(f"http://localhost/events/in/{held.code}").save(sheet, kind="png", scale=5)

    def photo(content: bytes) -> dict[str, Any]:
        return {"photo": (io.BytesIO(content), "code.png")}

    where = f"/events/{made.id}/check-in/photo"
    assert "王梅" in me.post(
        where, photo(sheet.getvalue()), 200, content_type="multipart/form-data"
    )
    bad = me.post(where, photo(b"no picture"), 422, content_type="multipart/form-data")
    assert "not a picture" in bad


def test_the_list_of_people_is_a_safe_spreadsheet(app: Flask) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    signed_up(neighbour("=1+1"), made.id)
    text = as_(app, planner).get(f"/events/{made.id}/people.csv").text
    assert "'=1+1" in text


@pytest.mark.parametrize("rows", [2, 20])
def test_statements_stay_few_however_many_rows(app: Flask, rows: int, count_queries: Any) -> None:
    planner, person = neighbour("P", "planner"), neighbour()
    made: Gathering | None = None
    for _ in range(rows):
        made = gathering(planner, capacity=None)
        signed_up(person, made.id)
    assert made is not None
    for _ in range(rows):
        signed_up(neighbour(), made.id)
    guest, me, desk = Visitor(app), as_(app, person), as_(app, planner)
    for visitor, path, most in (
        (guest, "/events/", 6),
        (guest, f"/events/{made.id}", 6),
        (me, "/events/", 10),
        (me, f"/events/{made.id}", 10),
        (me, "/events/mine", 10),
        (desk, f"/events/{made.id}/check-in", 10),
    ):
        visitor.get(path)
        with count_queries() as seen:
            visitor.visit(path)
        assert len(seen) <= most, (path, len(seen), seen)


def test_a_cancelled_gathering_is_called_off_in_the_list(guest: Visitor) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    with transaction():
        gatherings.cancel_gathering(planner, made, reason="rain", at=clock.now())
    assert "Called off" in guest.visit("/events/")
    assert "Called off" in guest.visit(f"/events/{made.id}")
