"""Calendar files: read back by two parsers, always under the same name, told when they change."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from app.core import clock
from app.core.access import signed
from app.core.db import transaction
from app.events.services import feeds, gatherings, registrations
from tests.factories.events import draft, gathering, neighbour, signed_up
from tests.visitor import Visitor


def events_in(text: str) -> dict[str, Calendar]:
    calendar = Calendar.from_ical(text)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def by_the_letter(text: str) -> list[tuple[str, str]]:
    """Read a calendar as RFC 5545 says and nothing more: unfold, split, take the escapes back."""
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    found = []
    for line in lines:
        name, _colon, value = line.partition(":")
        plain = re.sub(
            r"\\([\\;,nN])", lambda one: {"n": "\n", "N": "\n"}.get(one[1], one[1]), value
        )
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*", name), line
        assert not set(value) & {"\n", "\r", "\x07"}
        found.append((name, plain))
    opened: list[str] = []
    for name, value in found:
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
    assert opened == []
    return found


def test_a_feed_is_read_by_two_parsers_and_folds_in_octets(guest: Visitor) -> None:
    title = "社区" * 40 + ", 带分号; 和\\反斜线"
    made = gathering(title=title, title_en=None, lat=31.27, lng=120.73)
    page = guest.get("/events/feed.ics")
    assert page.answer.content_type == "text/calendar; charset=utf-8"
    lines = page.answer.get_data().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    event = events_in(page.text)[f"gathering-{made.id}@localhost"]
    assert str(event["SUMMARY"]) == title
    assert event.decoded("DTSTART") == made.starts_at.replace(microsecond=0)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert str(event["STATUS"]) == "CONFIRMED"
    told = dict(by_the_letter(page.text))
    assert told["SUMMARY;LANGUAGE=en"] == title
    assert told["TZID"] == "Asia/Shanghai"


def test_a_move_counts_up_the_sequence_and_keeps_the_name(guest: Visitor) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    before = events_in(guest.get("/events/feed.ics").text)
    with transaction():
        later = draft(starts_at=made.starts_at + timedelta(hours=1))
        gatherings.change_gathering(planner, made, later, at=clock.now())
    after = events_in(guest.get("/events/feed.ics").text)
    assert set(before) == set(after)
    uid = f"gathering-{made.id}@localhost"
    assert (before[uid]["SEQUENCE"], after[uid]["SEQUENCE"]) == (0, 1)
    assert after[uid].decoded("LAST-MODIFIED") >= before[uid].decoded("LAST-MODIFIED")
    with transaction():
        gatherings.change_gathering(
            planner, made, draft(starts_at=later.starts_at, description="more"), at=clock.now()
        )
    assert events_in(guest.get("/events/feed.ics").text)[uid]["SEQUENCE"] == 1


def test_a_called_off_gathering_stays_in_the_feed_as_cancelled(guest: Visitor) -> None:
    planner = neighbour("P", "planner")
    made = gathering(planner)
    with transaction():
        gatherings.cancel_gathering(planner, made, reason="台风", at=clock.now())
    event = events_in(guest.get("/events/feed.ics").text)[f"gathering-{made.id}@localhost"]
    assert str(event["STATUS"]) == "CANCELLED"
    assert event["SEQUENCE"] == 1
    assert "台风" in str(event["DESCRIPTION"])


def test_a_draft_is_in_no_feed(guest: Visitor) -> None:
    made = gathering(is_draft=True)
    assert events_in(guest.get("/events/feed.ics").text) == {}
    assert guest.get(f"/events/{made.id}/calendar.ics").status == 404


def test_an_unchanged_feed_answers_304_and_a_changed_one_does_not(guest: Visitor) -> None:
    gathering()
    first = guest.get("/events/feed.ics").answer
    tag = {"If-None-Match": first.headers["ETag"]}
    assert guest.get("/events/feed.ics", headers=tag).status == 304
    assert "Set-Cookie" not in first.headers
    gathering()
    assert guest.get("/events/feed.ics", headers=tag).status == 200


def test_the_feed_speaks_the_language_its_address_names(guest: Visitor) -> None:
    gathering()
    assert "Balcony greens" in guest.get("/events/feed.ics?lang=en").text
    assert "阳台菜" in guest.get("/events/feed.ics?lang=zh_Hans").text


def test_one_gathering_is_a_file_of_its_own(guest: Visitor) -> None:
    made, _other = gathering(), gathering()
    assert len(events_in(guest.get(f"/events/{made.id}/calendar.ics").text)) == 1


def test_a_private_feed_shows_ones_own_until_its_address_is_renewed(
    app: Flask, guest: Visitor
) -> None:
    person = neighbour()
    mine, _other = gathering(), gathering()
    signed_up(person, mine.id)
    me = Visitor.signed_in(app, person.id or 0)
    assert me.get("/events/mine").field("feed") == ""
    me.post("/events/mine/feed", me.get("/events/mine").forms("/events/mine/feed")[0], 303)
    address = next(
        node.get("value")
        for node in me.get("/events/mine").tree.iter("input")
        if node.get("id") == "feed"
    )
    path = str(address).removeprefix("http://localhost")
    assert set(events_in(guest.get(path).text)) == {f"gathering-{mine.id}@localhost"}
    with transaction():
        feeds.renew_feed(person, at=clock.now())
    assert guest.get(path).status == 404
    assert guest.get("/events/mine/1-000.ics").status == 404


def test_a_private_feed_changes_when_one_sign_up_takes_the_place_of_another(
    app: Flask, guest: Visitor
) -> None:
    person = neighbour()
    first, second, third = gathering(), gathering(), gathering()
    given_up = signed_up(person, second.id)
    signed_up(person, third.id)
    with transaction():
        generation = feeds.renew_feed(person, at=clock.now())
    with app.test_request_context():
        path = f"/events/mine/{person.id}-{signed('calendar', f'{person.id}:{generation}')}.ics"
    tag = {"If-None-Match": guest.get(path).answer.headers["ETag"]}
    assert guest.get(path, headers=tag).status == 304
    with transaction():
        registrations.leave(person, given_up.id, at=clock.now())
    signed_up(person, first.id)
    told = guest.get(path, headers=tag)
    assert told.status == 200
    assert set(events_in(told.text)) == {f"gathering-{one.id}@localhost" for one in (first, third)}


@pytest.mark.parametrize("text", ["\x07bell", "a\r\nb", "BEGIN:VEVENT\nEND:VCALENDAR", "😀" * 50])
def test_no_text_breaks_a_feed(guest: Visitor, text: str) -> None:
    gathering(title="t" + text[:80], title_en=None, description=text, description_en=None)
    by_the_letter(guest.get("/events/feed.ics").text)
    assert len(events_in(guest.get("/events/feed.ics").text)) == 1
