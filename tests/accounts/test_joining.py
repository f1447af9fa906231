from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, services
from app.accounts.errors import PhoneTakenError
from app.accounts.models import User
from app.accounts.policies import passwords
from app.accounts.services import joining
from app.accounts.signals import person_joined
from app.accounts.types import JoinedReason
from app.core import clock
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.errors import FieldError
from tests.factories.accounts import PASSWORD, person
from tests.factories.places import neighbourhood
from tests.sizes import naughty_strings
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def _form(**more: Any) -> dict[str, Any]:
    return {
        "name": "赵一鸣",
        "mail": "Zhao@Example.org",
        "password": PASSWORD,
        "language": "zh_Hans",
        "neighbourhood_id": "0",
    } | more


def test_three_lines_make_an_account_and_sign_it_in(guest: Visitor) -> None:
    page = guest.visit("/me/sign-up")
    for form in page.tree.iter("form"):
        assert sum(1 for node in form.iter("input") if node.get("required") is not None) <= 3
    answer = guest.post("/me/sign-up", _form(), status=303)
    assert "/me/welcome" in answer.location
    made = queries.user_by_mail("zhao@example.org")
    assert made is not None
    assert (made.name, made.language) == ("赵一鸣", "zh_Hans")
    assert guest.get("/me/").status == 200


def test_language_and_neighbourhood_count_from_the_first_minute(guest: Visitor) -> None:
    home = neighbourhood()
    page = guest.visit("/me/sign-up")
    assert page.forms("/me/sign-up")[0]["neighbourhood_id"] == "0"
    form = _form(language="en", neighbourhood_id=str(home.id), joined_reason="events")
    guest.post("/me/sign-up", form, status=303)
    made = queries.user_by_mail("zhao@example.org")
    assert made is not None
    assert (made.neighbourhood_id, made.joined_reason) == (home.id, JoinedReason.EVENTS)
    assert "Welcome" in guest.visit("/me/welcome")


def test_where_somebody_came_from_is_kept_with_the_reason(guest: Visitor) -> None:
    page = guest.visit("/me/sign-up?utm_source=poster&next=/events/3")
    form = page.forms("/me/sign-up")[0] | _form(referrer="https://mp.weixin.qq.com/")
    guest.post("/me/sign-up", form, status=303)
    made = queries.user_by_mail("zhao@example.org")
    assert made is not None
    assert made.source["utm_source"] == "poster"
    assert made.source["landing"] == "/events/3"
    assert made.source["referrer"] == "https://mp.weixin.qq.com/"
    entry = db.session.scalar(sa.select(LogEntry).where(LogEntry.verb == "person.joined"))
    assert entry is not None
    assert entry.data["source"] == made.source


def test_the_same_mail_joins_once_and_a_nervous_thumb_is_signed_in(app: Flask) -> None:
    first, second, other = Visitor(app), Visitor(app), Visitor(app)
    first.post("/me/sign-up", _form(), status=303)
    second.post("/me/sign-up", _form(), status=303)
    page = other.post("/me/sign-up", _form(password="another long word"), status=422)
    assert "has an account already" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "\u200b\u200b"),
        ("name", "a\u202eb"),
        ("name", "x" * 41),
        ("mail", "nobody"),
        ("mail", "a@b"),
        ("password", "1234567"),
        ("password", "x" * 201),
        ("language", "fr"),
        ("neighbourhood_id", "99"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_makes_no_account(
    guest: Visitor, field: str, text: str
) -> None:
    page = guest.post("/me/sign-up", _form(**{field: text}), status=422)
    assert "field-error" in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_a_weak_password_is_taken_with_advice(guest: Visitor) -> None:
    answer = guest.post("/me/sign-up", _form(password="12345678", language="en"), status=303)
    assert "weak=1" in answer.location
    assert "easy to guess" in guest.follow(answer)


def test_advice_is_given_in_plain_words_while_typing(guest: Visitor) -> None:
    asked = {"password": "woaini1314", "name": "x", "mail": ""}
    weak = guest.post("/me/password-advice", asked, status=200)
    assert "guesses" in weak
    assert "Good" in guest.post("/me/password-advice", asked | {"password": "7 Kumquats, dozing!"})


def test_advice_knows_the_persons_own_name(app: Flask) -> None:
    advice = passwords.advice_on("zhaoyiming1", ("zhaoyiming", "zhaoyiming@example.org"))
    assert not advice.is_good
    assert passwords.advice_on("x" * 100).is_good in {True, False}


def test_passwords_are_argon2id_and_prove_only_their_owner(app: Flask) -> None:
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert passwords.is_right(PASSWORD, kept)
    assert not passwords.is_right(PASSWORD + "!", kept)
    assert not passwords.is_right(PASSWORD, None)
    assert not passwords.is_right(PASSWORD, "not a hash")


def test_a_newcomer_may_add_picture_and_signature_at_once(sign_in: SignIn) -> None:
    browser = sign_in(person())
    page = browser.visit("/me/welcome")
    fields = {"signature": "三号楼，会修自行车", "joined_reason": "help"}
    browser.post("/me/welcome", page.forms("/me/welcome")[0] | fields, status=303)
    assert "三号楼" in browser.visit("/me/")


def test_joining_rings_and_a_listener_that_fails_undoes_it(app: Flask) -> None:
    def fails(sender: Any, **_: Any) -> None:
        raise RuntimeError

    with person_joined.connected_to(fails), pytest.raises(RuntimeError), transaction():
        services.create_person(name="x", mail="x@example.org", at=clock.now())
    assert queries.user_by_mail("x@example.org") is None
    with transaction():
        services.create_person(name="x", mail="x@example.org", at=clock.now())
    assert queries.user_by_mail("x@example.org") is not None


def test_an_imported_name_is_cut_to_what_can_be_kept(app: Flask) -> None:
    with transaction():
        made = services.create_person(name="a\u202e" + "b" * 60, at=clock.now(), imported_key="x:1")
    assert made.name == "a" + "b" * 39
    with pytest.raises(FieldError), transaction():
        services.create_person(name="b" * 60, at=clock.now())


@pytest.mark.sized
def test_naughty_strings_are_kept_as_typed_or_refused_at_the_field(
    app: Flask, data_dir: Path
) -> None:
    addresses = (f"10.0.{number // 250}.{number % 250}" for number in count(1))

    def sent(url: str, form: dict[str, Any]) -> int:
        browser = Visitor(app)
        browser.client.environ_base["REMOTE_ADDR"] = next(addresses)
        return browser.post(url, form).status

    for number, text in enumerate(naughty_strings(data_dir, every=11)):
        mail = f"n{number}@example.org"
        status = sent("/me/sign-up", _form(name=text, mail=mail))
        assert status in {303, 422}
        made = queries.user_by_mail(mail)
        assert (made is not None) == (status == 303)
        assert made is None or made.name == text.strip()
        for field in ("mail", "password", "language", "neighbourhood_id", "referrer", "next"):
            assert sent("/me/sign-up", _form(**{"mail": f"{field}-{mail}", field: text})) in {
                303,
                422,
            }
        assert sent("/me/sign-in", {"mail": text, "password": text, "next": text}) in {303, 422}
        assert sent("/me/reset", {"mail": text}) in {303, 422}


def test_a_name_that_a_neighbour_has_is_refused_with_one_that_is_free(
    guest: Visitor, sign_in: SignIn
) -> None:
    person("苏棠")
    person("苏棠2")
    refused = guest.post("/me/sign-up", _form(name=" 苏棠 "), status=422)
    assert "苏棠3" in refused.text
    assert queries.user_by_mail(_form()["mail"]) is None
    guest.post("/me/sign-up", _form(name="苏棠3"), status=303)
    made = person("王梅")
    own = sign_in(made)
    form = own.visit("/me/settings").forms("/me/settings")[0]
    assert "苏棠4" in own.post("/me/settings", form | {"name": "苏棠"}, status=422).text
    own.post("/me/settings", form | {"name": "王梅 "}, status=303)
    form = own.visit("/me/settings").forms("/me/settings")[0]
    own.post("/me/settings", form | {"name": "王小梅"}, status=303)
    assert queries.profile(made.id).name == "王小梅"


def test_of_two_who_take_one_phone_at_once_the_second_hears_that_it_is_taken(app: Flask) -> None:
    values = {"name": "Li", "name_key": "li", "language": "en", "joined_at": clock.now()}
    with transaction():
        joining._add(User(phone="+8613800138000", **values))
    with pytest.raises(PhoneTakenError), transaction():
        joining._add(User(phone="+8613800138000", **values))
