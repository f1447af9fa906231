"""A phone and a six-digit code let people in: once, soon, and nobody else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, services
from app.accounts.models import Proof, SignIn, User
from app.accounts.policies import codes
from app.accounts.policies.questions import digits_of, sum_of
from app.core import clock
from app.core.db import db, transaction
from app.core.jobs import services as jobs
from app.core.jobs.models import OutboxRow
from app.core.settings import Settings
from app.core.sms import gateway
from tests.factories.accounts import person
from tests.visitor import Page, Visitor

PHONE = "13800138000"
KEPT = "+8613800138000"
At = Callable[..., object]


@pytest.fixture(autouse=True)
def letters(app: Flask) -> Iterator[None]:
    """Begin with no text message on record."""
    gateway.collected.clear()
    yield
    gateway.collected.clear()


def code_sent() -> str:
    """Carry the outbox out and read the code off the last text message."""
    jobs.run_all()
    return gateway.collected[-1].text[:6]


def ask(browser: Visitor, phone: str = PHONE, **more: str) -> Page:
    return browser.post("/me/enter", {"phone": phone, **more})


def enter(browser: Visitor, phone: str = PHONE, status: int = 303) -> Page:
    ask(browser, phone)
    return browser.post("/me/enter/code", {"code": code_sent()}, status=status)


def from_address(app: Flask, address: str) -> Visitor:
    browser = Visitor(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def sessions() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) or 0


def test_a_new_number_joins_with_a_name_only(guest: Visitor) -> None:
    guest.visit("/me/sign-in")
    page = guest.follow(ask(guest, "138 0013 8000", next="/me/settings"))
    assert "138 **** 8000" in page
    page = guest.follow(guest.post(page_action(page), {"code": code_sent()}, status=303))
    assert "How shall we call you?" in page
    answer = guest.post(page_action(page), {"name": "王梅"}, status=303)
    assert answer.location == "/me/settings"
    made = db.session.scalars(sa.select(User)).one()
    assert (made.name, made.phone, made.mail, made.password_hash) == ("王梅", KEPT, None, None)
    assert made.phone_proven_at is not None
    assert guest.visit("/me/settings").status == 200


def page_action(page: Page) -> str:
    """Return where the page's first form that posts sends to."""
    actions = [form.get("action") or "" for form in page.tree.iter("form")]
    return next(action for action in actions if action.startswith("/me/enter"))


def test_a_known_number_signs_in_and_the_code_is_spent(app: Flask, guest: Visitor) -> None:
    made = person(phone=PHONE)
    assert enter(guest).location == "/"
    assert guest.visit("/me/").status == 200
    assert queries.user(made.id).phone_proven_at is not None
    kept = db.session.scalars(sa.select(Proof)).one()
    assert kept.used_at is not None
    again = Visitor(app)
    again.client.set_cookie("linli_step", "x", path="/me")
    assert again.post("/me/enter/code", {"code": codes.code_of(kept.salt)}).location.endswith(
        "/me/enter"
    )
    assert sessions() == 1


def test_a_known_and_an_unknown_number_get_one_answer(app: Flask) -> None:
    person(phone=PHONE)
    known, unknown = Visitor(app), Visitor(app)
    answers = [ask(known), ask(unknown, "13900139000")]
    assert [page.status for page in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    pages = [known.visit("/me/enter/code").text, unknown.visit("/me/enter/code").text]
    blank = [text.replace("138 **** 8000", "").replace("139 **** 9000", "") for text in pages]
    same = [_without_keys(text.replace("13900139000", "13800138000")) for text in blank]
    assert same[0] == same[1]
    jobs.run_all()
    assert len(gateway.collected) == 2


def _without_keys(text: str) -> str:
    return re.sub(r'name="form_key" value="[^"]*"', "", text)


def test_the_code_is_kept_nowhere(guest: Visitor) -> None:
    ask(guest)
    code = code_sent()
    row = db.session.scalars(sa.select(Proof)).one()
    texts = [str(getattr(row, column.key)) for column in sa.inspect(Proof).column_attrs]
    texts += [str(payload) for payload in db.session.scalars(sa.select(OutboxRow.payload))]
    assert not [text for text in texts if code in text]
    assert len(code) == 6


@pytest.mark.parametrize("typed", ["000000", "12345", "", "½²³⁴⁵⁶", "x" * 20, "1" * 19])
def test_a_wrong_code_is_refused_and_the_right_one_then_works(guest: Visitor, typed: str) -> None:
    person(phone=PHONE)
    ask(guest)
    code = code_sent()
    guest.post("/me/enter/code", {"code": typed}, status=422)
    guest.post("/me/enter/code", {"code": f"{code[:3]} {code[3:]}"}, status=303)
    assert sessions() == 1


def test_after_five_guesses_even_the_right_code_is_dead(guest: Visitor) -> None:
    person(phone=PHONE)
    ask(guest)
    code = code_sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _guess in range(codes.GUESSES):
        assert "not the code" in guest.post("/me/enter/code", {"code": wrong}, status=422)
    page = guest.post("/me/enter/code", {"code": code}, status=422)
    assert "counts no more" in page
    assert sessions() == 0


def test_a_code_runs_out_after_five_minutes(guest: Visitor, at: At) -> None:
    person(phone=PHONE)
    start = clock.now()
    with at(start):  # type: ignore[attr-defined]
        ask(guest)
        code = code_sent()
    with at(start + timedelta(minutes=5, seconds=1)):  # type: ignore[attr-defined]
        assert guest.post("/me/enter/code", {"code": code}).location.endswith("/me/enter")
    assert sessions() == 0


def test_a_code_that_ran_out_on_the_way_is_not_sent(guest: Visitor, at: At) -> None:
    ask(guest)
    with at(clock.now() + timedelta(minutes=6)):  # type: ignore[attr-defined]
        jobs.run_all()
    assert gateway.collected == []


def test_a_code_works_only_in_the_browser_that_asked(app: Flask, guest: Visitor) -> None:
    person(phone=PHONE)
    ask(guest)
    code = code_sent()
    thief = Visitor(app)
    assert thief.post("/me/enter/code", {"code": code}).location.endswith("/me/enter")
    ask(thief, "13900139000")
    assert thief.post("/me/enter/code", {"code": code}).status == 422
    guest.post("/me/enter/code", {"code": code}, status=303)
    assert sessions() == 1


def test_a_number_nobody_proves_asks_a_question_and_then_comes_to_an_end(app: Flask) -> None:
    statuses = []
    for turn in range(3):
        statuses.append(ask(from_address(app, f"10.0.0.{turn}")).status)
    assert statuses == [303, 303, 422]
    for turn in range(3):
        browser = from_address(app, f"10.0.1.{turn}")
        shown = ask(browser)
        question = shown.field("question")
        picture = browser.get(f"/me/question/{question}.png")
        assert picture.answer.mimetype == "image/png"
        assert from_address(app, "10.9.9.9").get(f"/me/question/{question}.png").status == 404
        ask(browser, question=question, answer="1")
        right = digits_of(question) if turn else str(sum(sum_of(question)))
        assert ask(browser, question=question, answer=right).status == 303
    end = ask(from_address(app, "10.0.2.1"))
    assert end.status == 429
    assert int(end.answer.headers["Retry-After"]) > 0


def test_an_answer_counts_once(app: Flask) -> None:
    browser = from_address(app, "10.0.0.1")
    for _turn in range(2):
        ask(browser)
    question = ask(browser).field("question")
    answer = digits_of(question)
    assert ask(browser, question=question, answer=answer).status == 303
    assert ask(browser, question=question, answer=answer).status == 422


def test_strangers_cannot_use_up_the_codes_of_who_was_here_before(app: Flask) -> None:
    person(phone=PHONE)
    own = from_address(app, "10.1.1.1")
    enter(own)
    for turn in range(8):
        ask(from_address(app, f"10.0.0.{turn}"))
    assert ask(from_address(app, "10.0.0.99")).status in {422, 429}
    own.client.delete_cookie("linli_session")
    assert enter(own).location == "/"


def test_a_hall_full_of_newcomers_behind_one_address_all_get_in(app: Flask) -> None:
    for number in range(12):
        browser = from_address(app, "10.2.2.2")
        enter(browser, f"139001390{number:02d}")
        browser.post("/me/enter/join", {"name": f"Newcomer {number}"}, status=303)
    assert sessions() == 12


def test_one_address_that_asks_for_many_numbers_is_asked_and_ended(app: Flask) -> None:
    answers = [
        ask(from_address(app, "10.3.3.3"), f"137001370{number:02d}").status for number in range(7)
    ]
    assert answers == [303] * 5 + [422] * 2


def test_joining_needs_a_proven_number_and_happens_once(app: Flask, guest: Visitor) -> None:
    assert guest.post("/me/enter/join", {"name": "No proof"}).location.endswith("/me/enter")
    ask(guest)
    assert guest.post("/me/enter/join", {"name": "Not yet"}).location.endswith("/me/enter")
    code = code_sent()
    guest.post("/me/enter/code", {"code": code}, status=303)
    token = guest.client.get_cookie("linli_step", path="/me")
    assert token is not None
    guest.post("/me/enter/join", {"name": "First"}, status=303)
    second = Visitor(app)
    second.client.set_cookie("linli_step", token.value, path="/me")
    assert second.post("/me/enter/join", {"name": "Second"}).location.endswith("/me/enter")
    assert db.session.scalars(sa.select(User.name)).all() == ["First"]


def test_a_taken_name_is_offered_another_and_the_proof_stays(guest: Visitor) -> None:
    person("王梅")
    enter(guest)
    page = guest.post("/me/enter/join", {"name": "王梅"}, status=422)
    assert "王梅2" in page
    guest.post("/me/enter/join", {"name": "王梅2"}, status=303)


def test_a_suspended_person_is_not_let_in_by_a_code(guest: Visitor) -> None:
    made = person(phone=PHONE)
    with transaction():
        services.set_suspended(made.id, clock.now() + timedelta(days=1), at=clock.now())
    assert enter(guest, status=403).status == 403


def test_a_town_without_text_messages_says_so_and_offers_the_other_ways(app: Flask) -> None:
    conf: Settings = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(conf, sms_url="")
    guest = Visitor(app)
    page = guest.visit("/me/enter")
    assert "sends no text messages" in page
    assert 'href="/me/sign-in"' in page.text
    assert ask(guest).status == 422
    assert guest.visit("/me/sign-in").forms("/me/enter") == []


@pytest.mark.parametrize("phone", ["", "12345", "+8613800138000\r\nX: y", "hello", "1" * 31])
def test_what_is_no_number_is_refused_at_its_field(guest: Visitor, phone: str) -> None:
    assert ask(guest, phone).status == 422
    assert db.session.scalars(sa.select(Proof)).all() == []
