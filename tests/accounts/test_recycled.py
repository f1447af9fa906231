"""A number that somebody else has now opens nothing of its old owner's: one more thing, or anew."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries
from app.accounts.models import Proof, SignIn, User
from app.accounts.policies.codes import ANSWERS
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.jobs import services as jobs
from app.core.mail import gateway as mails
from app.core.sms import gateway as texts
from tests.factories.accounts import PASSWORD, person
from tests.visitor import Page, Visitor

PHONE = "13800138000"
LONG = timedelta(days=120)
SignInAs = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def letters(app: Flask) -> Iterator[None]:
    """Begin with no letter on record, in a town that sends both kinds."""
    texts.collected.clear()
    mails.collected.clear()
    conf = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(conf, mail_url="collect:")
    yield
    texts.collected.clear()


def quiet(**more: Any) -> User:
    """Somebody who joined long ago and was never seen since."""
    made = person("王梅", phone=PHONE, at=clock.now() - LONG, language="en", **more)
    with transaction():
        queries.user(made.id).phone_proven_at = clock.now() - LONG
    return made


def enter(browser: Visitor) -> Page:
    browser.post("/me/enter", {"phone": PHONE})
    jobs.run_all()
    return browser.post("/me/enter/code", {"code": texts.collected[-1].text[:6]}, status=303)


def signed_in() -> set[int]:
    db.session.expire_all()
    return set(db.session.scalars(sa.select(SignIn.user_id)))


def test_a_code_to_a_number_long_unused_opens_nothing_by_itself(guest: Visitor) -> None:
    quiet()
    sent = enter(guest)
    assert sent.location == "/me/enter/whose"
    page = guest.follow(sent)
    assert "Numbers get new owners" in page
    assert "王梅" not in page
    assert signed_in() == set()
    assert guest.get("/me/").status == 303
    assert guest.post("/me/enter/join", {"name": "Anew"}).status in {303, 422}
    assert signed_in() == set()


def test_who_was_here_lately_or_comes_with_their_own_device_is_asked_nothing_more(
    app: Flask, guest: Visitor, at: Any
) -> None:
    made = person("王梅", phone=PHONE, language="en")
    assert enter(guest).location == "/"
    device = guest.client.get_cookie("linli_device")
    assert device is not None
    with at(clock.now() + LONG):
        assert enter(Visitor(app)).location == "/me/enter/whose"
        own = Visitor(app)
        own.client.set_cookie("linli_device", device.value)
        assert enter(own).location == "/"
        assert enter(Visitor(app)).location == "/"
    assert signed_in() == {made.id}


def test_the_name_lets_in_whose_account_has_nothing_else(guest: Visitor) -> None:
    made = quiet(mail=None)
    page = guest.follow(enter(guest))
    fields = page.forms("/me/enter/whose")[0]
    wrong = guest.post("/me/enter/whose", fields | {"answer": "李雷"}, 422)
    assert "That does not fit this account" in wrong
    assert guest.post("/me/enter/whose", fields | {"answer": "王梅 "}, 303).location == "/"
    assert signed_in() == {made.id}
    assert enter(Visitor(guest.app)).location == "/"


def test_the_name_is_not_asked_where_there_is_a_password_or_a_role(app: Flask) -> None:
    quiet(has_password=True)
    browser = Visitor(app)
    page = browser.follow(enter(browser))
    fields = page.forms("/me/enter/whose")[0]
    browser.post("/me/enter/whose", fields | {"answer": "王梅"}, 422)
    browser.post("/me/enter/whose", fields | {"answer": PASSWORD}, 303)
    assert len(signed_in()) == 1


def test_a_name_opens_no_account_of_the_team(guest: Visitor) -> None:
    quiet(mail=None, roles=("operator",))
    page = guest.follow(enter(guest))
    assert not page.forms("/me/enter/whose")[0].get("answer")
    assert 'name="answer"' not in page.text
    guest.post("/me/enter/whose", {"answer": "王梅"}, 422)
    assert signed_in() == set()


def test_a_code_to_the_mail_lets_the_owner_in(guest: Visitor) -> None:
    made = quiet()
    with transaction():
        queries.user(made.id).mail_proven_at = clock.now() - LONG
    page = guest.follow(enter(guest))
    assert made.mail not in page.text
    sent = guest.post("/me/enter/whose/mail", page.forms("/whose/mail")[0], 303)
    jobs.run_all()
    guest.post(sent.location, {"code": mails.collected[-1].subject[:6]}, 303)
    assert signed_in() == {made.id}
    Visitor(guest.app).post("/me/enter/whose/mail", {}, 422)


def test_tries_at_what_the_owner_knows_come_to_an_end(guest: Visitor) -> None:
    quiet(mail=None)
    fields = guest.follow(enter(guest)).forms("/me/enter/whose")[0]
    for _number in range(ANSWERS - 1):
        guest.post("/me/enter/whose", fields | {"answer": "no"}, 422)
    over = guest.post("/me/enter/whose", fields | {"answer": "王梅"}, 422)
    assert "counts no more" in over
    for _number in range(2):
        page = guest.follow(enter(guest))
        for _try in range(ANSWERS - 1):
            guest.post("/me/enter/whose", {"answer": "no"})
    guest.follow(enter(guest))
    assert guest.post("/me/enter/whose", {"answer": "王梅"}).status == 429
    assert signed_in() == set()
    assert page.status == 200


def test_a_new_owner_starts_anew_and_the_old_account_keeps_the_rest(
    guest: Visitor, sign_in: SignInAs
) -> None:
    made = quiet(has_password=True)
    page = guest.follow(enter(guest))
    sent = guest.post("/me/enter/whose/not-me", page.forms("not-me")[0], 303)
    page = guest.follow(sent)
    assert "How shall we call you?" in page
    guest.post("/me/enter/join", page.forms("/me/enter/join")[0] | {"name": "Anew"}, 303)
    old, new = queries.user(made.id), queries.user_by_phone(PHONE)
    assert (old.phone, old.phone_proven_at, old.name) == (None, None, "王梅")
    assert new is not None
    assert (new.name, new.phone) == ("Anew", "+8613800138000")
    assert signed_in() == {new.id}
    jobs.run_all()
    assert mails.collected[-1].to == made.mail
    assert "138 **** 8000" in mails.collected[-1].text
    deeds = sa.select(LogEntry.verb).where(LogEntry.subject_id == made.id)
    assert "number.freed" in set(db.session.scalars(deeds))
    sign_in(made.id).visit("/me/settings/safety")


def test_nobody_frees_a_number_that_is_in_use_nor_one_of_a_suspended_account(
    app: Flask, guest: Visitor
) -> None:
    made = quiet(mail=None)
    guest.post("/me/enter/whose/not-me", {}, 422)
    enter(guest)
    with transaction():
        queries.user(made.id).suspended_until = clock.now() + timedelta(days=3)
    guest.post("/me/enter/whose/not-me", {}, 403)
    with transaction():
        kept = queries.user(made.id)
        kept.suspended_until, kept.phone_proven_at = None, clock.now()
    guest.post("/me/enter/whose/not-me", {}, 409)
    assert queries.user(made.id).phone is not None
    assert db.session.scalar(sa.select(sa.func.count(Proof.id))) == 1
