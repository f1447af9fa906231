"""Sharing in WeChat: a ticket fetched by the worker, pages signed with it, silence where unset."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.core import clock
from app.core.db import transaction
from app.core.settings import SettingError, from_environment
from app.core.wechat import queries
from app.core.wechat.jobs import renew_ticket
from app.core.wechat.services import digest, keep_ticket, signature_for
from tests.factories.accounts import person
from tests.factories.events import gathering
from tests.home.test_nobody_else import foreign
from tests.visitor import Visitor

APP_ID, SECRET, TICKET = "wx0123456789abcdef", "s3cr3t-of-the-account", "sM4AOVdWfPE4DxkXGEs8VMCPGG"
TOKEN = {"access_token": "57_tOkEn", "expires_in": 7200}
GIVEN = {"errcode": 0, "errmsg": "ok", "ticket": TICKET, "expires_in": 7200}


class WeChat:
    """A platform that keeps what it was asked and answers as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.token: Any = TOKEN
        self.ticket: Any = GIVEN
        self.status = 200
        self.hangs = threading.Event()
        self.hangs.set()


@pytest.fixture
def platform() -> Iterator[tuple[str, WeChat]]:
    kept = WeChat()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.asked.append((self.path, body))
            self._say(kept.token)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: words[0] for name, words in parse_qs(parts.query).items()}
            kept.asked.append((parts.path, asked))
            self._say(kept.ticket)

        def _say(self, told: Any) -> None:
            kept.hangs.wait(5)
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    kept.hangs.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "jweixin-1.6.0.js"
    path.write_text("window.wx = {};")
    return path


@pytest.fixture
def town(app: Flask, platform: tuple[str, WeChat], script: Path) -> Flask:
    """Return a town with an official account."""
    app.extensions["linli_settings"] = replace(
        app.extensions["linli_settings"],
        wechat_app_id=APP_ID,
        wechat_secret=SECRET,
        wechat_script=str(script),
        wechat_api_base=platform[0],
        outside_seconds=0.2,
    )
    return app


def page_of(event_id: int) -> str:
    return f"http://localhost/events/{event_id}?from=timeline&isappinstalled=0"


def test_pages_are_signed_as_wechat_wrote_it_down() -> None:
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    signed = digest(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_a_town_without_an_account_asks_nobody_and_loads_nothing(
    app: Flask, platform: tuple[str, WeChat], guest: Visitor
) -> None:
    app.extensions["linli_settings"] = replace(
        app.extensions["linli_settings"], wechat_api_base=platform[0]
    )
    event = gathering()
    renew_ticket(clock.now())
    assert platform[1].asked == []
    assert "wechat" not in guest.visit(f"/events/{event.id}").text
    assert guest.get(f"/share/gathering/{event.id}/wechat?url={page_of(event.id)}").status == 404
    assert guest.get("/share/wechat.js").status == 404


def test_the_worker_fetches_a_ticket_and_pages_are_signed_with_it(
    town: Flask, platform: tuple[str, WeChat], guest: Visitor
) -> None:
    event = gathering(title="阳台菜换苗", title_en=None)
    address = f"/share/gathering/{event.id}/wechat"
    asking = {"url": page_of(event.id)}
    assert guest.get(address, query_string=asking).status == 404
    renew_ticket(clock.now())
    (_stable, wish), (path, question) = platform[1].asked
    assert wish == {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
    assert path == "/cgi-bin/ticket/getticket"
    assert question == {"access_token": TOKEN["access_token"], "type": "jsapi"}
    page = guest.visit(f"/events/{event.id}")
    assert "/js/wechat.js" in page.text
    answer = guest.get(address, query_string=asking).answer
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    config = told["config"]
    text = (
        f"jsapi_ticket={TICKET}&noncestr={config['nonceStr']}"
        f"&timestamp={config['timestamp']}&url={page_of(event.id)}"
    )
    assert config["appId"] == APP_ID
    assert config["signature"] == hashlib.sha1(text.encode()).hexdigest()
    assert told["says"]["title"] == "阳台菜换苗"
    assert told["says"]["link"] == f"http://localhost/events/{event.id}"
    assert TICKET not in answer.text
    assert guest.get(told["script"]).text == "window.wx = {};"
    assert list(foreign(page.tree)) == []
    assert "http" not in page.answer.headers["Content-Security-Policy"]
    assert len(platform[1].asked) == 2


def test_only_pages_of_this_town_are_signed(town: Flask) -> None:
    now = clock.now()
    with transaction():
        keep_ticket(TICKET, 7200, at=now)
    assert signature_for("http://localhost/events/1", at=now) is not None
    for other in (
        "", "http://localhost.evil.example/", "https://localhost/", "http://localhost/#x",
        "http://elsewhere.example/", "http://localhost/" + "x" * 3000,
    ):  # fmt: skip
        assert signature_for(other, at=now) is None, other


def test_a_ticket_is_renewed_before_it_ends_and_signs_no_longer_than_it_holds(
    town: Flask, platform: tuple[str, WeChat]
) -> None:
    now = clock.now()
    renew_ticket(now)
    renew_ticket(now + timedelta(minutes=60))
    assert len(platform[1].asked) == 2
    platform[1].ticket = GIVEN | {"ticket": "another"}
    renew_ticket(now + timedelta(minutes=80))
    assert queries.ticket_at(now + timedelta(minutes=80)).value == "another"
    assert signature_for("http://localhost/", at=now + timedelta(minutes=199)) is not None
    assert signature_for("http://localhost/", at=now + timedelta(minutes=201)) is None


def test_what_another_account_was_lent_signs_nothing(town: Flask) -> None:
    with transaction():
        keep_ticket(TICKET, 7200, at=clock.now())
    town.extensions["linli_settings"] = replace(
        town.extensions["linli_settings"], wechat_app_id="wxffffffffffffffff"
    )
    assert signature_for("http://localhost/", at=clock.now()) is None


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (("token", {"errcode": 40125, "errmsg": "invalid appsecret"}), "40125 invalid appsecret"),
        (
            ("token", {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}),
            "1.2.3.4",
        ),
        (("ticket", {"errcode": 48001, "errmsg": "api unauthorized"}), "48001"),
        (("token", {}), "no answer"),
        (("token", {"access_token": "a b\r\nc", "expires_in": 7200}), "no answer"),
        (("token", b"<html>captive portal</html>"), "no answer"),
        (("token", b"\xff" * 100), "no answer"),
        (("ticket", [GIVEN]), "no answer"),
        (("ticket", GIVEN | {"ticket": 7}), "no answer"),
        (("ticket", GIVEN | {"ticket": ""}), "no answer"),
        (("ticket", GIVEN | {"expires_in": -5}), "no answer"),
        (("ticket", GIVEN | {"expires_in": "7200"}), "no answer"),
    ],
)
def test_a_platform_that_refuses_or_lies_leaves_plain_links_and_the_operator_sees_it(
    town: Flask, platform: tuple[str, WeChat], sign_in: Any, lie: tuple[str, Any], words: str
) -> None:
    setattr(platform[1], *lie)
    renew_ticket(clock.now())
    assert queries.ticket_at(clock.now()) is None
    assert words in queries.standing().why
    event = gathering()
    answer = Visitor(town).get(f"/share/gathering/{event.id}/wechat?url={page_of(event.id)}")
    assert answer.status == 404
    desk = sign_in(person(roles=("operator",), language="en")).visit("/operator/health")
    assert "shared as plain links" in desk
    assert ("nothing" if words == "no answer" else words) in desk
    assert SECRET not in desk.text


def test_a_promise_of_years_counts_for_two_hours(town: Flask, platform: tuple[str, WeChat]) -> None:
    platform[1].ticket = GIVEN | {"expires_in": 10**9}
    renew_ticket(clock.now())
    assert queries.ticket_at(clock.now() + timedelta(hours=2, minutes=1)) is None


@pytest.mark.parametrize("fault", ["hung", "elsewhere", "down", "refused"])
def test_a_silent_platform_ends_no_ticket_that_holds_and_is_asked_again(
    town: Flask, platform: tuple[str, WeChat], fault: str
) -> None:
    now = clock.now()
    with transaction():
        keep_ticket(TICKET, 1800, at=now)
    if fault == "hung":
        platform[1].hangs.clear()
    elif fault == "refused":
        town.extensions["linli_settings"] = replace(
            town.extensions["linli_settings"], wechat_api_base="http://127.0.0.1:1"
        )
    else:
        platform[1].status = 302 if fault == "elsewhere" else 500
    renew_ticket(now)
    assert queries.standing().why == "no answer"
    assert queries.ticket_at(now).value == TICKET
    platform[1].hangs.set()
    platform[1].status = 200
    town.extensions["linli_settings"] = replace(
        town.extensions["linli_settings"], wechat_api_base=platform[0], outside_seconds=5
    )
    renew_ticket(now + timedelta(minutes=10))
    assert queries.standing().why == ""
    assert queries.ticket_at(now + timedelta(minutes=100)) is not None


def test_half_an_account_is_refused_at_start(tmp_path: Path, script: Path) -> None:
    whole = {
        "LINLI_INSTANCE": str(tmp_path),
        "LINLI_WECHAT_APP_ID": APP_ID,
        "LINLI_WECHAT_SECRET": SECRET,
        "LINLI_WECHAT_SCRIPT": str(script),
    }
    assert from_environment(whole).tells_wechat
    for name in ("LINLI_WECHAT_APP_ID", "LINLI_WECHAT_SECRET", "LINLI_WECHAT_SCRIPT"):
        with pytest.raises(SettingError, match=name):
            from_environment({key: value for key, value in whole.items() if key != name})
    for name, value in (("APP_ID", "town"), ("SCRIPT", "/nowhere.js"), ("SCRIPT", __file__)):
        with pytest.raises(SettingError, match=f"LINLI_WECHAT_{name}"):
            from_environment(whole | {f"LINLI_WECHAT_{name}": value})
