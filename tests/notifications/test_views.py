"""The inbox, wishes, and the link that stops mails."""

from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.events.services import registrations
from app.notifications.models import Notice
from app.notifications.parts import stop_token, texts_stop_address
from app.notifications.queries.inbox import unread_count, wishes_of
from app.notifications.types import Topic, Wish
from tests.factories.events import gathering, neighbour, signed_up
from tests.factories.notifications import follow
from tests.visitor import Visitor


def promoted() -> Viewer:
    """Somebody with one notice that is read and one that is not."""
    first, late = neighbour(), neighbour()
    made = gathering(capacity=1)
    held = signed_up(first, made.id)
    signed_up(late, made.id)
    with transaction():
        registrations.leave(first, held.id, at=clock.now())
    follow(clock.now())
    db.session.rollback()
    return late


def test_an_empty_inbox_says_what_will_come(app: Flask) -> None:
    me = Visitor.signed_in(app, neighbour().id or 0)
    assert "Nothing yet" in me.visit("/me/notifications/")
    assert "You have read everything" in me.visit("/me/notifications/?unread=1")


def test_notices_are_worded_in_the_readers_language_and_counted(app: Flask) -> None:
    late = promoted()
    page = Visitor.signed_in(app, late.id or 0).visit("/me/notifications/")
    assert "A seat came free, you are in: “Balcony greens on Sunday”" in page
    assert '<b class="count">1</b>' in page.text
    assert "A seat came free" in Visitor.signed_in(app, late.id or 0).visit(
        "/me/notifications/?topic=events&unread=1"
    )


def test_opening_a_notice_reads_it_and_leads_there(app: Flask) -> None:
    late = promoted()
    me = Visitor.signed_in(app, late.id or 0)
    form = me.visit("/me/notifications/").forms("/open")[0]
    notice = db.session.scalars(db.select(Notice).where(Notice.read_at.is_(None))).one()
    gone = me.post(f"/me/notifications/{notice.id}/open", form, 303)
    assert gone.location == f"/events/{notice.about_id}"
    db.session.rollback()
    assert unread_count(late) == 0


def test_nobody_opens_anothers_notice(app: Flask) -> None:
    promoted()
    notice = db.session.scalars(db.select(Notice).where(Notice.read_at.is_(None))).one()
    stranger = Visitor.signed_in(app, neighbour().id or 0)
    assert stranger.post(f"/me/notifications/{notice.id}/open").status == 404


def test_all_are_read_with_one_tap(app: Flask) -> None:
    late = promoted()
    me = Visitor.signed_in(app, late.id or 0)
    form = me.visit("/me/notifications/").forms("/read")[0]
    assert "All read." in me.follow(me.post("/me/notifications/read", form, 303))
    db.session.rollback()
    assert unread_count(late) == 0


def test_wishes_are_kept_and_shown(app: Flask) -> None:
    person = neighbour()
    me = Visitor.signed_in(app, person.id or 0)
    form = me.visit("/me/notifications/wishes").forms("wishes")[0]
    assert form["talk_by_mail"]
    del form["talk_by_mail"]
    me.follow(me.post("/me/notifications/wishes", form, 303))
    assert wishes_of([person.id or 0])[(person.id or 0, Topic.TALK)] == Wish(True, False)
    assert "talk_by_mail" not in me.visit("/me/notifications/wishes").forms("wishes")[0]


def test_the_link_in_a_mail_stops_mails_without_signing_in(app: Flask, guest: Visitor) -> None:
    person = neighbour()
    token = stop_token(person.id or 0, Topic.TALK)
    page = guest.visit(f"/me/notifications/stop/{token}")
    assert "Shall we stop mails about" in page
    assert wishes_of([person.id or 0]) == {}
    assert "Done." in guest.post(f"/me/notifications/stop/{token}", {}, 200)
    assert wishes_of([person.id or 0])[(person.id or 0, Topic.TALK)] == Wish(True, False)


def test_the_short_link_in_a_text_message_stops_such_messages_without_signing_in(
    app: Flask, guest: Visitor
) -> None:
    person, other = neighbour(), neighbour()
    with app.test_request_context():
        address = texts_stop_address(person.id or 0, Topic.EVENTS)
    link = address.removeprefix("http://localhost")
    assert len(link) < 30
    page = guest.visit(link)
    assert "Shall we stop text messages about: Events I signed up for?" in page
    assert wishes_of([person.id or 0]) == {}
    assert "Done." in guest.post(link, page.forms("/s/")[0], 200)
    assert wishes_of([person.id or 0]) == {(person.id, Topic.EVENTS): Wish(by_sms=False)}
    seal = link[-16:]
    for forged in (
        f"{other.id}e{seal}",
        f"{person.id}o{seal}",
        f"{person.id}e{seal[:-1]}",
        "x",
        "1e",
    ):
        assert guest.get(f"/s/{forged}").status == 404
        assert guest.post(f"/s/{forged}").status == 404


@pytest.mark.parametrize("token", ["x", "1.talk", "1.talk.000", "9.nope.1", "..", "١.talk.0"])
def test_a_forged_link_stops_nothing(guest: Visitor, token: str) -> None:
    assert guest.get(f"/me/notifications/stop/{token}").status == 404
    assert guest.post(f"/me/notifications/stop/{token}").status == 404


def test_one_persons_link_does_not_stop_anothers_mails(app: Flask, guest: Visitor) -> None:
    person, other = neighbour(), neighbour()
    digest = stop_token(person.id or 0, Topic.TALK).rsplit(".", 1)[1]
    assert guest.post(f"/me/notifications/stop/{other.id}.talk.{digest}").status == 404


@pytest.mark.parametrize("count", [2, 20])
def test_the_inbox_takes_few_statements(app: Flask, count: int, count_queries: Any) -> None:
    person = neighbour()
    for _ in range(count):
        signed_up(person, gathering().id)
    follow(clock.now())
    me = Visitor.signed_in(app, person.id or 0)
    me.get("/me/notifications/")
    with count_queries() as seen:
        me.visit("/me/notifications/")
    assert len(seen) <= 10, seen


@pytest.mark.parametrize("path", ["/me/notifications/wishes", "/me/"])
def test_ones_own_pages_take_few_statements_and_write_nothing(
    app: Flask, path: str, count_queries: Any
) -> None:
    me = Visitor.signed_in(app, neighbour().id or 0)
    me.get(path)
    with count_queries() as seen:
        me.visit(path)
    assert len(seen) <= 10, seen
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_every_topic_of_the_inbox_has_its_word(app: Flask) -> None:
    links = Visitor.signed_in(app, neighbour().id or 0).visit("/me/notifications/").tree.iter("a")
    words = {
        link.get("href", "").rpartition("topic=")[2]: "".join(link.itertext()).strip()
        for link in links
        if "topic=" in link.get("href", "")
    }
    assert set(words) == set(Topic) - {Topic.SHOP}  # which only the people of a shop have
    assert all(words.values()), words
