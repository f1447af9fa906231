"""Take-downs: anybody asks, the law's haste, the author's answer, the last word; all of it told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.types import Leaving
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.moderation.errors import AlreadyDecidedError, TooLateToAnswerError
from app.moderation.models import Takedown
from app.moderation.queries import takedowns as reads
from app.moderation.services import leaving
from app.moderation.services import takedowns as services
from tests.factories import forum as talk
from tests.factories.accounts import person
from tests.visitor import Visitor


@pytest.fixture
def said(app):
    author, other = talk.a_neighbour("Author"), talk.a_neighbour("Other")
    thread = talk.a_thread(talk.a_board(), author, title="Heron seen", body="His number is 139.")
    reply = talk.a_reply(thread, other, "Her number is 138.")
    return thread, reply, author, other


def ask(guest, address: str, cause: str = "defamation", **more):
    fields = guest.visit("/take-down").forms("/take-down")[0] | {
        "address": address,
        "cause": cause,
        "what": "It says what is not true.",
        "standing": "self",
        "name": "Who Asks",
        "mail": "asks@example.org",
        "is_true": "y",
    }
    return guest.post("/take-down", fields | more)


def row() -> Takedown:
    return db.session.scalars(sa.select(Takedown).order_by(Takedown.id.desc())).first()


def desk_decides(browser, decision: str, reason: str, status: int = 303):
    db.session.remove()
    page = browser.visit("/operator/take-downs")
    fields = page.forms(f"/take-downs/{row().id}")[0]
    sent = fields | {"decision": decision, "reason": reason}
    return browser.post(f"/operator/take-downs/{row().id}", sent, status)


def test_anybody_asks_and_follows_it_without_an_account(guest, said) -> None:
    thread = said[0]
    sent = ask(guest, f"http://localhost/forum/threads/{thread.id}")
    assert sent.status == 303
    page = guest.follow(sent)
    assert "Waiting for a decision" in page
    assert (row().subject_kind, row().subject_id) == ("thread", thread.id)
    assert row().author_id == said[2].id
    guest.visit(f"/forum/threads/{thread.id}")
    guest.visit("/take-down/another-token", status=404)


def test_a_request_nobody_can_answer_or_that_is_not_sworn_is_refused(guest, said) -> None:
    address = f"/forum/threads/{said[0].id}"
    assert "so that we can answer" in ask(guest, address, mail="")
    assert ask(guest, address, mail="").status == 422
    assert ask(guest, address, is_true="").status == 422
    assert ask(guest, address, mail="", phone="13912345678").status == 303


def test_one_place_cannot_flood_the_desk(guest, said) -> None:
    for _number in range(6):
        assert ask(guest, f"/forum/threads/{said[0].id}").status == 303
    assert ask(guest, f"/forum/threads/{said[0].id}").status == 429


def test_private_data_is_hidden_at_once_and_only_what_was_meant(guest, said) -> None:
    thread, reply, _author, _other = said
    ask(guest, f"/forum/threads/{thread.id}#p2", "private")
    assert (row().subject_kind, row().subject_id) == ("post", reply.id)
    page = guest.visit(f"/forum/threads/{thread.id}")
    assert "138" not in page
    assert "139" in page


def test_the_author_answers_the_one_who_asked_reads_it_and_it_is_decided_again(
    guest, said, sign_in
) -> None:
    thread, _reply, author, other = said
    operator = sign_in(person(roles=("operator",), language="en"))
    guest.follow(ask(guest, f"/forum/threads/{thread.id}"))
    desk_decides(operator, "uphold", "", 422)
    desk_decides(operator, "uphold", "It may be untrue.")
    guest.visit(f"/forum/threads/{thread.id}", status=404)
    mine = sign_in(author.id)
    answer = f"/me/take-downs/{row().id}"
    page = mine.visit(answer)
    assert "It may be untrue." in page
    assert "Who Asks" not in page
    assert "asks@example.org" not in page
    sign_in(other.id).visit(answer, status=404)
    mine.post(answer, page.forms("take-downs")[0] | {"text": "Here is the proof."}, 303)
    mine.post(answer, {"text": "And again."}, 409)
    assert "Here is the proof." in operator.visit("/operator/take-downs")
    desk_decides(operator, "reject", "The proof is good.")
    guest.visit(f"/forum/threads/{thread.id}")
    assert row().state == "restored"
    reasons = db.session.scalars(
        sa.select(LogEntry.reason).where(LogEntry.verb == "takedown.decided")
    )
    assert list(reasons) == ["It may be untrue.", "The proof is good."]


def test_a_rejected_request_shows_again_what_was_hidden_at_once(guest, said, sign_in) -> None:
    thread = said[0]
    operator = sign_in(person(roles=("operator",), language="en"))
    ask(guest, f"/forum/threads/{thread.id}", "minor")
    guest.visit(f"/forum/threads/{thread.id}", status=404)
    desk_decides(operator, "reject", "No child is in it.")
    guest.visit(f"/forum/threads/{thread.id}")
    desk, number, now = talk.a_neighbour("Desk", role="operator"), row().id, clock.now()
    with pytest.raises(AlreadyDecidedError), transaction():
        services.decide_takedown(desk, number, is_upheld=True, reason="again", at=now)


def test_an_answer_after_its_days_is_too_late(guest, said, sign_in) -> None:
    operator = sign_in(person(roles=("operator",), language="en"))
    ask(guest, f"/forum/threads/{said[0].id}")
    desk_decides(operator, "uphold", "So be it.")
    late = clock.now() + timedelta(days=15, minutes=1)
    with pytest.raises(TooLateToAnswerError), transaction():
        services.answer_takedown(said[2], row().id, text="Late", at=late)


def test_what_stands_elsewhere_is_taken_in_and_found_by_hand(guest, said, sign_in) -> None:
    assert said
    for address in ("https://elsewhere.example/forum/threads/1", "the red poster", "/nowhere"):
        assert ask(guest, address).status == 303
        assert row().subject_kind == ""
    operator = sign_in(person(roles=("operator",), language="en"))
    desk_decides(operator, "reject", "Not on this site.")


def test_the_desk_is_for_reviewers_and_late_requests_are_marked(guest, said, sign_in, at) -> None:
    ask(guest, f"/forum/threads/{said[0].id}")
    sign_in(person()).visit("/operator/take-downs", status=403)
    with at(clock.now() + timedelta(days=4)):
        assert "late since" in sign_in(person(roles=("moderator",), language="en")).visit(
            "/operator/take-downs"
        )


def test_the_operator_sees_on_the_first_page_what_waits_and_what_is_late(
    guest, said, sign_in, at, count_queries
) -> None:
    operator = sign_in(person(roles=("operator",), language="en"))
    assert "take-down request" not in operator.visit("/operator/")
    ask(guest, f"/forum/threads/{said[0].id}")
    assert "1 take-down request waits" in operator.visit("/operator/")
    with at(clock.now() + timedelta(days=4)), count_queries() as statements:
        assert "1 late" in operator.visit("/operator/")
    assert len(statements) <= 22


def test_the_most_urgent_request_stands_first_on_the_first_page(guest, said) -> None:
    for cause in ("defamation", "other", "illegal"):
        ask(guest, f"/forum/threads/{said[0].id}", cause)
    first = reads.takedowns(size=1)
    second = reads.takedowns(size=1, after=first.next_key)
    third = reads.takedowns(size=1, after=second.next_key)
    causes = [str(page.rows[0].cause) for page in (first, second, third)]
    assert causes == ["illegal", "defamation", "other"]
    assert third.next_key is None


def test_one_home_cannot_flood_the_desk_from_its_many_addresses(app, said) -> None:
    answers = []
    for number in range(7):
        browser = Visitor(app)
        browser.client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number + 1}"
        answers.append(ask(browser, f"/forum/threads/{said[0].id}").status)
    assert answers == [303] * 6 + [429]


def test_what_an_author_answered_goes_with_them(guest, said) -> None:
    thread, _reply, author, _other = said
    ask(guest, f"/forum/threads/{thread.id}", "private")
    with transaction():
        services.answer_takedown(author, row().id, text="I live there myself.", at=clock.now())
    with transaction():
        leaving.forget_person(Leaving(author.id, True, "A former neighbour"), clock.now())
    db.session.expire_all()
    assert (row().answer, row().state) == ("", "answered")
