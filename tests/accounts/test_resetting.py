import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, services
from app.accounts.models import PasswordReset
from app.core import clock
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from tests.factories.accounts import PASSWORD, person
from tests.visitor import Visitor

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
MAIL = "wang@example.org"
Browser = Callable[..., Visitor]


def _mails() -> list[dict[str, str]]:
    rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.name == "mail.send"))
    return [row.payload for row in rows]


def _link(text: str) -> str:
    found = re.search(r"/me/reset/\S+", text)
    assert found
    return found[0]


def test_a_known_and_an_unknown_mail_get_the_same_answer(guest: Visitor) -> None:
    person(mail=MAIL, has_password=True)
    known = guest.post("/me/reset", {"mail": MAIL}, status=303)
    unknown = guest.post("/me/reset", {"mail": "x@example.org"}, status=303)
    assert known.location == unknown.location
    assert "on its way" in guest.follow(known)
    assert [mail["to"] for mail in _mails()] == [MAIL]


def test_a_link_sets_a_password_once_and_ends_all_sessions(app: Flask, guest: Visitor) -> None:
    made = person(mail=MAIL, has_password=True)
    with transaction():
        old = services.start_session(made.id)
    guest.post("/me/reset", {"mail": MAIL}, status=303)
    link = _link(_mails()[0]["text"])
    guest.visit(link)
    answer = guest.post(link, {"password": "a brand new secret"}, status=303)
    assert answer.location.startswith("/me/")
    assert guest.get("/me/").status == 200
    assert queries.viewer_of(old) is None
    other = Visitor(app)
    assert other.post(link, {"password": "once more please"}).status == 404
    other.visit(link, status=404)
    assert other.post("/me/sign-in", {"mail": MAIL, "password": PASSWORD}).status == 422
    sent = {"mail": MAIL, "password": "a brand new secret"}
    assert other.post("/me/sign-in", sent).status == 303
    assert _mails()[1]["to"] == MAIL


def test_a_link_runs_out_after_an_hour(guest: Visitor) -> None:
    person(mail=MAIL)
    with clock.travel(NOW):
        guest.post("/me/reset", {"mail": MAIL}, status=303)
    link = _link(_mails()[0]["text"])
    with clock.travel(NOW + timedelta(minutes=59)):
        guest.visit(link)
    with clock.travel(NOW + timedelta(minutes=61)):
        guest.visit(link, status=404)


def test_using_one_link_spends_the_others(app: Flask, guest: Visitor) -> None:
    person(mail=MAIL)
    guest.post("/me/reset", {"mail": MAIL}, status=303)
    guest.post("/me/reset", {"mail": MAIL}, status=303)
    first, second = (_link(mail["text"]) for mail in _mails())
    guest.post(second, {"password": "a brand new secret"}, status=303)
    assert Visitor(app).post(first, {"password": "not any more"}).status == 404


def test_only_the_links_hash_is_kept(guest: Visitor) -> None:
    person(mail=MAIL)
    guest.post("/me/reset", {"mail": MAIL}, status=303)
    token = _link(_mails()[0]["text"]).rpartition("/")[2]
    kept = db.session.scalars(sa.select(PasswordReset.token_hash)).one()
    assert kept != token


def test_a_mailbox_is_not_flooded(guest: Visitor) -> None:
    person(mail=MAIL)
    codes = [guest.post("/me/reset", {"mail": MAIL}).status for _ in range(4)]
    assert codes == [303, 303, 303, 429]


def test_the_mail_speaks_the_persons_language(guest: Visitor) -> None:
    person(mail=MAIL, language="zh_Hans")
    guest.post("/me/reset", {"mail": MAIL}, status=303)
    assert "密码" in _mails()[0]["subject"]


def test_the_password_is_changed_by_who_knows_it(app: Flask, sign_in: Browser) -> None:
    made = person(mail=MAIL, has_password=True)
    here, there = sign_in(made), sign_in(made)
    here.visit("/me/settings/password")
    wrong = {"old_password": "not this one", "password": "a brand new secret"}
    assert here.post("/me/settings/password", wrong, status=422)
    here.post("/me/settings/password", wrong | {"old_password": PASSWORD}, status=303)
    assert (here.get("/me/").status, there.get("/me/").status) == (200, 303)
    assert _mails()[0]["to"] == MAIL
