"""Every answer of the site, read for its headers: a crawl over all addresses as everybody who may
open them, and over what nobody gets.
"""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core import forms
from tests.security.town import Town

WALKERS = ("guest", "buyer", "owner", "operator")
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
TEXTS = re.compile(r"^(text/|application/(json|javascript|atom\+xml|ld\+json))")
# Pages whose parts are asked for again and again: kept by this one browser, never without asking.
LIVE = re.compile(r"/live$|/check-in/list$|\.ics$")
Answers = list[tuple[str, str, TestResponse]]


@pytest.fixture(scope="module")
def answers(town: Town) -> Answers:
    """Every GET as four visitors, and refusals of each kind."""
    found: Answers = []
    for _method, rule in town.rules(unsafe=False):
        url = town.address(rule)
        for actor in WALKERS:
            end = town.ask(actor, "GET", url)
            if end.page is not None:
                found.append((actor, url, end.page.answer))
    for actor in WALKERS:
        for method, url in (
            ("GET", "/nothing/here"),
            ("POST", "/me/settings"),
            ("POST", "/about"),
            ("POST", "/take-down"),
            ("GET", "/forum/threads/99999999999999999999"),
        ):
            for more in ({}, {"headers": {"Sec-Fetch-Site": "cross-site"}}):
                end = town.ask(actor, method, url, {"csrf_token": ""} if more else {}, **more)
                if end.page is not None:
                    found.append((actor, url, end.page.answer))
    return found


def policy_of(answer: TestResponse) -> dict[str, str]:
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    return {part.split()[0]: " ".join(part.split()[1:]) for part in parts if part.strip()}


def test_the_crawl_sees_the_whole_site(answers: Answers) -> None:
    assert len({url for _actor, url, answer in answers if answer.status_code == 200}) > 120
    assert {answer.status_code for *_who, answer in answers} >= {200, 303, 400, 403, 404, 405, 422}


def test_every_answer_carries_the_guards_of_browsers(answers: Answers) -> None:
    for actor, url, answer in answers:
        said = f"{actor} {url} {answer.status_code}"
        policy = policy_of(answer)
        assert POLICY.items() <= policy.items(), said
        assert "unsafe" not in answer.headers["Content-Security-Policy"], said
        assert set(policy["img-src"].split()) == {"'self'", "data:", "blob:"}, said
        assert answer.headers["X-Content-Type-Options"] == "nosniff", said
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, said
        assert "microphone=()" in answer.headers["Permissions-Policy"], said


def test_no_answer_may_be_read_by_another_site(answers: Answers) -> None:
    for actor, url, answer in answers:
        shared = [name for name, _value in answer.headers if name.startswith("Access-Control")]
        assert shared == [], f"{actor} {url}"


def test_every_text_says_its_letters_and_what_it_is(answers: Answers) -> None:
    for actor, url, answer in answers:
        kind = answer.headers.get("Content-Type", "")
        if answer.get_data():
            assert kind, f"{actor} {url} says no type"
        if TEXTS.match(kind) and "json" not in kind:
            assert "charset=utf-8" in kind, f"{actor} {url}: {kind}"


def test_what_is_meant_for_one_person_is_kept_by_nobody(answers: Answers) -> None:
    for actor, url, answer in answers:
        kept = answer.headers.get("Cache-Control", "")
        is_shared = url.startswith(("/static", "/vendor", "/drawings", "/media", "/share", "/me/q"))
        if actor != "guest" and not is_shared:
            if LIVE.search(url):
                assert re.search("no-store|no-cache", kept), f"{actor} {url}: {kept}"
            else:
                is_public_file = url.endswith((".atom", ".js"))
                assert "no-store" in kept or is_public_file, f"{actor} {url}: {kept}"


def test_what_a_secret_in_an_address_opens_is_kept_by_nobody(town: Town) -> None:
    opened = 0
    for _method, rule in town.rules(unsafe=False):
        if "token" in rule.arguments:
            end = town.ask("guest", "GET", town.address(rule))
            assert end.page is not None
            assert end.page.answer.headers["Cache-Control"] == "private, no-store", rule.rule
            opened += end.status == 200
    assert opened >= 4


def test_a_guests_answers_set_no_cookie_and_no_answer_a_loose_one(answers: Answers) -> None:
    for actor, url, answer in answers:
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert {"HttpOnly", "SameSite=Lax"} <= set(re.split(r"; ?", cookie)), f"{actor} {url}"
        if actor == "guest" and answer.status_code == 200:
            assert not answer.headers.getlist("Set-Cookie"), url


def test_addresses_carry_nothing_personal(answers: Answers) -> None:
    personal = re.compile(r"@|%40|13800138|session|csrf", re.I)
    for actor, url, answer in answers:
        assert not personal.search(url), url
        assert not personal.search(answer.headers.get("Location", "")), f"{actor} {url}"


EVIL = "evil.example"


def test_a_foreign_host_is_named_nowhere(town: Town) -> None:
    """Whatever name a request calls the site by: links and letters use the configured one."""
    for _method, rule in town.rules(unsafe=False):
        url = town.address(rule)
        headers = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "Forwarded": EVIL}
        end = town.ask("guest", "GET", url, base_url=f"http://{EVIL}", headers=headers)
        assert end.page is not None
        assert EVIL not in end.page.text, url
        assert EVIL not in str(end.page.answer.headers), url


def test_a_proxy_that_nobody_trusts_changes_no_address_and_opens_no_figures(town: Town) -> None:
    assert town.ask("guest", "GET", "/metrics").status == 200
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    assert town.ask("guest", "GET", "/metrics", headers=passed_on).status == 404
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert town.ask("guest", "GET", "/metrics", environ_base=elsewhere).status == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PUT", "DELETE", "PATCH"])
def test_methods_that_nobody_needs_are_refused(town: Town, method: str) -> None:
    client = town.visitors["operator"].client
    for url in ("/", "/me/settings", "/operator/", "/forum/threads/1"):
        answer = client.open(url, method=method, headers={"X-Secret": "canary-header"})
        assert answer.status_code == 405, f"{method} {url}"
        assert "canary-header" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "url",
    [
        "/.git/config",
        "/.env",
        "/instance/linli.db",
        "/secret_key",
        "/static/0/../../instance/secret_key",
        "/static/0/%2e%2e/%2e%2e/pyproject.toml",
        "/static/0//etc/passwd",
        "/static/0/..%5c..%5cpyproject.toml",
        "/vendor/0/../../../etc/passwd",
        "/vendor/0/leaflet.js%00.css",
        "/media/..%2f..%2fsecret_key",
        "/media/1-000000000000-full.webp",
        "/drawings/shop/..%2f..%2fx.svg",
        "/console",
        "/debug",
    ],
)
def test_files_of_the_server_are_no_addresses(town: Town, url: str) -> None:
    answer = town.visitors["guest"].client.get(url)
    assert answer.status_code in {404, 308, 301}, answer.status_code
    assert b"[project]" not in answer.get_data()


# --- forged requests ---


def test_no_unsafe_request_is_taken_without_its_token_from_whoever_may_send_it(town: Town) -> None:
    """As the one who may: an answer of 403 for want of a role would prove nothing of the token."""
    other = town.visitors["neighbour"].csrf
    walked = 0
    for method, rule in town.rules(unsafe=True):
        if rule.endpoint in forms.EXEMPT_ENDPOINTS or rule.endpoint.startswith("start."):
            continue
        url = town.address(rule)
        for actor in ("operator", "owner", "buyer"):
            if town.knock(actor, method, rule, url).is_refused:
                continue
            walked += 1
            for forged in ({"csrf_token": ""}, {"csrf_token": other}):
                assert town.ask(actor, method, url, forged).status == 400, f"{actor} {url}"
            visitor = town.visitors[actor]
            sent = visitor.client.open(url, method=method, json={"reason": "x"})
            assert sent.status_code == 400, f"{actor} {url} took JSON"
            break
    assert walked > 140


def test_the_guard_against_forgery_is_seen_when_it_is_off(town: Town) -> None:
    known = town.app.before_request_funcs[None]
    town.app.before_request_funcs[None] = [one for one in known if one is not forms.check_origin]
    try:
        end = town.ask("buyer", "POST", "/me/notifications/read", {"csrf_token": ""})
    finally:
        town.app.before_request_funcs[None] = known
    assert end.status != 400


def test_a_guests_form_from_elsewhere_is_not_taken(town: Town) -> None:
    for headers in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ):
        end = town.ask("guest", "POST", "/orders/basket/empty", headers=headers)
        assert end.status == 400, headers
    assert town.ask("guest", "POST", "/orders/basket/empty").status != 400


# --- led elsewhere ---

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aLocation:%20//evil.example",
    "/\r\nLocation: //evil.example",
    "//localhost@evil.example",
    "http://localhost@evil.example",
    "/\t/evil.example",
    "\u2215\u2215evil.example",
    "\uff0f\uff0fevil.example",
    " //evil.example",
    "/ /evil.example",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_led_to_another_site(town: Town, wanted: str) -> None:
    query: dict[str, Any] = {"query_string": {"next": wanted, "back": wanted}}
    asked = [
        town.ask("buyer", "GET", "/me/sign-in", **query),
        town.ask("buyer", "GET", "/me/sign-up", **query),
        town.ask("buyer", "GET", "/me/enter", **query),
        town.ask("guest", "POST", "/look", {"back": wanted, "size": "large"}),
        town.ask("buyer", "POST", "/me/accept", {"mark": "0"}, **query),
        town.ask("guest", "POST", "/me/sign-out", {"next": wanted}),
        town.ask("buyer", "GET", "/open-elsewhere", query_string={"to": wanted}),
    ]
    for end in asked:
        where = urljoin("http://localhost/me/", end.location.replace("\\", "/"))
        assert urlsplit(where)[:2] == ("http", "localhost"), end.location
        if end.page is not None:
            assert not re.search(r'href="(https?:)?[/\\]{2}[^"]*evil', end.page.text)
            assert 'href="javascript:' not in end.page.text


def test_the_site_does_not_run_in_debug_nor_tell_of_itself(town: Town) -> None:
    app: Flask = town.app
    assert not app.debug
    for url in ("/", "/nothing/here"):
        answer = town.visitors["guest"].get(url).answer
        assert "Werkzeug" not in answer.headers.get("Server", "")
        assert "X-Powered-By" not in answer.headers
