"""The desk: whom to phone, what came of it, and which addresses fail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.facts import facts
from app.notifications.models import Call
from app.notifications.queries.reach import town_reach
from app.notifications.services import calls, failures
from app.notifications.types import CallState, CallWhy, Quiet, Rung, Topic, Way
from tests.factories import accounts
from tests.factories.orders import NOON, placed, stall
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., Any]


def an_operator(app: Flask) -> Visitor:
    person = accounts.person("Olga", language="en", roles=("operator",))
    return Visitor.signed_in(app, person.id)


def a_silent_shop(number: int = 0) -> Call:
    place = stall(phone="028 8888 000" + str(number))
    order = placed(place)
    with transaction():
        calls.open_call(
            ("order", order.id),
            why=CallWhy.SHOP_SILENT,
            merchant_id=place.merchant.id,
            at=clock.now() + timedelta(minutes=number),
        )
    db.session.rollback()
    return db.session.scalars(db.select(Call).order_by(Call.id.desc())).first()  # type: ignore[return-value]


def a_hidden_person() -> Viewer:
    person = accounts.person("Hidden", phone="+8613800138000")
    with transaction():
        calls.open_call(
            ("user", person.id),
            why=CallWhy.NO_WAY,
            person_id=person.id,
            data={"kind": "order_ready"},
            at=clock.now(),
        )
    return accounts.viewer(person)


def test_the_queue_gives_number_reason_and_a_way_to_phone(app: Flask, at: At) -> None:
    with at(NOON):
        a_silent_shop()
        a_hidden_person()
        page = an_operator(app).visit("/operator/calls")
    assert 'href="tel:02888880000"' in page.text
    assert "The shop has not looked at its order" in page
    assert 'href="tel:+8613800138000"' in page.text
    assert "Left no address, number or device" in page
    assert "Hidden" in page


def test_an_empty_queue_says_when_something_comes(app: Flask) -> None:
    desk = an_operator(app)
    assert "Everybody is reached" in desk.visit("/operator/calls")
    assert "Nothing here yet." in desk.visit("/operator/calls?state=reached")
    assert "All addresses work" in desk.visit("/operator/failed-addresses")


def test_not_reached_stays_on_the_list_and_reached_leaves_it(app: Flask, at: At) -> None:
    with at(NOON):
        call = a_silent_shop()
        desk = an_operator(app)
        form = desk.visit("/operator/calls").forms(f"/calls/{call.id}")[0]
        sent = form | {"reached": "0", "note": "rings, nobody answers"}
        shown = desk.follow(desk.post(f"/operator/calls/{call.id}", sent, 303))
        assert "rings, nobody answers" in shown
        assert "phoned 1 time" in shown
        assert "Olga" in shown
        form = shown.forms(f"/calls/{call.id}")[0]
        sent = form | {"reached": "1", "note": "the owner looks now"}
        shown = desk.follow(desk.post(f"/operator/calls/{call.id}", sent, 303))
        assert "Everybody is reached" in shown
        assert "the owner looks now" in desk.visit("/operator/calls?state=reached")
        gone = desk.post(f"/operator/calls/{call.id}", {"reached": "1"})
    assert gone.status == 404
    assert "Nobody need phone here any more" in gone


def test_a_note_that_is_too_long_is_kept_and_explained(app: Flask, at: At) -> None:
    with at(NOON):
        call = a_silent_shop()
        desk = an_operator(app)
        refused = desk.post(f"/operator/calls/{call.id}", {"reached": "0", "note": "x" * 301}, 422)
    assert "x" * 301 in refused.text
    assert "At most 300 characters" in refused


def test_the_queue_is_filtered_and_sorted(app: Flask, at: At) -> None:
    with at(NOON):
        first, last = a_silent_shop(1), a_silent_shop(2)
        a_hidden_person()
        desk = an_operator(app)
        orders = desk.visit("/operator/calls?about=order").text
        people = desk.visit("/operator/calls?about=user").text
        newest = desk.visit("/operator/calls?about=order&sort=newest").text
    assert "Hidden" not in orders
    assert "Hidden" in people
    assert orders.index(f"calls/{first.id}") < orders.index(f"calls/{last.id}")
    assert newest.index(f"calls/{last.id}") < newest.index(f"calls/{first.id}")


def test_only_the_operator_sees_numbers(app: Flask, at: At) -> None:
    with at(NOON):
        call = a_silent_shop()
    moderator = accounts.person(roles=("moderator",))
    visitor = Visitor.signed_in(app, moderator.id)
    for page in ("/operator/calls", "/operator/failed-addresses", "/operator/reach"):
        assert visitor.get(page).status == 403
    assert visitor.post(f"/operator/calls/{call.id}", {"reached": "1"}).status == 403
    db.session.rollback()
    assert db.session.get(Call, call.id).state is CallState.WAITING  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [2, 20])
def test_the_desks_pages_take_few_statements(
    app: Flask, at: At, count: int, count_queries: Any
) -> None:
    with at(NOON), transaction():
        for number in range(count):
            calls.open_call(("order", 1000 + number), why=CallWhy.SHOP_SILENT, at=clock.now())
            failures.mark_failed(Way.MAIL, f"gone{number}@example.org", why="550", at=clock.now())
    desk = an_operator(app)
    for page in ("/operator/calls", "/operator/failed-addresses", "/operator/reach"):
        desk.get(page)
        with count_queries() as seen:
            desk.visit(page)
        assert len(seen) <= 10, seen


def test_the_operator_sets_how_the_town_reaches_people(app: Flask) -> None:
    desk = an_operator(app)
    form = desk.visit("/operator/reach").forms("/operator/reach")[0]
    assert (form["quiet_start"], form["quiet_end"], form["alarm_sms"]) == ("22:00", "08:00", "3")
    sent = form | {"quiet_start": "21:30", "talk_mail": "45", "events_sms": "", "sms_budget": "7"}
    desk.follow(desk.post("/operator/reach", sent, 303))
    known = town_reach()
    assert known.quiet == Quiet(21 * 60 + 30, 8 * 60)
    assert known.ladders[Topic.TALK] == (Rung(Way.PUSH, 0), Rung(Way.MAIL, 45))
    assert [rung.way for rung in known.ladders[Topic.EVENTS]] == [Way.PUSH, Way.MAIL]
    assert known.sms_budget == 7


def test_a_call_before_the_text_is_refused_and_nothing_changes(app: Flask) -> None:
    desk = an_operator(app)
    form = desk.visit("/operator/reach").forms("/operator/reach")[0]
    refused = desk.post("/operator/reach", form | {"alarm_sms": "20", "alarm_desk": "15"}, 422)
    assert "The call comes after the text message" in refused
    assert refused.field("alarm_sms") == "20"
    assert "reach" not in facts()
