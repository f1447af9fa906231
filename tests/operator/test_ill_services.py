"""Every service outside refused, hung, slow, lying, endless or busy: pages answer as before,
nothing is lost, nothing is sent twice, and the operator sees it.
"""

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from PIL import Image

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.jobs.models import OutboxRow
from app.core.jobs.services import enqueue, run_due
from app.core.mail.services import send_mail
from app.core.media import gateway as picture_store
from app.core.media import services as pictures
from app.core.sms.services import send_sms
from app.notifications.gateway.push import packed, raw_public
from app.notifications.models import Device, Robot
from app.notifications.types import RobotKind
from app.places import services as places
from tests.factories import accounts
from tests.operator.wire import Fault, MailWire, Wire
from tests.visitor import Visitor

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
IMPATIENT, PATIENT = 0.1, 20.0
HERE = [{"lat": "30.7667", "lon": "103.9810", "display_name": "犀浦", "place_id": 1}]
At = Callable[..., Any]


def set_up(app: Flask, **settings: Any) -> None:
    """Change what the site is told about the world outside."""
    known = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(known, **settings)


@dataclass(frozen=True)
class Outside:
    """One kind of service: the job that speaks to it, how it is set up, and how it is needed."""

    job: str
    settings: Callable[[Wire], dict[str, Any]]
    need: Callable[[Wire], object]
    wire: type[Wire] = Wire
    well: object = None
    key: Callable[[tuple[str, bytes]], object] | None = None


def text_message(_wire: Wire) -> object:
    return send_sms("13800138000", "取货码 4711", key="order:5")


def letter(_wire: Wire) -> object:
    return send_mail("anna@example.org", "有人回复了你", "去看看", key="reply:7")


def push_note(wire: Wire) -> object:
    browser = ec.generate_private_key(ec.SECP256R1())
    device = Device(
        person_id=wire.person_id,
        endpoint=f"{wire.url}/push/1",
        endpoint_hash="1",
        public_key=packed(raw_public(browser)),
        auth=packed(b"0123456789abcdef"),
        made_at=clock.now(),
    )
    db.session.add(device)
    db.session.flush()
    note = {"title": "邻里", "body": "Wang replied", "url": "http://localhost/"}
    payload = {"device_id": device.id, "note": note, "urgency": "normal"}
    return enqueue("notifications.push", payload, key="push:1")


def robot_line(wire: Wire) -> object:
    made = {"whose": "town", "kind": RobotKind.WECOM, "made_at": clock.now()}
    robot = Robot(url=f"{wire.url}/send", **made)
    db.session.add(robot)
    db.session.flush()
    return enqueue("notifications.robot", {"robot_id": robot.id, "text": "新订单"}, key="line:1")


def address(_wire: Wire) -> object:
    return places.add_address(("user", 1), text="校园路一号", at=clock.now())


def idempotency_key(asked: tuple[str, bytes]) -> object:
    found = re.search(r"(?i)^idempotency-key: (.*)$", asked[0], re.M)
    return found and found[1].strip()


def message_id(asked: tuple[str, bytes]) -> object:
    found = re.search(rb"(?i)^message-id: (.*)$", asked[1], re.M)
    return found and found[1].strip()


SERVICES = {
    "text messages": Outside(
        "sms.send", lambda wire: {"sms_url": f"{wire.url}/send"}, text_message, key=idempotency_key
    ),
    "mail": Outside(
        "mail.send", lambda wire: {"mail_url": wire.url}, letter, MailWire, key=message_id
    ),
    "push": Outside("notifications.push", lambda _: {"private_webhooks": True}, push_note),
    "robots": Outside(
        "notifications.robot",
        lambda _: {"private_webhooks": True},
        robot_line,
        well={"errcode": 0, "errmsg": "ok"},
    ),
    "geocoder": Outside(
        places.GEOCODE_JOB, lambda wire: {"geocoder_url": wire.url}, address, well=HERE
    ),
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(params=list(SERVICES))
def service(request: pytest.FixtureRequest) -> Outside:
    return SERVICES[request.param]


@pytest.fixture
def wire(app: Flask, service: Outside) -> Iterator[Wire]:
    made = service.wire(accounts.person().id or 0)
    if service.well is not None:
        made.says(service.well)
    set_up(app, **service.settings(made))
    yield made
    made.stop()


def row_of(job: str) -> OutboxRow:
    db.session.rollback()
    return db.session.scalars(
        db.select(OutboxRow).where(OutboxRow.name == job).execution_options(populate_existing=True)
    ).one()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SLOW])
def test_what_a_service_fails_at_waits_is_seen_and_is_done_once_when_it_is_well(
    app: Flask, at: At, service: Outside, wire: Wire, fault: Fault
) -> None:
    operator = Visitor.signed_in(app, accounts.person(language="en", roles=("operator",)).id)
    wire.is_ill_with(fault)
    set_up(app, outside_seconds=IMPATIENT)
    with at(NOON):
        with transaction():
            service.need(wire)
        assert wire.asked == []  # nobody's page waited for it
        run_due(names=[service.job])
        row = row_of(service.job)
        assert (row.done_at, row.failed_at, row.attempts) == (None, None, 1)
        assert wire.taken == []
        seen = operator.visit("/operator/health")
        assert "tried again by itself" in seen
        assert service.job in seen
        assert "OutsideDownError" in seen
        assert Visitor(app).visit("/").status == 200
        run_due(names=[service.job])
        assert row_of(service.job).attempts == 1  # not before its time
    wire.is_well()
    set_up(app, outside_seconds=PATIENT)
    with at(NOON + timedelta(hours=1)):
        run_due(names=[service.job])
        assert row_of(service.job).done_at is not None
        run_due(names=[service.job])
        assert "tried again by itself" not in operator.visit("/operator/health")
    assert len(wire.taken) == 1
    if service.key:
        assert len({service.key(asked) for asked in wire.asked} - {None}) == 1


def test_a_slow_service_is_waited_for_and_used_once(
    app: Flask, at: At, service: Outside, wire: Wire
) -> None:
    wire.is_ill_with(Fault.SLOW)
    set_up(app, outside_seconds=PATIENT)
    with at(NOON):
        with transaction():
            service.need(wire)
        run_due(names=[service.job])
        assert row_of(service.job).done_at is not None
        run_due(names=[service.job])
    assert len(wire.taken) == len(wire.asked) == 1


@pytest.fixture
def store(app: Flask) -> Iterator[Wire]:
    """A store for pictures."""
    made = Wire(0)
    endpoint = made.url
    set_up(app, media_url=f"s3://key:secret@town/pictures?endpoint={endpoint}")
    yield made
    made.stop()


def a_picture() -> int:
    """Keep a picture; return its id."""
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "PNG")
    made = pictures.prepared_bytes(file.getvalue())
    with transaction():
        return pictures.keep(made, owner=("post", 1), actor=Viewer(id=7)).id


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SLOW])
def test_a_picture_is_shown_from_here_while_the_store_fails_and_goes_there_later(
    app: Flask, at: At, store: Wire, fault: Fault
) -> None:
    store.is_ill_with(fault)
    set_up(app, outside_seconds=IMPATIENT)
    with at(NOON):
        picture_id = a_picture()
        run_due(names=["media.copy"])
        row = row_of("media.copy")
        assert (row.done_at, row.failed_at, row.attempts) == (None, None, 1)
        operator = Visitor.signed_in(app, accounts.person(language="en", roles=("operator",)).id)
        assert "media.copy" in operator.visit("/operator/health")
        with app.test_request_context():
            shown = app.jinja_env.globals["picture_url"](picture_id, "card")
        assert app.test_client().get(shown).status_code == 200


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SLOW])
def test_a_picture_that_only_a_failing_store_has_is_answered_soon_and_never_wrongly(
    app: Flask, store: Wire, fault: Fault
) -> None:
    picture_id = a_picture()
    shutil.rmtree(picture_store.local_folder())
    store.is_ill_with(fault)
    set_up(app, outside_seconds=IMPATIENT)
    with app.test_request_context():
        shown = app.jinja_env.globals["picture_url"](picture_id, "card")
    first = app.test_client().get(shown)
    assert first.status_code == 503
    assert "immutable" not in first.headers.get("Cache-Control", "")
    asked = len(store.asked)
    assert app.test_client().get(shown).status_code == 503
    assert len(store.asked) == asked  # a rest for the store, and for who waits


def test_a_store_that_answers_with_a_page_is_not_believed(app: Flask, store: Wire) -> None:
    picture_id = a_picture()
    shutil.rmtree(picture_store.local_folder())
    store.answer = b"<html>please sign in</html>"
    store.is_well()
    with app.test_request_context():
        shown = app.jinja_env.globals["picture_url"](picture_id, "card")
    assert app.test_client().get(shown).status_code == 503


def test_a_robot_that_answers_with_a_page_is_marked_where_it_was_set_up(app: Flask, at: At) -> None:
    wire = Wire(0)
    wire.answer = b"<html>please sign in</html>"
    wire.is_well()
    set_up(app, private_webhooks=True)
    try:
        with at(NOON):
            with transaction():
                robot_line(wire)
            run_due(names=["notifications.robot"])
            assert row_of("notifications.robot").failed_at is not None
            operator = accounts.person(language="en", roles=("operator",))
            assert "notifications.robot" in Visitor.signed_in(app, operator.id).visit(
                "/operator/health"
            )
    finally:
        wire.stop()


def test_a_job_that_was_said_to_be_sent_is_not_sent_again_when_its_row_is_asked_for_again(
    app: Flask,
) -> None:
    wire = Wire(0)
    wire.is_well()
    set_up(app, sms_url=f"{wire.url}/send")
    try:
        for _ in range(3):
            with transaction():
                text_message(wire)
            run_due(names=["sms.send"])
    finally:
        wire.stop()
    assert [json.loads(body)["key"] for body in wire.taken] == ["order:5"]
