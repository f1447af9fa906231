"""Letters of what was missed, for those who chose them; once each time, and ended with one tap."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.notifications.jobs.alarms import write_digests
from app.notifications.queries.inbox import wishes_of
from app.notifications.queries.reach import reach_wishes_of
from app.notifications.services import wishes
from app.notifications.services.digests import next_digest
from app.notifications.types import Digest, Topic, Wish
from tests.factories.events import neighbour
from tests.factories.forum import a_board, a_reply, a_thread
from tests.factories.notifications import follow
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("app")
At = Callable[..., Any]
SATURDAY = datetime(2026, 11, 21, 4, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 0, tzinfo=UTC)  # 08:00 in the town
MONDAY = SUNDAY + timedelta(days=1)


def chosen(digest: Digest) -> Viewer:
    """Somebody who chose a digest, no other mails, and missed something."""
    person = neighbour()
    with transaction():
        wishes.set_reach(person.id or 0, quiet=None, digest=digest, at=clock.now())
        wishes.set_wishes(person.id or 0, {Topic.TALK: Wish(by_mail=False)}, at=clock.now())
    thread = a_thread(a_board(), person)
    a_reply(thread, neighbour("Wang"), "Until nine.")
    with clock.travel(clock.now() + timedelta(minutes=1)):
        follow(clock.now())
    return person


def letters() -> list[dict[str, Any]]:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(OutboxRow).where(OutboxRow.name == "mail.send").order_by(OutboxRow.id)
    )
    return [row.payload for row in rows]


def written(instant: datetime) -> int:
    """How many letters there are when the worker has looked twice at an instant."""
    with clock.travel(instant):
        write_digests(clock.now())
        write_digests(clock.now())
    return len(letters())


def test_what_was_missed_comes_in_the_morning_once(at: At) -> None:
    with at(SATURDAY):
        chosen(Digest.DAILY)
    assert written(SUNDAY - timedelta(minutes=1)) == 0
    assert written(SUNDAY) == 1
    (letter,) = letters()
    assert letter["subject"].startswith("1 thing you have not seen")
    assert "Wang replied in" in letter["text"]
    assert "/stop/" in letter["stop"]
    assert written(MONDAY) == 1


def test_a_weekly_one_waits_for_monday(at: At) -> None:
    with at(SATURDAY):
        chosen(Digest.WEEKLY)
    assert written(SUNDAY) == 0
    assert written(MONDAY) == 1


def test_who_did_not_choose_it_gets_none_and_who_read_all_gets_none(at: At) -> None:
    with at(SATURDAY):
        chosen(Digest.NONE)
        read = chosen(Digest.DAILY)
    with at(SATURDAY + timedelta(hours=1)), transaction():
        wishes.mark_read(read, at=clock.now())
    assert written(MONDAY) == 0


def test_a_site_that_was_down_for_days_writes_one(at: At) -> None:
    with at(SATURDAY):
        chosen(Digest.DAILY)
    assert written(SUNDAY + timedelta(days=5, hours=3)) == 1


def test_one_tap_ends_it_without_signing_in(app: Flask, at: At) -> None:
    with at(SATURDAY):
        person = chosen(Digest.DAILY)
    written(SUNDAY)
    stop = letters()[0]["stop"]
    elsewhere = app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
    assert elsewhere.status_code == 200
    assert reach_wishes_of([person.id or 0])[person.id or 0].digest is Digest.NONE
    assert written(MONDAY + timedelta(days=7)) == 1


def test_one_tap_ends_all_mails_of_news(app: Flask, guest: Visitor, at: At) -> None:
    with at(SATURDAY):
        person = chosen(Digest.DAILY)
    written(SUNDAY)
    address = letters()[0]["stop"].removeprefix("http://localhost")
    form = guest.visit(address).forms("/stop/")[1]
    assert "no more mails of news at all" in guest.post(address, form, 200)
    db.session.rollback()
    known = wishes_of([person.id or 0])
    assert not any(known[(person.id or 0, topic)].by_mail for topic in Topic)
    assert all(known[(person.id or 0, topic)].on_site for topic in Topic)


def test_it_is_chosen_with_quiet_hours_on_the_same_page(app: Flask) -> None:
    person = neighbour()
    me = Visitor.signed_in(app, person.id or 0)
    page = "/me/notifications/wishes"
    form = me.visit(page).forms("wishes")[0]
    sent = form | {"digest": "weekly", "quiet_start": "23:00", "quiet_end": "06:30"}
    me.follow(me.post(page, sent, 303))
    shown = me.visit(page).forms("wishes")[0]
    assert (shown["digest"], shown["quiet_start"], shown["quiet_end"]) == (
        "weekly",
        "23:00",
        "06:30",
    )
    refused = me.post(page, sent | {"quiet_end": ""}, 422)
    assert "Give both times, or neither." in refused
    assert refused.field("quiet_start") == "23:00"


@pytest.mark.parametrize(
    ("digest", "at_", "due"),
    [
        (Digest.DAILY, SATURDAY, SUNDAY),
        (Digest.DAILY, SUNDAY, MONDAY),
        (Digest.WEEKLY, SATURDAY, MONDAY),
        (Digest.WEEKLY, MONDAY, MONDAY + timedelta(days=7)),
        (Digest.NONE, SATURDAY, None),
    ],
)
def test_the_next_one_is_due_at_eight(digest: Digest, at_: datetime, due: datetime | None) -> None:
    assert next_digest(digest, at_) == due
