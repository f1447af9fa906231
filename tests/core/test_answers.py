"""Answers that are no ordinary page: crashes, assets, and what of them is kept."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, Response

from app.core.access import public
from app.core.db import db
from app.core.pages import static_version
from tests.factories.accounts import person
from tests.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
PHONE = "13800138000"


@public
def asks_nonsense() -> Response:
    """Ask what the database refuses, in words that nobody else is to read."""
    db.session.execute(sa.text("SELECT 1 FROM nowhere WHERE phone = :phone"), {"phone": PHONE})
    raise AssertionError


@pytest.fixture
def broken(app: Flask) -> Iterator[Flask]:
    """Return an application in which one page crashes, as it would for visitors."""
    kept = app.view_functions["core.healthz"]
    app.view_functions["core.healthz"] = asks_nonsense
    app.testing = False
    yield app
    app.testing = True
    app.view_functions["core.healthz"] = kept


def test_a_member_whose_page_crashes_in_the_database_still_gets_a_page(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    page = Visitor.signed_in(broken, person(language="en").id).get("/healthz")
    assert page.status == 500
    assert "Something went wrong" in page
    assert "News" in page, "the head of a member's page is asked of the database"
    assert "nowhere" in caplog.text
    assert PHONE not in caplog.text, "what was asked with stays out of the log"


@pytest.mark.parametrize("place", ["static", "vendor"])
def test_an_asset_is_kept_for_ever_under_its_own_hash_only(
    app: Flask, guest: Visitor, place: str
) -> None:
    name, page = ("css/linli.css", "/") if place == "static" else ("leaflet.css", "/map")
    own = next(word for word in guest.get(page).text.split('"') if word.endswith(f"/{name}"))
    newer = f"/{place}/0123456789ab/{name}"  # a newer page may ask the older program
    assert ["immutable" in kept_as(guest, address) for address in (own, newer)] == [True, False]


def kept_as(guest: Visitor, address: str) -> str:
    with guest.get(address).answer as answer:
        assert answer.status_code == 200
        return answer.headers["Cache-Control"]


def test_only_assets_have_a_version(app: Flask) -> None:
    assert static_version("css/linli.css") != "0"
    assert static_version("../pyproject.toml") == "0"


def test_what_somebody_typed_does_not_fill_the_memory_with_addresses(app: Flask) -> None:
    with app.test_request_context():
        assert app.url_for("accounts.sign_in", next="/x") == "/me/sign-in?next=/x"
        known = len(app._addresses)  # type: ignore[attr-defined]
        assert app.url_for("accounts.sign_in", next="/" + "x" * 300).endswith("xxx")
        assert len(app._addresses) == known  # type: ignore[attr-defined]


def test_the_address_that_opens_something_stands_in_no_log(app: Flask) -> None:
    """nginx writes down the paths only, and of those with a secret in them only the beginning."""
    conf = (ROOT / "deploy/nginx.conf").read_text()
    written = conf[conf.index("log_format") :].split(";")[0]
    assert not {"$request", "$request_uri", "$args", "$http_referer"} & set(
        re.findall(r"\$\w+", written)
    )
    kept = re.compile(re.findall(r'"~\^\(\?<kept>(.+)\)"', conf)[0])
    secret = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if rule.arguments & {"token", "digest", "signed_code", "code"}
    ]
    assert [path for path in secret if not kept.match(path)] == []
    assert "/me/reset/<token>" in secret
