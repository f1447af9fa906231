"""New devices ask for a code, money for a fresh proof, apps and passkeys for theirs."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries
from app.accounts.models import Passkey, RecoveryCode, SignIn, User
from app.accounts.services import proofs, totp
from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.errors import NotAllowedError
from app.core.jobs import services as jobs
from app.core.mail import gateway as mails
from app.core.sms import gateway as texts
from tests.factories.accounts import PASSWORD, person, viewer
from tests.factories.passkeys import Device
from tests.visitor import Page, Visitor

PHONE = "13800138000"
KEPT = "+8613800138000"
SignedIn = Callable[..., Visitor]
At = Callable[..., Any]


@pytest.fixture(autouse=True)
def letters(app: Flask) -> None:
    """Begin with no message on record, in a town that sends both kinds."""
    texts.collected.clear()
    mails.collected.clear()
    conf = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(conf, mail_url="collect:")


def code_sent() -> str:
    jobs.run_all()
    return texts.collected[-1].text[:6]


def code_mailed() -> str:
    jobs.run_all()
    return mails.collected[-1].subject[:6]


def proven(name: str = "王梅", **more: Any) -> User:
    more.setdefault("language", "en")
    made = person(name, has_password=True, mail="wang@example.org", phone=PHONE, **more)
    with transaction():
        kept = queries.user(made.id)
        kept.phone_proven_at = kept.mail_proven_at = clock.now()
    return queries.user(made.id)


def by_password(browser: Visitor, **more: str) -> Page:
    return browser.post(
        "/me/sign-in", {"mail": "wang@example.org", "password": PASSWORD, **more}, status=303
    )


def stale(browser: Visitor) -> Visitor:
    """Let the visitor's proof be an hour old."""
    with transaction():
        db.session.execute(sa.update(SignIn).values(proven_at=clock.now() - timedelta(hours=1)))
    return browser


def test_the_password_on_a_new_device_is_followed_by_a_code_and_then_known(
    app: Flask, guest: Visitor
) -> None:
    proven()
    answer = by_password(guest, next="/me/settings")
    assert guest.client.get_cookie("linli_session") is None
    page = guest.follow(answer)
    assert "138 **** 8000" in page
    wrong = f"{(int(code_sent()) + 1) % 10**6:06d}"
    guest.post(answer.location, {"code": wrong}, status=422)
    done = guest.post(answer.location, {"code": code_sent()}, status=303)
    assert done.location == "/me/settings"
    guest.client.delete_cookie("linli_session")
    assert by_password(guest).location == "/"
    assert guest.client.get_cookie("linli_session") is not None


def test_another_way_may_be_chosen_but_not_somebody_elses(app: Flask, guest: Visitor) -> None:
    proven()
    by_password(guest)
    guest.post("/me/sign-in/code/mail", status=303)
    guest.post("/me/sign-in/code", {"code": code_mailed()}, status=303)
    assert guest.visit("/me/").status == 200
    stranger = Visitor(app)
    assert stranger.post("/me/sign-in/code/mail").status == 422
    assert stranger.post("/me/sign-in/code", {"code": "123456"}).location == "/me/sign-in"


def test_who_has_proven_nothing_is_asked_nothing(guest: Visitor) -> None:
    person(mail="wang@example.org", has_password=True)
    assert by_password(guest).location == "/"


def test_a_code_made_for_one_purpose_is_good_for_no_other(guest: Visitor) -> None:
    proven()
    by_password(guest)
    code = code_sent()
    assert guest.post("/me/enter/code", {"code": code}).location == "/me/enter"
    guest.post("/me/sign-in/code", {"code": code}, status=303)


def test_a_session_is_fresh_for_ten_minutes_after_a_proof(app: Flask, at: At) -> None:
    made = person()
    browser = Visitor.signed_in(app, made.id)
    assert browser.get("/me/settings/phone").status == 200
    with at(clock.now() + timedelta(minutes=11)):
        answer = browser.get("/me/settings/phone")
    assert answer.status == 303
    assert answer.location == "/me/prove?next=/me/settings/phone"
    guest = Viewer()
    with pytest.raises(NotAllowedError):
        proofs.check_fresh(guest, at=clock.now())


def test_a_password_alone_is_no_fresh_proof_where_a_way_is_proven(guest: Visitor) -> None:
    proven()
    by_password(guest)
    guest.post("/me/sign-in/code", {"code": code_sent()}, status=303)
    guest.client.delete_cookie("linli_session")
    by_password(guest)
    page = guest.visit("/me/prove")
    guest.csrf = page.field("csrf_token")
    assert guest.get("/me/settings/phone").status == 303
    assert guest.post("/me/prove/password", {"old_password": PASSWORD}).status == 404
    guest.post("/me/prove/phone?next=/me/settings/phone", status=303)
    done = guest.post("/me/prove/code?next=/me/settings/phone", {"code": code_sent()}, status=303)
    assert done.location.startswith("/me/settings/phone")
    guest.visit("/me/settings/phone")


def test_who_has_only_a_password_proves_by_it(app: Flask) -> None:
    made = person(mail="wang@example.org", has_password=True)
    browser = stale(Visitor.signed_in(app, made.id))
    page = browser.visit("/me/prove")
    assert page.forms("/me/prove/password")
    browser.post("/me/prove/password", {"old_password": "wrong wrong"}, status=422)
    assert browser.get("/me/settings/phone").status == 303
    browser.post("/me/prove/password", {"old_password": PASSWORD}, status=303)
    assert browser.get("/me/settings/phone").status == 200


def test_another_members_proof_makes_nobody_fresh(app: Flask) -> None:
    first, second = proven(), person()
    own = stale(Visitor.signed_in(app, first.id))
    thief = stale(Visitor.signed_in(app, second.id))
    own.post("/me/prove/phone", status=303)
    step = own.client.get_cookie("linli_step", path="/me")
    assert step is not None
    thief.client.set_cookie("linli_step", step.value, path="/me")
    assert "/me/prove?" in thief.post("/me/prove/code", {"code": code_sent()}).location
    assert thief.get("/me/settings/phone").status == 303


def test_a_phone_is_added_by_its_code_and_the_old_ways_are_told(app: Flask) -> None:
    made = proven()
    browser = Visitor.signed_in(app, made.id)
    browser.visit("/me/settings/safety")
    answer = browser.post("/me/settings/phone", {"phone": "139 0013 9000"}, status=303)
    browser.follow(answer)
    browser.post(answer.location, {"code": code_sent()}, status=303)
    assert queries.user(made.id).phone == "+8613900139000"
    jobs.run_all()
    assert texts.collected[-1].to == KEPT
    assert mails.collected[-1].to == "wang@example.org"


def test_a_phone_that_somebody_else_has_is_refused_only_after_the_code(app: Flask) -> None:
    person(phone="13900139000")
    made = proven()
    browser = Visitor.signed_in(app, made.id)
    browser.post("/me/settings/phone", {"phone": "13900139000"}, status=303)
    page = browser.post("/me/settings/way/code", {"code": code_sent()}, status=422)
    assert "has an account already" in page
    assert queries.user(made.id).phone == KEPT


def test_a_mail_is_proven_by_its_code(app: Flask) -> None:
    made = person(mail="wang@example.org")
    browser = Visitor.signed_in(app, made.id)
    browser.visit("/me/settings/mail")
    browser.post("/me/settings/mail", {"mail": "wang@example.org"}, status=303)
    browser.post("/me/settings/way/code", {"code": code_mailed()}, status=303)
    assert queries.user(made.id).mail_proven_at is not None
    jobs.run_all()
    assert len(mails.collected) == 1


def turn_on(browser: Visitor) -> tuple[str, list[str]]:
    page = browser.visit("/me/settings/app")
    secret = totp.unsealed(page.field("secret"))
    sent = {"secret": page.field("secret"), "code": pyotp.TOTP(secret).at(clock.now())}
    shown = browser.post("/me/settings/app", sent, status=200)
    return secret, ["".join(node.itertext()) for node in shown.tree.iter("li") if _is_code(node)]


def _is_code(node: Any) -> bool:
    words = "".join(node.itertext())
    return len(words) == 11 and words[5] == "-"


def test_an_app_asks_on_a_new_device_and_each_code_counts_once(app: Flask, at: At) -> None:
    made = proven()
    secret, _codes = turn_on(Visitor.signed_in(app, made.id))
    assert secret not in str(queries.user(made.id).totp_secret)
    browser = Visitor(app)
    answer = by_password(browser)
    page = browser.follow(answer)
    assert "From your app" in page
    assert browser.post("/me/sign-in/code/phone").status == 404
    used = pyotp.TOTP(secret).at(clock.now())
    browser.post("/me/sign-in/code", {"code": used}, status=422)
    with at(clock.now() + timedelta(seconds=60)):
        later = pyotp.TOTP(secret).at(clock.now())
        browser.post("/me/sign-in/code", {"code": later}, status=303)
        second = Visitor(app)
        by_password(second)
        second.post("/me/sign-in/code", {"code": later}, status=422)


def test_a_link_by_mail_does_not_go_round_the_app(app: Flask) -> None:
    made = proven()
    _secret, codes = turn_on(Visitor.signed_in(app, made.id))
    browser = Visitor(app)
    browser.post("/me/reset", {"mail": "wang@example.org"}, status=303)
    jobs.run_all()
    link = next(line for line in mails.collected[-1].text.splitlines() if "/me/reset/" in line)
    path = link.replace("http://localhost", "")
    answer = browser.post(path, {"password": "a new longer password"}, status=303)
    assert answer.location.startswith("/me/sign-in/code")
    assert browser.client.get_cookie("linli_session") is None
    browser.post(answer.location, {"code": codes[0]}, status=303)
    assert browser.get("/me/").status == 200


def test_a_code_on_paper_opens_once(app: Flask) -> None:
    made = proven()
    _secret, codes = turn_on(Visitor.signed_in(app, made.id))
    assert len(codes) == len(set(codes)) == 8
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert not set(kept) & set(codes)
    for status in (303, 422):
        browser = Visitor(app)
        by_password(browser)
        browser.post("/me/sign-in/code", {"code": codes[0].lower()}, status=status)


def test_guessing_at_an_app_comes_to_an_end(app: Flask) -> None:
    made = proven()
    turn_on(Visitor.signed_in(app, made.id))
    statuses = []
    for turn in range(5):
        browser = Visitor(app)
        browser.client.environ_base["REMOTE_ADDR"] = f"10.0.0.{turn}"
        page = browser.post("/me/sign-in", {"mail": "wang@example.org", "password": PASSWORD})
        statuses.append(page.status)
        for _guess in range(5):
            browser.post("/me/sign-in/code", {"code": "000000"})
    assert statuses == [303, 303, 303, 303, 429]


def test_turning_the_app_off_needs_a_fresh_proof(app: Flask) -> None:
    made = proven()
    browser = Visitor.signed_in(app, made.id)
    turn_on(browser)
    stale(browser)
    assert "/me/prove" in browser.post("/me/settings/app/off", status=303).location
    assert queries.user(made.id).totp_secret
    with transaction():
        proofs.make_fresh(viewer_session(made.id), at=clock.now())
    browser.post("/me/settings/app/off", status=303)
    assert queries.user(made.id).totp_secret is None
    assert db.session.scalars(sa.select(RecoveryCode)).all() == []


def viewer_session(user_id: int) -> int:
    return db.session.scalars(sa.select(SignIn.id).where(SignIn.user_id == user_id)).one()


def question(browser: Visitor, url: str) -> dict[str, Any]:
    answer = browser.post(url, status=200)
    return json.loads(answer.text)  # type: ignore[no-any-return]


def with_passkey(app: Flask, made: User, device: Device) -> Visitor:
    browser = Visitor.signed_in(app, made.id)
    asked = question(browser, "/me/passkeys/question")
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    browser.post("/me/passkeys", {"answer": device.made(asked), "name": "手机"}, status=303)
    return browser


def test_a_passkey_is_made_named_shown_and_removed(app: Flask, guest: Visitor) -> None:
    made, device = person(), Device()
    own = with_passkey(app, made, device)
    page = own.visit("/me/settings/safety")
    assert "手机" in page
    key = db.session.scalars(sa.select(Passkey)).one()
    own.post(f"/me/passkeys/{key.id}/name", {"name": "平板"}, status=303)
    assert "平板" in own.visit("/me/settings/safety")
    answer = device.shown(question(guest, "/me/passkey/question"))
    done = guest.post("/me/passkey", {"answer": answer, "next": "/me/settings"}, status=303)
    assert done.location == "/me/settings"
    assert guest.get("/me/settings/phone").status == 200
    own.post(f"/me/passkeys/{key.id}/remove", status=303)
    again = Visitor(app)
    lost = device.shown(question(again, "/me/passkey/question"))
    assert again.post("/me/passkey", {"answer": lost}).status == 403


def test_a_passkeys_answer_counts_once_and_only_for_its_question(app: Flask) -> None:
    device = Device()
    with_passkey(app, person(), device)
    browser = Visitor(app)
    answer = device.shown(question(browser, "/me/passkey/question"))
    step = browser.client.get_cookie("linli_step", path="/me")
    assert step is not None
    browser.post("/me/passkey", {"answer": answer}, status=303)
    thief = Visitor(app)
    thief.client.set_cookie("linli_step", step.value, path="/me")
    assert thief.post("/me/passkey", {"answer": answer}).status == 403
    question(thief, "/me/passkey/question")
    assert thief.post("/me/passkey", {"answer": answer}).status == 403


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x", '{"id": 5}', '{"id": "' + "a" * 5000 + '"}']
)
def test_nonsense_is_no_passkey(app: Flask, guest: Visitor, answer: str) -> None:
    question(guest, "/me/passkey/question")
    assert guest.post("/me/passkey", {"answer": answer}).status == 403


def test_a_passkey_from_another_site_or_without_a_finger_is_refused(app: Flask) -> None:
    browser = Visitor.signed_in(app, person().id)
    for device in (Device("https://evil.example"), Device(is_verified=False)):
        asked = question(browser, "/me/passkeys/question")
        assert browser.post("/me/passkeys", {"answer": device.made(asked)}).status == 403
    assert db.session.scalars(sa.select(Passkey)).all() == []


def test_nobody_touches_another_members_passkeys(app: Flask) -> None:
    with_passkey(app, person(), Device())
    key = db.session.scalars(sa.select(Passkey)).one()
    thief = Visitor.signed_in(app, person().id)
    thief.post(f"/me/passkeys/{key.id}/name", {"name": "mine"}, status=303)
    thief.post(f"/me/passkeys/{key.id}/remove", status=303)
    db.session.expire_all()
    kept = db.session.scalars(sa.select(Passkey)).one()
    assert kept.name == "手机"


def test_a_passkey_question_for_one_member_keeps_nothing_for_another(app: Flask) -> None:
    first = Visitor.signed_in(app, person().id)
    second = Visitor.signed_in(app, person().id)
    answer = Device().made(question(first, "/me/passkeys/question"))
    step = first.client.get_cookie("linli_step", path="/me")
    assert step is not None
    second.client.set_cookie("linli_step", step.value, path="/me")
    assert second.post("/me/passkeys", {"answer": answer}).status == 403


def test_adding_a_passkey_needs_a_fresh_proof(app: Flask) -> None:
    browser = stale(Visitor.signed_in(app, proven().id))
    answer = browser.post("/me/passkeys/question", headers={"Accept": "application/json"})
    assert answer.status == 403
    assert json.loads(answer.text)["next"] == "/me/prove"


def test_somebody_elses_passkey_proves_nothing(app: Flask) -> None:
    device = Device()
    with_passkey(app, person(), device)
    browser = stale(Visitor.signed_in(app, person().id))
    answer = device.shown(question(browser, "/me/passkey/question"))
    assert browser.post("/me/passkey", {"answer": answer}).status == 403
    assert browser.get("/me/settings/phone").status == 303


def test_who_has_no_password_chooses_one_after_a_fresh_proof(app: Flask) -> None:
    made = person(phone=PHONE)
    browser = Visitor.signed_in(app, made.id)
    page = browser.visit("/me/settings/password")
    assert page.field("old_password") == ""
    browser.post("/me/settings/password", {"password": "a longer password"}, status=303)
    assert queries.user(made.id).password_hash
    other = stale(Visitor.signed_in(app, person().id))
    assert "/me/prove" in other.post("/me/settings/password", {"password": "x" * 12}).location


def test_viewers_of_services_without_a_session_are_never_fresh(app: Flask) -> None:
    with pytest.raises(NotAllowedError):
        proofs.check_fresh(viewer(person()), at=clock.now())
