"""Who is told what, once, in the site and by mail."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, transaction
from app.core.i18n import speaking
from app.core.jobs.models import OutboxRow
from app.core.jobs.services import run_all
from app.events.services import gatherings, registrations
from app.events.types import GATHERING_CANCELLED
from app.forum.models import Thread
from app.moderation import services as moderation
from app.moderation.types import Decision, ReportReason, Rule
from app.notifications.models import Notice
from app.notifications.parts import sentence
from app.notifications.queries.inbox import inbox_of, unread_count
from app.notifications.services import wishes
from app.notifications.types import FEW, NoticeKind, Topic, Wish
from tests.factories.events import draft, gathering, neighbour, signed_up
from tests.factories.forum import a_board, a_reply, a_thread
from tests.factories.notifications import follow

pytestmark = pytest.mark.usefixtures("app")


def told(viewer: Viewer) -> list[NoticeKind]:
    db.session.rollback()
    rows = db.session.scalars(db.select(Notice).where(Notice.person_id == viewer.id))
    return [row.kind for row in sorted(rows, key=lambda row: row.id)]


def mails() -> list[dict[str, Any]]:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(OutboxRow).where(OutboxRow.name == "mail.send").order_by(OutboxRow.id)
    )
    return [row.payload for row in rows]


def caught_up() -> None:
    follow(clock.now())
    db.session.rollback()


def say(actor: Viewer, thread: Thread, body: str, **more: int) -> None:
    a_reply(thread, actor, body, **more)


def test_who_asked_hears_of_a_reply_and_who_replied_does_not() -> None:
    asks, answers = neighbour(), neighbour("Wang")
    thread = a_thread(a_board(), asks)
    say(answers, thread, "The hall is open until nine.")
    caught_up()
    assert told(asks) == [NoticeKind.REPLY]
    assert told(answers) == []
    assert unread_count(asks) == 1
    assert [mail["subject"] for mail in mails()] == [f"Wang replied in “{thread.title}” · 邻里"]


def test_a_mention_and_a_quote_say_more_than_a_reply_and_come_once() -> None:
    asks, helps, third = neighbour("Asks"), neighbour("Helps"), neighbour("Third")
    thread = a_thread(a_board(), asks)
    say(helps, thread, "Try the blue door.")
    say(third, thread, "@Asks he is right.", quote_number=2)
    caught_up()
    assert told(asks) == [NoticeKind.REPLY, NoticeKind.MENTION]
    assert told(helps) == [NoticeKind.QUOTE]


def test_reading_the_log_twice_tells_nobody_twice() -> None:
    asks = neighbour()
    thread = a_thread(a_board(), asks)
    say(neighbour(), thread, "Yes.")
    caught_up()
    caught_up()
    assert told(asks) == [NoticeKind.REPLY]
    assert len(mails()) == 1


def test_a_lively_talk_sends_one_mail_until_it_is_read() -> None:
    asks, helps = neighbour(), neighbour()
    thread = a_thread(a_board(), asks)
    for number in range(3):
        say(helps, thread, f"Thought {number}")
        caught_up()
    assert unread_count(asks) == 3
    assert len(mails()) == 1
    with transaction():
        wishes.mark_read(asks, at=clock.now())
    say(helps, thread, "One more")
    caught_up()
    assert len(mails()) == 2


def test_a_sign_up_is_acknowledged_by_mail_and_counts_as_read() -> None:
    person = neighbour()
    made = gathering(capacity=1)
    signed_up(person, made.id)
    late = neighbour()
    signed_up(late, made.id)
    caught_up()
    assert told(person) == [NoticeKind.SIGNED_UP]
    assert told(late) == [NoticeKind.IN_LINE]
    assert unread_count(person) == 0
    assert len(mails()) == 2


def test_who_is_promoted_is_told_and_it_is_unread() -> None:
    first, late = neighbour(), neighbour()
    made = gathering(capacity=1)
    held = signed_up(first, made.id)
    signed_up(late, made.id)
    with transaction():
        registrations.leave(first, held.id, at=clock.now())
    caught_up()
    assert told(late) == [NoticeKind.IN_LINE, NoticeKind.PROMOTED]
    assert unread_count(late) == 1
    assert "A seat came free" in mails()[-1]["subject"]
    assert told(first) == [NoticeKind.SIGNED_UP]


def test_a_new_time_is_told_to_all_and_a_new_description_to_nobody() -> None:
    planner, person, waits = neighbour("P", "planner"), neighbour(), neighbour()
    made = gathering(planner, capacity=1)
    signed_up(person, made.id)
    signed_up(waits, made.id)
    moved = draft(capacity=1, starts_at=made.starts_at + timedelta(days=1))
    with transaction():
        gatherings.change_gathering(planner, made, moved, at=clock.now())
        gatherings.change_gathering(
            planner,
            made,
            draft(capacity=1, starts_at=moved.starts_at, description="x"),
            at=clock.now(),
        )
    caught_up()
    assert told(person) == [NoticeKind.SIGNED_UP, NoticeKind.EVENT_CHANGED]
    assert told(waits) == [NoticeKind.IN_LINE, NoticeKind.EVENT_CHANGED]


def test_calling_off_tells_everybody_through_one_outbox_row() -> None:
    planner = neighbour("P", "planner")
    people = [neighbour() for _ in range(FEW + 3)]
    made = gathering(planner, capacity=None)
    for person in people:
        signed_up(person, made.id)
    with transaction():
        gatherings.cancel_gathering(planner, made, reason="台风", at=clock.now())
    caught_up()
    jobs = db.session.scalars(
        db.select(OutboxRow).where(OutboxRow.name == "notifications.fan_out")
    ).all()
    assert len(jobs) == 1
    run_all()
    assert all(told(person)[-1] == NoticeKind.EVENT_CANCELLED for person in people)
    assert len([mail for mail in mails() if "台风" in mail["subject"]]) == len(people)


def test_old_deeds_are_history_and_very_old_ones_nothing() -> None:
    planner, person = neighbour("P", "planner"), neighbour()
    made = gathering(planner)
    signed_up(person, made.id)
    for days in (3, 45):
        with transaction():
            record(
                planner,
                GATHERING_CANCELLED,
                made,
                at=clock.now() - timedelta(days=days),
                reason="x",
            )
    caught_up()
    assert told(person) == [NoticeKind.SIGNED_UP, NoticeKind.EVENT_CANCELLED]
    assert unread_count(person) == 0
    assert len(mails()) == 1


def test_who_wants_no_mail_gets_none_and_who_wants_no_notice_gets_none() -> None:
    planner, quiet, mail_only = neighbour("P", "planner"), neighbour(), neighbour()
    made = gathering(planner)
    for person in (quiet, mail_only):
        signed_up(person, made.id)
    with transaction():
        wishes.set_wishes(quiet.id or 0, {Topic.EVENTS: Wish(True, False)}, at=clock.now())
        wishes.set_wishes(mail_only.id or 0, {Topic.EVENTS: Wish(False, True)}, at=clock.now())
        gatherings.cancel_gathering(planner, made, reason="rain", at=clock.now())
    caught_up()
    assert NoticeKind.EVENT_CANCELLED in told(quiet)
    assert told(mail_only) == []
    off = [mail["to"] for mail in mails() if "called off" in mail["subject"]]
    assert len(off) == 1


def test_each_is_told_in_their_own_language(app: Flask) -> None:
    planner, person = neighbour("P", "planner"), neighbour(language="zh_Hans")
    made = gathering(planner)
    signed_up(person, made.id)
    caught_up()
    assert mails()[0]["subject"].startswith("报上名了：「周日一起种阳台菜」")


def test_who_is_hidden_is_told_what_by_which_rule_and_why() -> None:
    lin, zhao, keeper = neighbour("Lin"), neighbour("Zhao"), neighbour("K", "moderator")
    thread = a_thread(a_board(), lin, title="Flat to let")
    caught_up()
    with transaction():
        item = moderation.report(
            zhao, "thread", thread.id, reason=ReportReason.OTHER, text="", at=clock.now()
        )
    with transaction():
        moderation.decide(
            keeper, item.id, Decision.HIDE, rule=Rule.PLACE, note="See the rules", at=clock.now()
        )
    caught_up()
    (row,) = inbox_of(lin).rows
    with speaking("en"):
        said = sentence(row)
    assert said == "Taken away: “Flat to let” · Right place, right board · See the rules"
