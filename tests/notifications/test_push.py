"""Web push: only the browser reads it, the town proves itself, and a browser that is gone is
forgotten.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from py_vapid import Vapid02

from app.core import clock
from app.core.db import db
from app.core.jobs.models import OutboxRow
from app.core.jobs.services import run_all
from app.notifications.gateway.push import KEY_FILE, packed, raw_public, town_key, unpacked
from app.notifications.models import Device
from tests.factories.events import neighbour
from tests.factories.forum import a_board, a_reply, a_thread
from tests.factories.notifications import follow
from tests.notifications.outside import Service
from tests.visitor import Visitor

AUTH = b"0123456789abcdef"
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """No push is held back by the town's night."""
    with clock.travel(NOON):
        yield


class Browser:
    """What a browser does when it subscribes."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    def fields(self, endpoint: str) -> dict[str, str]:
        return {
            "endpoint": endpoint,
            "public_key": packed(raw_public(self.key)),
            "auth": packed(AUTH),
        }

    def read(self, body: bytes) -> dict[str, str]:
        text = http_ece.decrypt(body, private_key=self.key, auth_secret=AUTH, version="aes128gcm")
        return json.loads(text)  # type: ignore[no-any-return]


def subscribed(app: Flask, person_id: int, endpoint: str) -> Browser:
    browser = Browser()
    me = Visitor.signed_in(app, person_id)
    me.follow(me.post("/me/notifications/devices", browser.fields(endpoint), 303))
    return browser


def answered() -> tuple[int, str]:
    """Somebody who asked and was answered: who, and what is said of it."""
    asks, helps = neighbour(), neighbour("Wang")
    thread = a_thread(a_board(), asks)
    a_reply(thread, helps, "Until nine.")
    return asks.id or 0, f"Wang replied in “{thread.title}”"


def test_only_the_browser_reads_what_the_town_pushes(app: Flask, outside: Service) -> None:
    person_id, said = answered()
    browser = subscribed(app, person_id, f"{outside.url}/push/1")
    outside.status = 201
    follow(clock.now())
    run_all()
    ((path, headers, body),) = outside.posts
    assert path == "/push/1"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) > 0
    assert b"Wang" not in body
    note = browser.read(body)
    assert note["body"] == said
    assert note["url"].startswith("http://localhost/forum/threads/")


def test_the_town_proves_itself_to_the_push_service(app: Flask, outside: Service) -> None:
    person_id, _said = answered()
    subscribed(app, person_id, f"{outside.url}/push/1")
    follow(clock.now())
    run_all()
    token = outside.posts[0][1]["Authorization"]
    assert Vapid02.verify(token)
    own = Visitor.signed_in(app, person_id).visit("/me/notifications/wishes")
    folder = app.extensions["linli_settings"].instance
    public = packed(raw_public(town_key(folder)))
    assert f"k={public}" in token
    assert f'data-push="{public}"' in own.text
    words = token.removeprefix("vapid t=").split(".")[1]
    claims = json.loads(unpacked(words))
    assert claims["aud"] == outside.url
    assert claims["sub"] == "http://localhost"
    assert (folder / KEY_FILE).stat().st_mode & 0o077 == 0


def test_another_towns_proof_is_not_ours(app: Flask, outside: Service) -> None:
    person_id, _said = answered()
    subscribed(app, person_id, f"{outside.url}/push/1")
    follow(clock.now())
    run_all()
    token = outside.posts[0][1]["Authorization"]
    other = packed(raw_public(ec.generate_private_key(ec.SECP256R1())))
    assert not _verified(token.rpartition("k=")[0] + f"k={other}")
    assert _verified(token)


def _verified(token: str) -> bool:
    try:
        return bool(Vapid02.verify(token))
    except Exception:
        return False


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(app: Flask, outside: Service, status: int) -> None:
    person_id, _said = answered()
    subscribed(app, person_id, f"{outside.url}/push/1")
    outside.status = status
    follow(clock.now())
    run_all()
    db.session.rollback()
    assert db.session.scalars(db.select(Device)).all() == []


def test_a_busy_push_service_is_tried_again(app: Flask, outside: Service) -> None:
    person_id, _said = answered()
    subscribed(app, person_id, f"{outside.url}/push/1")
    outside.status = 503
    follow(clock.now())
    run_all()
    db.session.rollback()
    row = db.session.scalars(
        db.select(OutboxRow).where(OutboxRow.name == "notifications.push")
    ).one()
    assert row.failed_at is None
    assert row.done_at is None
    assert len(db.session.scalars(db.select(Device)).all()) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://0x7f.1/x",
        "https://2130706433/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://printer.local/x",
    ],
)
def test_no_browser_sends_the_town_into_the_private_network(app: Flask, endpoint: str) -> None:
    me = Visitor.signed_in(app, neighbour().id or 0)
    fields = Browser().fields(endpoint)
    assert me.post("/me/notifications/devices", fields).status == 422
    good = fields | {"endpoint": "https://push.example.com/x"}
    assert me.post("/me/notifications/devices", good).status == 303


def test_a_name_that_only_stands_for_the_private_network_is_not_called(
    app: Flask, outside: Service
) -> None:
    person_id, _said = answered()
    subscribed(app, person_id, f"http://localhost:{urlsplit(outside.url).port}/push/1")
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, private_webhooks=False)
    follow(clock.now())
    run_all()
    assert outside.posts == []
    app.extensions["linli_settings"] = known


def test_devices_are_listed_and_taken_away_by_their_owner_alone(
    app: Flask, outside: Service
) -> None:
    person, stranger = neighbour(), neighbour()
    subscribed(app, person.id or 0, f"{outside.url}/push/1")
    me = Visitor.signed_in(app, person.id or 0)
    form = me.visit("/me/notifications/wishes").forms("/remove")[0]
    device = db.session.scalars(db.select(Device)).one()
    away = f"/me/notifications/devices/{device.id}/remove"
    other = Visitor.signed_in(app, stranger.id or 0)
    other.post(away, {}, 303)
    db.session.rollback()
    assert db.session.scalars(db.select(Device)).all() != []
    me.follow(me.post(away, form, 303))
    db.session.rollback()
    assert db.session.scalars(db.select(Device)).all() == []


def test_the_worker_comes_from_the_root(guest: Visitor) -> None:
    page = guest.get("/sw.js")
    assert page.status == 200
    assert page.answer.mimetype == "text/javascript"
    assert "showNotification" in page.text
    assert page.answer.headers["Cache-Control"] == "no-cache"
