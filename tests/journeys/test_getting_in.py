"""A newcomer comes in by phone, keeps a passkey, and comes back with one touch."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.journeys.conftest import SCREENS
from tools import live


class Letters:
    """A gateway for text messages that keeps what comes."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []

    def code(self, number: int) -> str:
        """Wait for the given text message and read its code."""
        for _turn in range(200):
            if len(self.texts) >= number:
                return self.texts[number - 1]["text"][:6]
            time.sleep(0.05)
        raise AssertionError("no text message came")


@pytest.fixture(scope="module")
def letters() -> Iterator[tuple[Letters, str]]:
    """A served gateway and its address."""
    kept = Letters()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def place(letters: tuple[Letters, str]) -> Iterator[str]:
    """A served empty town under a name, as passkeys want one, that sends text messages."""
    settings = {
        "LINLI_JOBS_EMBEDDED": "1",
        "LINLI_SQLITE_SYNCHRONOUS": "NORMAL",
        "LINLI_SMS_URL": letters[1],
    }
    with live.site(**settings) as site:
        address = f"http://localhost:{site.port}"
        site.environment["LINLI_BASE_URL"] = address
        site.start()
        yield address


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_phone_then_passkey_then_one_touch(
    browser: Any, place: str, letters: tuple[Letters, str], language: str
) -> None:
    kept, _url = letters
    before = len(kept.texts)
    context = browser.new_context(viewport=SCREENS["phone"], locale=language, base_url=place)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto("/me/sign-in")
    number = "13800138000" if language == "en-GB" else "13900139000"
    page.locator("input[name=phone]").fill(number)
    page.locator("input[name=phone]").press("Enter")
    page.wait_for_url("**/me/enter/code**")
    page.locator("input[name=code]").fill(kept.code(before + 1))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url("**/me/enter/join**")
    page.locator("input[name=name]").fill(f"Newcomer {number[:3]}")
    page.locator("input[name=name]").press("Enter")
    page.wait_for_url(lambda url: "/me/enter" not in url)
    page.goto("/me/settings/safety")
    page.locator("#passkey-new").fill("My phone")
    # What was said leaves the address soon after the page is there: listen before pressing.
    with page.expect_navigation(url=re.compile(r"safety\?said="), wait_until="commit"):
        page.locator("form[data-passkey=new] button").click()
    assert page.get_by_text("My phone", exact=True).count() == 1
    page.goto("/me/")
    with page.expect_navigation(url=re.compile("said=accounts.signed_out"), wait_until="commit"):
        page.locator("main form[action='/me/sign-out'] button").click()
    page.goto("/me/sign-in?next=/me/settings/safety")
    page.locator("form[data-passkey=show] button").click()
    page.wait_for_url(re.compile("/me/settings/safety$"))
    assert complaints == []
    context.close()
