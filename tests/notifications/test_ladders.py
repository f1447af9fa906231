"""The ladder: one way after the other until it is seen, and no sound in quiet hours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.activity.seen import flush_seen
from app.core.db import db, transaction
from app.core.i18n import speaking
from app.core.jobs.models import OutboxRow
from app.core.jobs.services import run_all
from app.events.services import gatherings
from app.notifications.jobs.following import climb
from app.notifications.models import Call, Telling
from app.notifications.parts import text_of
from app.notifications.policies.quiet import quiet_until
from app.notifications.services import devices, wishes
from app.notifications.types import (
    CallWhy,
    Digest,
    Letter,
    NoticeKind,
    NoticeRow,
    Quiet,
    Topic,
    Way,
    Wish,
)
from app.orders.services import preparation
from tests.factories import accounts
from tests.factories.events import gathering, neighbour, signed_up
from tests.factories.forum import a_board, a_reply, a_thread
from tests.factories.notifications import follow
from tests.factories.orders import placed, stall
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("app", "outside")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 15, tzinfo=UTC)  # 23:00 in the town
MORNING = datetime(2026, 11, 22, 0, tzinfo=UTC)  # 08:00 in the town
PHONE = "+8613800138000"


def sent() -> list[str]:
    """By which ways news left, in order."""
    db.session.rollback()
    names = {"mail.send": "mail", "notifications.push": "push", "sms.send": "sms"}
    rows = db.session.scalars(db.select(OutboxRow).order_by(OutboxRow.id))
    return [names[row.name] for row in rows if row.name in names]


def with_device(person: Viewer) -> Viewer:
    with transaction():
        devices.add_device(
            person,
            endpoint=f"http://127.0.0.1:9/{person.id}",
            public_key="x" * 87,
            auth="y" * 22,
            label="",
            at=clock.now(),
        )
    return person


def somebody(**more: Any) -> Viewer:
    return accounts.viewer(accounts.person(language="en", **more))


def answered(person: Viewer) -> int:
    thread = a_thread(a_board(), person)
    a_reply(thread, neighbour("Wang"), "Until nine.")
    return thread.id


def called_off(*people: Viewer) -> None:
    """Pressing news for people: their event does not take place."""
    planner = neighbour("P", "planner")
    made = gathering(planner, starts_at=clock.now() + timedelta(days=3))
    for person in people:
        signed_up(person, made.id)
    follow(clock.now())
    with transaction():
        db.session.execute(db.delete(OutboxRow).where(~OutboxRow.name.startswith("every")))
        db.session.execute(db.delete(Telling))
    with transaction():
        gatherings.cancel_gathering(planner, made, reason="rain", at=clock.now())
    follow(clock.now())


def test_a_device_comes_first_and_mail_when_it_was_not_seen(at: Callable[..., Any]) -> None:
    with at(NOON):
        answered(with_device(neighbour()))
        follow(clock.now())
        assert sent() == ["push"]
    with at(NOON + timedelta(minutes=9)):
        climb(clock.now())
        assert sent() == ["push"]
    with at(NOON + timedelta(minutes=10)):
        climb(clock.now())
        climb(clock.now())
        assert sent() == ["push", "mail"]


def test_who_has_no_device_gets_the_mail_at_once(at: Callable[..., Any]) -> None:
    with at(NOON):
        answered(neighbour())
        follow(clock.now())
        assert sent() == ["mail"]


def test_what_was_read_goes_no_further(at: Callable[..., Any]) -> None:
    with at(NOON):
        person = with_device(neighbour())
        answered(person)
        follow(clock.now())
    with at(NOON + timedelta(minutes=5)), transaction():
        wishes.mark_read(person, at=clock.now())
    with at(NOON + timedelta(minutes=20)):
        climb(clock.now())
    assert sent() == ["push"]


def test_who_opened_the_talk_itself_has_seen_it(app: Flask, at: Callable[..., Any]) -> None:
    with at(NOON):
        person = with_device(neighbour())
        thread_id = answered(person)
        follow(clock.now())
    with at(NOON + timedelta(minutes=5)):
        Visitor.signed_in(app, person.id or 0).visit(f"/forum/threads/{thread_id}")
        flush_seen()
    with at(NOON + timedelta(minutes=20)):
        climb(clock.now())
    assert sent() == ["push"]


def test_a_town_that_was_down_takes_the_step_once_and_counts_from_then(
    at: Callable[..., Any],
) -> None:
    with at(NOON):
        called_off(with_device(somebody(phone=PHONE)))
        assert sent() == ["push"]
    late = NOON + timedelta(hours=4)
    with at(late):
        for _ in range(3):
            climb(clock.now())
        assert sent() == ["push", "mail"]
    with at(late + timedelta(minutes=60)):
        climb(clock.now())
        assert sent() == ["push", "mail", "sms"]


def test_only_what_presses_is_worth_a_text_message(
    at: Callable[..., Any], texts: list[Any]
) -> None:
    with at(NOON):
        person = somebody(mail=None, phone=PHONE)
        answered(person)
        follow(clock.now())
        assert sent() == []
        called_off(person)
        assert sent() == ["sms"]
        run_all()
    assert [one.to for one in texts] == [PHONE]
    assert texts[0].text.startswith("“Balcony greens on Sunday” is called off: rain")


def test_a_telephone_is_silent_at_night_and_told_in_the_morning_once(
    at: Callable[..., Any],
) -> None:
    with at(NIGHT):
        called_off(somebody(mail=None, phone=PHONE))
        assert sent() == []
    with at(MORNING - timedelta(minutes=1)):
        climb(clock.now())
        assert sent() == []
    with at(MORNING):
        climb(clock.now())
        climb(clock.now())
        assert sent() == ["sms"]


def test_a_mail_wakes_nobody_and_goes_at_night(at: Callable[..., Any]) -> None:
    with at(NIGHT):
        called_off(neighbour())
        assert sent() == ["mail"]


def test_ones_own_quiet_hours_count_before_the_towns(at: Callable[..., Any]) -> None:
    with at(NIGHT):
        owl, lark = somebody(mail=None, phone=PHONE), somebody(mail=None, phone="+8613800138001")
        with transaction():
            wishes.set_reach(owl.id or 0, quiet=Quiet(60, 540), digest=Digest.NONE, at=clock.now())
        called_off(owl, lark)
        assert sent() == ["sms"]


def test_who_wants_no_text_message_gets_none(at: Callable[..., Any]) -> None:
    with at(NOON):
        quiet, other = somebody(mail=None, phone=PHONE), somebody(mail=None, phone="+8613800138001")
        with transaction():
            wishes.set_wishes(quiet.id or 0, {Topic.EVENTS: Wish(by_sms=False)}, at=clock.now())
        called_off(quiet, other)
        assert sent() == ["sms"]


def test_a_text_message_carries_the_short_link_that_ends_its_kind(
    at: Callable[..., Any], guest: Visitor
) -> None:
    with at(NOON):
        person = somebody(mail=None, phone=PHONE)
        called_off(person)
        text = db.session.scalar(db.select(OutboxRow.payload).where(OutboxRow.name == "sms.send"))
        link = text["text"].rpartition(" ")[2].removeprefix("http://localhost")
        page = guest.visit(link)
        guest.post(link, page.forms("/s/")[0], 200)
        called_off(person)
        assert sent() == []


def test_a_text_message_about_an_order_says_that_it_is_needed(app: Flask) -> None:
    row = NoticeRow(
        0, NoticeKind.ORDER_READY, "order", 1, {"number": "A1"}, None, None, None, NOON, None
    )
    with app.test_request_context(), speaking("en"):
        for person_id in (1, None):  # a guest's, too
            said = text_of(Letter(PHONE, "en", row, "k", person_id, Way.SMS))
            assert said.endswith("(needed for this order)")
            assert "/s/" not in said


def test_whom_nothing_reaches_is_to_be_phoned_unless_they_saw_it(at: Callable[..., Any]) -> None:
    with at(NOON):
        hidden, saw = somebody(mail=None), somebody(mail=None)
        called_off(hidden, saw)
        with transaction():
            wishes.mark_read(saw, at=clock.now() + timedelta(minutes=1))
    with at(NOON + timedelta(hours=2)):
        climb(clock.now())
        climb(clock.now())
    db.session.rollback()
    (call,) = db.session.scalars(db.select(Call))
    assert (call.person_id, call.why) == (hidden.id, CallWhy.NO_WAY)
    assert sent() == []


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(21, 59, None), (22, 0, 8), (23, 30, 8), (0, 0, 8), (7, 59, 8), (8, 0, None), (12, 0, None)],
)
def test_the_towns_night_is_from_ten_to_eight(hour: int, minute: int, until: int | None) -> None:
    instant = clock.at_local(NOON.date(), datetime.min.time().replace(hour=hour, minute=minute))
    ends = quiet_until(Quiet(), instant)
    assert (None if ends is None else clock.local(ends).hour) == until
    assert ends is None or timedelta(0) < ends - instant <= timedelta(hours=10)


def test_hours_that_are_alike_are_no_quiet_hours() -> None:
    assert quiet_until(Quiet(480, 480), NOON) is None
    assert quiet_until(Quiet(11 * 60, 13 * 60), NOON) == NOON + timedelta(hours=1)


def guests_order_is_ready() -> str:
    """A guest who left only a number, and whose order lies ready; its number."""
    place = stall()
    order = placed(place)
    with transaction():
        db.session.execute(
            db.text("UPDATE orders SET person_id = NULL, contact_mail = '', language = 'en'")
        )
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
        preparation.make_ready(place.keeper, order.id, at=clock.now())
    follow(clock.now())
    run_all()
    return order.number


def test_a_guest_who_left_only_a_number_is_sent_what_presses(
    at: Callable[..., Any], texts: list[Any]
) -> None:
    with at(NOON):
        number = guests_order_is_ready()
    needed = "(needed for this order)"
    assert [(one.to, one.text) for one in texts] == [
        ("+8613812345678", f"Order {number} is ready to collect at Wheatfield · 邻里 {needed}")
    ]


def test_a_guest_is_not_woken_either(at: Callable[..., Any], texts: list[Any]) -> None:
    with at(NIGHT):
        guests_order_is_ready()
        assert texts == []
    with at(MORNING):
        run_all()
    assert len(texts) == 1
