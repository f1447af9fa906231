"""Addresses that fail: marked, shown, left alone, and forgotten when they work again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db, transaction
from app.core.jobs.services import run_all
from app.core.mail.services import send_mail
from app.core.sms.services import send_sms
from app.notifications.jobs.following import climb
from app.notifications.models import Call, FailedAddress
from app.notifications.types import CallWhy
from tests.factories import accounts
from tests.factories.events import gathering, signed_up
from tests.factories.notifications import follow
from tests.notifications.outside import Letterbox, Service
from tests.visitor import Visitor

At = Callable[..., Any]
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
WISHES = "/me/notifications/wishes"


def failed() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(FailedAddress.address)))


def told(person: Any) -> None:
    """Something happens that is mailed at once."""
    signed_up(accounts.viewer(person), gathering().id)
    follow(clock.now())
    run_all()


def mailed(to: str) -> None:
    with transaction():
        send_mail(to, "Hello", "Hello")
    run_all()


def test_a_refused_address_is_marked_shown_and_left_alone(app: Flask, letterbox: Letterbox) -> None:
    person = accounts.person("Mei", language="en", mail="gone@example.org")
    told(person)
    assert failed() == ["gone@example.org"]
    asked = len(letterbox.asked)
    told(person)
    assert len(letterbox.asked) == asked
    me = Visitor.signed_in(app, person.id)
    assert "Mails to gone@example.org come back" in me.visit("/me/")
    page = me.visit(WISHES)
    assert "Mails to gone@example.org come back" in page
    assert 'href="/me/settings"' in page.text
    operator = accounts.person(language="en", roles=("operator",))
    desk = Visitor.signed_in(app, operator.id).visit("/operator/failed-addresses")
    assert "gone@example.org" in desk
    assert "Mei" in desk
    assert "5.1.1 nobody here" in desk


def test_an_address_that_works_is_neither_marked_nor_shown(
    app: Flask, letterbox: Letterbox
) -> None:
    person = accounts.person(language="en", mail="here@example.org")
    told(person)
    assert failed() == []
    me = Visitor.signed_in(app, person.id)
    assert "come back" not in me.visit("/me/")
    assert "come back" not in me.visit(WISHES)


def test_who_lets_us_try_again_is_written_to_again(app: Flask, letterbox: Letterbox) -> None:
    person = accounts.person(language="en", mail="gone@example.org")
    told(person)
    me = Visitor.signed_in(app, person.id)
    form = me.visit(WISHES).forms("/try-again/mail")[0]
    shown = me.follow(me.post("/me/notifications/try-again/mail", form, 303))
    assert "The next news goes there again." in shown
    assert failed() == []
    letterbox.gone = ("nobody",)
    told(person)
    assert len(letterbox.arrived) == 1


def test_nobody_tries_anothers_address_again(app: Flask, letterbox: Letterbox) -> None:
    mailed("gone@example.org")
    me = Visitor.signed_in(app, accounts.person().id)
    me.post("/me/notifications/try-again/mail", {}, 303)
    assert failed() == ["gone@example.org"]


def test_a_changed_address_clears_it(app: Flask, letterbox: Letterbox) -> None:
    person = accounts.person(language="en", mail="gone@example.org")
    told(person)
    with transaction():
        db.session.execute(
            db.text("UPDATE users SET mail = 'new@example.org' WHERE id = :id"), {"id": person.id}
        )
    assert "come back" not in Visitor.signed_in(app, person.id).visit(WISHES)
    told(person)
    assert len(letterbox.arrived) == 1


def test_a_mail_that_arrives_clears_it(letterbox: Letterbox) -> None:
    mailed("gone@example.org")
    assert failed() == ["gone@example.org"]
    letterbox.gone = ("nobody",)
    mailed("GONE@example.org")
    assert failed() == []


def test_a_server_that_minds_us_says_nothing_of_the_address(letterbox: Letterbox) -> None:
    mailed("unloved@example.org")
    assert letterbox.asked == ["unloved@example.org"]
    assert failed() == []


@pytest.mark.parametrize(
    ("status", "is_marked"), [(404, True), (400, True), (401, False), (503, False), (200, False)]
)
def test_a_number_is_marked_by_what_its_gateway_says(
    app: Flask, outside: Service, status: int, is_marked: bool
) -> None:
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, sms_url=f"{outside.url}/sms")
    outside.status = status
    person = accounts.person(language="en", phone="+8613800138000")
    with transaction():
        send_sms("13800138000", "Hello", key="one")
    run_all()
    assert failed() == (["+8613800138000"] if is_marked else [])
    page = Visitor.signed_in(app, person.id).visit(WISHES)
    assert ("Text messages to +8613800138000 do not arrive" in page) is is_marked


def test_whose_every_way_fails_is_to_be_phoned(at: At, letterbox: Letterbox) -> None:
    with at(NOON):
        person = accounts.viewer(accounts.person(mail="gone@example.org"))
        planner = accounts.viewer(accounts.person(roles=("planner",)))
        from app.events.services import gatherings

        made = gathering(planner, starts_at=NOON + timedelta(days=3))
        signed_up(person, made.id)
        with transaction():
            gatherings.cancel_gathering(planner, made, reason="rain", at=clock.now())
        follow(clock.now())
        run_all()
        assert failed() == ["gone@example.org"]
    with at(NOON + timedelta(hours=2)):
        climb(clock.now())
    db.session.rollback()
    (call,) = db.session.scalars(db.select(Call))
    assert (call.person_id, call.why) == (person.id, CallWhy.ALL_FAILED)
