from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, services
from app.accounts.models import SignIn, SignInAttempt
from app.accounts.policies.ways import safe_next
from app.accounts.types import Caller
from app.core import clock
from app.core.access import signed, token_hash
from app.core.activity.seen import flush_seen, forget_seen
from app.core.db import db, transaction
from tests.factories.accounts import PASSWORD, person
from tests.visitor import Page, Visitor

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
MAIL = "wang@example.org"
Browser = Callable[..., Visitor]


def _from(app: Flask, address: str) -> Visitor:
    browser = Visitor(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def _try(browser: Visitor, password: str = "wrong password", **more: str) -> Page:
    return browser.post("/me/sign-in", {"mail": MAIL, "password": password, **more})


def test_mail_and_password_open_a_session_and_lead_back(app: Flask, guest: Visitor) -> None:
    person(mail=MAIL, has_password=True)
    guest.visit("/me/sign-in?next=/me/settings")
    answer = _try(guest, PASSWORD, next="/me/settings")
    assert (answer.status, answer.location) == (303, "/me/settings")
    cookies = answer.answer.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("linli_session="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert guest.visit("/me/settings").status == 200


def test_the_token_is_kept_hashed_only(app: Flask, guest: Visitor) -> None:
    person(mail=MAIL, has_password=True)
    _try(guest, PASSWORD)
    cookie = guest.client.get_cookie("linli_session")
    assert cookie is not None
    kept = db.session.scalars(sa.select(SignIn.token_hash)).one()
    assert kept == token_hash(cookie.value) != cookie.value


@pytest.mark.parametrize(
    ("mail", "password"), [(MAIL, "wrong password"), ("x@example.org", PASSWORD)]
)
def test_a_wrong_pair_gets_one_answer_and_no_session(
    guest: Visitor, mail: str, password: str
) -> None:
    person(mail=MAIL, has_password=True)
    page = guest.post("/me/sign-in", {"mail": mail, "password": password}, status=422)
    assert "Mail or password is wrong." in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "/a\\b",
        "",
        " /x",
        "///evil.example",
    ],
)
def test_nobody_is_led_to_another_site(guest: Visitor, target: str) -> None:
    person(mail=MAIL, has_password=True)
    assert _try(guest, PASSWORD, next=target).location == "/"
    assert safe_next(target, "/home") == "/home"
    assert safe_next("/forum/?a=1#b", "/") == "/forum/?a=1#b"


def test_signing_in_again_makes_a_new_session_and_ends_the_old(app: Flask, guest: Visitor) -> None:
    made = person(mail=MAIL, has_password=True)
    _try(guest, PASSWORD)
    old = guest.client.get_cookie("linli_session")
    assert old is not None
    page = guest.get("/me/settings")
    guest.csrf = page.field("csrf_token")
    _try(guest, PASSWORD)
    new = guest.client.get_cookie("linli_session")
    assert new is not None
    assert new.value != old.value
    assert queries.viewer_of(old.value) is None
    viewer = queries.viewer_of(new.value)
    assert viewer is not None
    assert viewer.id == made.id


def test_a_session_ends_by_itself(app: Flask, at: Browser) -> None:
    made = person()
    with at(NOW), transaction():
        token = services.start_session(made.id)
    with at(NOW + timedelta(days=179)):
        assert queries.viewer_of(token) is not None
    with at(NOW + timedelta(days=181)):
        assert queries.viewer_of(token) is None


def test_the_viewer_comes_with_roles_in_one_statement(app: Flask, count_queries: Browser) -> None:
    made = person(roles=("moderator", "planner"), staff_of={3: "owner", 4: "clerk"})
    with transaction():
        token = services.start_session(made.id)
    with count_queries() as statements:
        viewer = queries.viewer_of(token)
    assert len(statements) == 1
    assert viewer is not None
    assert viewer.has_role("moderator")
    assert viewer.is_staff_of(3, "owner")
    assert not viewer.is_staff_of(4, "owner")
    assert viewer.merchant_ids == (3, 4)


def test_devices_are_listed_and_ended_one_by_one(app: Flask, sign_in: Browser) -> None:
    made = person(language="en")
    here, there, stranger = sign_in(made), sign_in(made), sign_in(person())
    rows = queries.open_sign_ins(queries.viewer_as(made.id), at=clock.now())
    assert len(rows) == 2
    page = here.visit("/me/settings/devices")
    assert "this one" in page
    other = page.tree.findall(".//form[@action]")
    target = (
        next(form.get("action") for form in other if "/end" in (form.get("action") or "")) or ""
    )
    stranger.post(target, status=303)
    assert there.get("/me/").status == 200
    here.post(target, status=303)
    assert there.get("/me/").status == 303
    assert here.get("/me/").status == 200


def test_sign_out_everywhere_ends_all_or_all_others(app: Flask, sign_in: Browser) -> None:
    made = person()
    here, there = sign_in(made), sign_in(made)
    here.post("/me/settings/devices/end-all", status=303)
    assert (here.get("/me/").status, there.get("/me/").status) == (200, 303)
    here.post("/me/settings/devices/end-all", {"this": "1"}, status=303)
    assert here.get("/me/").status == 303


def test_signing_out_ends_the_session_itself(app: Flask, sign_in: Browser) -> None:
    made = person()
    browser = sign_in(made)
    cookie = browser.client.get_cookie("linli_session")
    assert cookie is not None
    browser.post("/me/sign-out", status=303)
    assert queries.viewer_of(cookie.value) is None


def test_pages_note_that_a_session_is_used_without_writing(app: Flask, sign_in: Browser) -> None:
    forget_seen()
    made = person()
    with clock.travel(NOW):
        browser = sign_in(made)
    with clock.travel(NOW + timedelta(hours=2)):
        browser.get("/me/")
        rows = queries.open_sign_ins(queries.viewer_as(made.id), at=NOW)
        assert rows[0].seen_at == NOW
        flush_seen()
        rows = queries.open_sign_ins(queries.viewer_as(made.id), at=NOW)
        assert rows[0].seen_at == NOW + timedelta(hours=2)


def test_a_suspended_person_is_told_until_when(app: Flask, guest: Visitor) -> None:
    made = person(mail=MAIL, has_password=True)
    with transaction():
        token = services.start_session(made.id)
    until = clock.now() + timedelta(days=3)
    with transaction():
        services.set_suspended(made.id, until, at=clock.now())
    assert queries.viewer_of(token) is None
    page = _try(guest, PASSWORD)
    assert page.status == 403
    assert f"{clock.local(until):%Y-%m-%d %H:%M}" in page


# --- guessing ------------------------------------------------------------------------------------


def test_guessing_is_slowed_and_the_answer_says_for_how_long(app: Flask) -> None:
    person(mail=MAIL, has_password=True)
    attacker = _from(app, "203.0.113.9")
    with clock.travel(NOW):
        assert [_try(attacker).status for _ in range(6)] == [422] * 5 + [429]
        page = _try(attacker, PASSWORD)
        assert page.status == 429
        wait = int(page.answer.headers["Retry-After"])
        assert 0 < wait <= 15 * 60 + 1
    with clock.travel(NOW + timedelta(seconds=wait + 1)):
        assert _try(attacker, PASSWORD).status == 303


def test_the_victim_still_gets_in_from_another_address(app: Flask) -> None:
    person(mail=MAIL, has_password=True)
    for _ in range(8):
        _try(_from(app, "203.0.113.9"))
    assert _try(_from(app, "198.51.100.7"), PASSWORD).status == 303


def test_the_victim_still_gets_in_from_a_known_device_at_the_attackers_address(app: Flask) -> None:
    person(mail=MAIL, has_password=True)
    victim = _from(app, "203.0.113.9")
    assert _try(victim, PASSWORD).status == 303
    victim.client.delete_cookie("linli_session")
    for _ in range(8):
        _try(_from(app, "203.0.113.9"))
    assert _try(_from(app, "203.0.113.9"), PASSWORD).status == 429
    assert _try(victim, PASSWORD).status == 303


def test_many_strange_addresses_together_are_slowed_and_known_ones_are_not(app: Flask) -> None:
    person(mail=MAIL, has_password=True)
    victim = _from(app, "198.51.100.7")
    assert _try(victim, PASSWORD).status == 303
    with transaction():
        db.session.execute(
            sa.insert(SignInAttempt),
            [
                {
                    "kind": "sign_in",
                    "account_hash": signed("account", MAIL),
                    "ip_hash": f"{number}",
                    "at": clock.now(),
                }
                for number in range(200)
            ],
        )
    assert _try(_from(app, "203.0.113.10"), PASSWORD).status == 429
    assert _try(_from(app, "198.51.100.7"), PASSWORD).status == 303


def test_an_address_may_not_try_many_accounts(app: Flask) -> None:
    attacker = _from(app, "203.0.113.9")
    codes = [
        attacker.post("/me/sign-in", {"mail": f"p{n}@example.org", "password": "x" * 9}).status
        for n in range(41)
    ]
    assert codes == [422] * 40 + [429]


def test_right_passwords_do_not_count_as_guesses(app: Flask) -> None:
    person(mail=MAIL, has_password=True)
    for _ in range(7):
        assert _try(_from(app, "203.0.113.9"), PASSWORD).status == 303


def test_old_tries_are_forgotten(app: Flask) -> None:
    with clock.travel(NOW):
        _try(_from(app, "203.0.113.9"))
    with transaction():
        assert services.forget_attempts(at=NOW + timedelta(hours=23)) == 0
        assert services.forget_attempts(at=NOW + timedelta(hours=25)) == 1


def test_over_https_the_cookies_are_bound_to_the_host(app: Flask) -> None:
    import dataclasses

    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = dataclasses.replace(known, base_url="https://localhost")
    person(mail=MAIL, has_password=True)
    answer = _try(Visitor(app), PASSWORD)
    cookies = answer.answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-linli_session",
        "__Host-linli_device",
    }
    assert all("Secure" in cookie for cookie in cookies)


def test_a_browser_without_a_secret_is_no_known_one_though_a_session_was_opened_without(
    app: Flask,
) -> None:
    made = person(mail=MAIL)
    with transaction():
        services.start_session(made.id, address="203.0.113.7")
    stranger = Caller(address_hash="elsewhere")
    assert queries.is_known_caller(made, stranger, at=clock.now()) == (False, False)
