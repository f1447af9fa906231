"""People in pictures: who shared one says whether they agreed, and anybody in it may get out."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from app.core import clock
from app.core.db import db, transaction
from app.core.media.models import Picture
from app.core.media.queries import address_part
from app.core.media.services import keep, prepared_bytes
from app.core.media.types import Size
from app.moderation.models import Takedown
from app.moderation.queries import pictures as reads
from app.moderation.types import Consent
from tests.factories import events as meeting
from tests.factories import forum as talk
from tests.factories.accounts import person, viewer
from tests.factories.notifications import follow


@pytest.fixture
def shared(app):
    giver = person(language="en")
    file = io.BytesIO()
    Image.new("RGB", (64, 40), "teal").save(file, "PNG")
    ready = prepared_bytes(file.getvalue())
    with transaction():
        kept = keep(ready, owner=("post", 1), actor=viewer(giver), at=clock.now())
    return giver, kept.id, address_part(kept.id, Size.FULL)


def test_who_shared_it_says_whether_people_agreed_and_nobody_else(shared, sign_in) -> None:
    giver, picture_id, address = shared
    url = f"/pictures/{address}"
    mine = sign_in(giver)
    fields = mine.visit(url).forms("consent")[0]
    mine.post(f"{url}/consent", fields, 422)
    mine.post(f"{url}/consent", fields | {"consent": "agreed"}, 303)
    assert reads.consent_of(picture_id) is Consent.AGREED
    other = sign_in(person(language="en"))
    page = other.visit(url)
    assert "Everybody in it agreed" in page
    assert not page.forms("consent")
    other.post(f"{url}/consent", {"consent": "nobody"}, 403)


def test_somebody_in_it_has_it_hidden_at_once_until_it_is_decided(shared, guest, sign_in) -> None:
    giver, _picture_id, address = shared
    served = f"/media/{address}"
    assert guest.get(served).answer.mimetype == "image/webp"
    url = f"/pictures/{address}"
    fields = guest.visit(url).forms("remove-me")[0] | {"text": "That is me."}
    guest.post(f"{url}/remove-me", fields, 303)
    hidden = guest.get(served)
    assert hidden.answer.mimetype == "image/svg+xml"
    assert hidden.answer.headers["Cache-Control"] == "no-store"
    assert "asked for it to be hidden" in guest.visit(url)
    desk = sign_in(person(roles=("operator",), language="en"))
    page = desk.visit("/operator/take-downs")
    assert "That is me." in page
    sent = page.forms("/pictures/")[0] | {"decision": "reject", "reason": "Nobody is in it."}
    number = reads.removals()[0].id
    sign_in(giver).post(f"/operator/take-downs/pictures/{number}", sent, 403)
    desk.post(f"/operator/take-downs/pictures/{number}", sent, 303)
    assert guest.get(served).answer.mimetype == "image/webp"
    desk.post(f"/operator/take-downs/pictures/{number}", sent | {"form_key": ""}, 409)


def test_a_picture_taken_out_stays_out(shared, guest, sign_in) -> None:
    _giver, _picture_id, address = shared
    url = f"/pictures/{address}"
    guest.post(f"{url}/remove-me", guest.visit(url).forms("remove-me")[0], 303)
    desk = sign_in(person(roles=("moderator",), language="en"))
    sent = desk.visit("/operator/take-downs").forms("/pictures/")[0]
    number = reads.removals()[0].id
    sent |= {"decision": "uphold", "reason": "It is them."}
    desk.post(f"/operator/take-downs/pictures/{number}", sent, 303)
    assert guest.get(f"/media/{address}").answer.mimetype == "image/svg+xml"
    assert "It was taken away" in guest.visit(url)


def test_an_address_that_is_not_ours_shows_nothing(shared, guest) -> None:
    number = shared[2].split("-")[0]
    guest.visit(f"/pictures/{number}-000000000000-full.webp", status=404)
    guest.visit("/pictures/nothing", status=404)


def png() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (64, 40), "teal").save(file, "PNG")
    return io.BytesIO(file.getvalue())


def said_of_last() -> Consent | None:
    newest = db.session.scalar(sa.select(sa.func.max(Picture.id)))
    return reads.consent_of(newest)


def test_whether_people_agreed_is_asked_while_a_picture_of_a_thread_is_shared(sign_in) -> None:
    author = talk.a_neighbour("Author")
    browser, board = sign_in(author), talk.a_board()
    url = f"/forum/boards/{board.id}/new"
    fields = browser.visit(url).forms(url)[0] | {"title": "A feast", "body": "Last night."}
    assert "consent" not in fields  # nothing is chosen for anybody
    wrong = browser.post(url, fields | {"pictures": (png(), "a.png"), "consent": "surely"}, 422)
    assert "field-error" in wrong.text
    browser.post(url, fields | {"pictures": (png(), "a.png"), "consent": "agreed"}, 303)
    assert said_of_last() is Consent.AGREED
    thread = talk.a_thread(board, author)
    url = f"/forum/threads/{thread.id}"
    fields = browser.visit(url).forms("/reply")[0] | {"body": "One more."}
    sent = fields | {"pictures": (png(), "a.png"), "consent": "unclear"}
    browser.post(f"{url}/reply", sent, 303)
    assert said_of_last() is Consent.UNCLEAR
    fields = browser.visit(url).forms("/reply")[0] | {"body": "And one."}
    browser.post(f"{url}/reply", fields | {"pictures": (png(), "a.png")}, 303)
    assert said_of_last() is None
    fields = browser.visit(url).forms("/reply")[0] | {"body": "No picture."}
    browser.post(f"{url}/reply", fields | {"consent": "agreed"}, 303)
    assert said_of_last() is None


def test_whether_people_agreed_is_asked_while_a_picture_of_an_event_is_shared(sign_in) -> None:
    planner = meeting.neighbour("Planner", "planner")
    gathering = meeting.gathering(planner)
    browser, url = sign_in(planner.id), f"/events/{gathering.id}/edit"
    fields = browser.visit(url).forms(url)[0]
    browser.post(url, fields | {"picture": (png(), "a.png"), "consent": "nobody"}, 303)
    assert said_of_last() is Consent.NOBODY
    browser.post(url, browser.visit(url).forms(url)[0] | {"consent": "agreed"}, 303)
    assert said_of_last() is Consent.NOBODY


def takes_down(guest, address: str, cause: str = "portrait") -> Takedown:
    fields = guest.visit("/take-down").forms("/take-down")[0] | {"address": address}
    fields |= {"cause": cause, "what": "It is my work.", "standing": "self", "is_true": "y"}
    guest.post("/take-down", fields | {"name": "Who Asks", "mail": "asks@example.org"}, 303)
    return newest_takedown()


def newest_takedown() -> Takedown:
    db.session.expire_all()
    return db.session.scalars(sa.select(Takedown).order_by(Takedown.id.desc())).first()


def decides(desk, decision: str) -> None:
    number = newest_takedown().id
    fields = desk.visit("/operator/take-downs").forms(f"/take-downs/{number}")[0]
    sent = fields | {"decision": decision, "reason": "We looked at it."}
    desk.post(f"/operator/take-downs/{number}", sent, 303)


def test_a_take_down_hides_a_picture_and_a_counter_notice_brings_it_back(
    shared, guest, sign_in
) -> None:
    giver, picture_id, address = shared
    served, url = f"/media/{address}", f"/pictures/{address}"
    desk = sign_in(person(roles=("operator",), language="en"))
    row = takes_down(guest, f"http://localhost{url}", "copyright")
    found = (row.subject_kind, row.subject_id, row.author_id)
    assert found == ("picture", picture_id, giver.id)
    assert guest.get(served).answer.mimetype == "image/webp"
    decides(desk, "uphold")
    assert guest.get(served).answer.mimetype == "image/svg+xml"
    assert "somebody asked for a take-down" in guest.visit(url)
    mine, answer = sign_in(giver), f"/me/take-downs/{row.id}"
    fields = mine.visit(answer).forms("take-downs")[0] | {"text": "I took it myself."}
    mine.post(answer, fields, 303)
    decides(desk, "reject")
    assert guest.get(served).answer.mimetype == "image/webp"
    follow(clock.now())
    news = mine.visit("/me/notifications/")
    assert "Taken away: “your picture”" in news


def test_what_harms_a_child_is_hidden_at_once_though_only_the_file_is_named(shared, guest) -> None:
    _giver, picture_id, address = shared
    row = takes_down(guest, f"/media/{address}", "minor")
    assert (row.subject_id, row.is_hidden) == (picture_id, True)
    assert guest.get(f"/media/{address}").answer.mimetype == "image/svg+xml"


def test_a_picture_stays_hidden_while_one_of_two_wishes_stands(shared, guest, sign_in) -> None:
    _giver, _picture_id, address = shared
    served, url = f"/media/{address}", f"/pictures/{address}"
    guest.post(f"{url}/remove-me", guest.visit(url).forms("remove-me")[0], 303)
    takes_down(guest, url, "minor")
    desk = sign_in(person(roles=("operator",), language="en"))
    decides(desk, "reject")
    assert guest.get(served).answer.mimetype == "image/svg+xml"
    fields = desk.visit("/operator/take-downs").forms("/pictures/")[0]
    number = reads.removals()[0].id
    sent = fields | {"decision": "reject", "reason": "Nobody is in it."}
    desk.post(f"/operator/take-downs/pictures/{number}", sent, 303)
    assert guest.get(served).answer.mimetype == "image/webp"


def test_a_picture_is_reported_by_its_address_only(shared, sign_in) -> None:
    sign_in(person(language="en")).visit(f"/report/picture/{shared[1]}", status=404)
