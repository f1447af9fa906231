"""A lost number comes back by two people of the desk, and the old ways may say no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries
from app.accounts.jobs import change_numbers, close_due_accounts
from app.accounts.models import NumberChange, Passkey, User
from app.accounts.services import closing
from app.accounts.types import ChangeState
from app.core import clock
from app.core.activity.queries import audit_rows
from app.core.db import db, transaction
from app.core.jobs import services as jobs
from app.core.mail import gateway as mails
from app.core.sms import gateway as texts
from tests.factories.accounts import person
from tests.visitor import Visitor

OLD, NEW = "13800138000", "13900139000"
At = Callable[..., Any]


@pytest.fixture(autouse=True)
def letters(app: Flask) -> None:
    """Begin with no message on record, in a town that sends both kinds."""
    texts.collected.clear()
    mails.collected.clear()
    conf = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(conf, mail_url="collect:")


@pytest.fixture
def lost() -> User:
    """Somebody whose phone fell into the river."""
    made = person("王梅", phone=OLD, mail="wang@example.org")
    with transaction():
        kept = queries.user(made.id)
        kept.phone_proven_at, kept.totp_secret = clock.now(), "sealed"
        values = {"public_key": b"k", "name": "old phone", "made_at": clock.now()}
        db.session.add(Passkey(user_id=made.id, credential_id="c", **values))
    return made


@pytest.fixture
def desk(app: Flask) -> tuple[Visitor, Visitor]:
    """Two people of the desk."""
    return (
        Visitor.signed_in(app, person("Anna", roles=("operator",), language="en").id),
        Visitor.signed_in(app, person("Ben", roles=("moderator",), language="en").id),
    )


def ask(browser: Visitor, who: User, phone: str = NEW, status: int = 303) -> None:
    data = {"phone": phone, "reason": "neighbours for ten years"}
    browser.post(f"/operator/people/{who.id}/number", data, status=status)


def change() -> Any:
    db.session.expire_all()
    return db.session.scalars(sa.select(NumberChange).order_by(NumberChange.id.desc())).first()


def confirm(browser: Visitor, status: int = 303) -> None:
    browser.post(f"/operator/getting-in/numbers/{change().id}/confirm", status=status)


def link_sent() -> str:
    jobs.run_all()
    text = mails.collected[-1].text
    return next(line for line in text.splitlines() if "/me/number/" in line).replace(
        "http://localhost", ""
    )


def run(at: At, hours: int) -> None:
    with at(clock.now() + timedelta(hours=hours)):
        change_numbers(clock.now())


def test_two_people_a_notice_and_a_day_move_an_account(
    app: Flask, desk: tuple[Visitor, Visitor], lost: User, at: At
) -> None:
    old_session = Visitor.signed_in(app, lost.id)
    first, second = desk
    found = first.visit("/operator/getting-in?q=王")
    assert f'href="/operator/people/{lost.id}/number"' in found.text
    first.visit(f"/operator/people/{lost.id}/number")
    ask(first, lost)
    assert "139 **** 9000" in second.visit("/operator/getting-in")
    confirm(second)
    jobs.run_all()
    assert {sms.to for sms in texts.collected} == {"+8613800138000", "+8613900139000"}
    assert mails.collected[-1].to == "wang@example.org"
    run(at, 23)
    assert queries.user(lost.id).phone == "+8613800138000"
    run(at, 25)
    moved = queries.user(lost.id)
    assert (moved.phone, moved.phone_proven_at, moved.totp_secret) == ("+8613900139000", None, None)
    assert db.session.scalars(sa.select(Passkey)).all() == []
    assert old_session.get("/me/").status == 303
    verbs = {row.verb for row in audit_rows(limit=20)}
    assert {"number.asked", "number.confirmed", "number.changed"} <= verbs
    browser = Visitor(app)
    browser.post("/me/enter", {"phone": NEW}, status=303)
    jobs.run_all()
    browser.post("/me/enter/code", {"code": texts.collected[-1].text[:6]}, status=303)
    assert browser.visit("/me/").status == 200


def test_one_person_is_not_enough_nor_is_the_owner(
    app: Flask, desk: tuple[Visitor, Visitor], lost: User
) -> None:
    first, second = desk
    ask(first, lost)
    confirm(first, status=403)
    assert change().state is ChangeState.ASKED
    confirm(second)
    assert change().state is ChangeState.CONFIRMED
    confirm(second, status=409)


def test_the_database_itself_wants_two(desk: tuple[Visitor, Visitor], lost: User) -> None:
    ask(desk[0], lost)
    row = change()
    broken = sa.update(NumberChange).values(confirmed_by=row.asked_by)
    with pytest.raises(sa.exc.IntegrityError), transaction():
        db.session.execute(broken)
    db.session.rollback()


def test_neighbours_and_strangers_ask_for_nothing(app: Flask, lost: User) -> None:
    neighbour = Visitor.signed_in(app, person().id)
    ask(neighbour, lost, status=403)
    Visitor(app).post(f"/operator/people/{lost.id}/number", {"phone": NEW, "reason": "x"})
    assert db.session.scalars(sa.select(NumberChange)).all() == []


def test_nobody_asks_for_themselves_and_no_moderator_for_the_team(app: Flask) -> None:
    boss, aide = person(roles=("operator",)), person(roles=("moderator",))
    ask(Visitor.signed_in(app, boss.id), boss, status=403)
    ask(Visitor.signed_in(app, aide.id), boss, status=403)
    ask(Visitor.signed_in(app, boss.id), aide)


def test_a_number_that_somebody_has_and_a_second_request_are_refused(
    desk: tuple[Visitor, Visitor], lost: User
) -> None:
    person(phone="13700137000")
    ask(desk[0], lost, "13700137000", status=422)
    ask(desk[0], lost, "12345", status=422)
    ask(desk[0], lost)
    ask(desk[1], lost, "13600136000", status=409)


def test_the_old_mail_stops_it_without_signing_in_and_once(
    app: Flask, desk: tuple[Visitor, Visitor], lost: User, at: At
) -> None:
    ask(desk[0], lost)
    confirm(desk[1])
    link = link_sent()
    guest = Visitor(app)
    guest.visit(link)
    assert change().state is ChangeState.CONFIRMED
    guest.post(link, status=303)
    assert change().state is ChangeState.STOPPED
    guest.post(link, status=409)
    run(at, 30)
    assert queries.user(lost.id).phone == "+8613800138000"
    assert guest.get("/me/number/nothing").status == 404


def test_who_proves_the_number_first_keeps_it(
    desk: tuple[Visitor, Visitor], lost: User, at: At
) -> None:
    ask(desk[0], lost)
    confirm(desk[1])
    person(phone=NEW)
    run(at, 30)
    assert change().state is ChangeState.STOPPED
    assert queries.user(lost.id).phone == "+8613800138000"


def test_somebody_who_leaves_meanwhile_keeps_nobody_else_from_a_new_number(
    desk: tuple[Visitor, Visitor], lost: User, at: At
) -> None:
    ask(desk[0], lost)
    confirm(desk[1])
    other, now = person("周", phone="13700137000"), clock.now()
    ask(desk[0], other, "13600136000")
    confirm(desk[1])
    with transaction():
        closing.ask_closing(queries.viewer_as(lost.id), keeps_words=True, at=now)
    close_due_accounts(now + timedelta(days=8))
    change_numbers(now + timedelta(days=8))
    assert queries.user(other.id).phone == "+8613600136000"
    left = db.session.scalars(sa.select(NumberChange).where(NumberChange.user_id == lost.id)).one()
    assert (left.state, left.phone) == (ChangeState.STOPPED, "")
