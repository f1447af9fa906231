"""Text messages leave by one plain request, once on record, and no number or text is logged."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask

from app.core.db import transaction
from app.core.errors import OutsideDownError
from app.core.jobs import services as jobs
from app.core.jobs.errors import GiveUpError
from app.core.jobs.types import JobState
from app.core.sms import gateway
from app.core.sms.errors import PhoneNumberError
from app.core.sms.numbers import e164, e164_or_none, masked
from app.core.sms.services import send_sms
from app.core.sms.types import Sms

pytestmark = pytest.mark.usefixtures("app")
SMS = Sms("+8613800138000", "取货码 4711", "order:5")


class Provider:
    """A gateway that keeps what comes and answers as told."""

    def __init__(self) -> None:
        self.status = 200
        self.came: list[tuple[str, dict[str, str], dict[str, Any]]] = []


@pytest.fixture
def provider() -> Iterator[tuple[str, Provider]]:
    kept = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.came.append((self.path, dict(self.headers), body))
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}", kept
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_goes_out_as_one_plain_request(provider: tuple[str, Provider]) -> None:
    host, kept = provider
    gateway.deliver(SMS, url=f"http://{host}/send?from=linli", token="secret")
    ((path, headers, body),) = kept.came
    assert path == "/send?from=linli"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "order:5"
    assert body == {"to": "+8613800138000", "text": "取货码 4711", "key": "order:5"}


def test_a_name_and_password_in_the_address_become_basic_access(
    provider: tuple[str, Provider],
) -> None:
    host, kept = provider
    gateway.deliver(SMS, url=f"http://me:word@{host}/")
    assert kept.came[0][1]["Authorization"] == "Basic bWU6d29yZA=="


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, GiveUpError),
        (404, GiveUpError),
        (429, OutsideDownError),
        (408, OutsideDownError),
        (500, OutsideDownError),
        (302, OutsideDownError),
    ],
)
def test_never_is_final_and_busy_is_tried_again(
    provider: tuple[str, Provider], status: int, error: type[Exception]
) -> None:
    host, kept = provider
    kept.status = status
    with pytest.raises(error):
        gateway.deliver(SMS, url=f"http://{host}/")
    assert len(kept.came) == 1


def test_a_gateway_that_is_not_there_is_tried_again_and_none_at_all_is_not() -> None:
    with pytest.raises(OutsideDownError):
        gateway.deliver(SMS, url="http://127.0.0.1:9/")
    with pytest.raises(GiveUpError):
        gateway.deliver(SMS, url="")


def test_one_key_is_one_message_and_the_twin_gets_it(app: Flask) -> None:
    gateway.collected.clear()
    with transaction():
        first = send_sms("138 0013-8000", "两行\n文字", key="order:7")
        again = send_sms("13800138000", "other", key="order:7")
    assert first.id == again.id
    assert jobs.run_now(first).state is JobState.DONE
    assert gateway.collected == [Sms("+8613800138000", "两行 文字", "order:7")]


def test_the_log_shows_neither_text_nor_number(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        gateway.deliver(SMS, url="log:")
    assert "13800138000" not in caplog.text
    assert "4711" not in caplog.text + repr(SMS)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("+49 (151) 2345 6789", "+4915123456789"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_a_number_has_one_form(typed: str, kept: str) -> None:
    assert e164(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12800138000",
        "1380013800",
        "138001380001",
        "028-8888888",
        "+86",
        "+",
        "hello",
        "+8６1²",
        "+1;2",
    ],
)
def test_what_cannot_be_a_mobile_number_is_refused(typed: str) -> None:
    assert e164_or_none(typed) is None
    with pytest.raises(PhoneNumberError):
        send_sms(typed, "text", key="k")


def test_a_number_is_shown_masked() -> None:
    assert masked("+8613800138000") == "138 **** 8000"
    assert masked("+4915123456789") == "+49 **** 6789"
