"""A walk along every address of the running site, as a stranger, as a neighbour and as a forger."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from app.accounts import services as accounts
from app.core import clock, forms
from app.core.access import access_of
from app.core.db import transaction
from tests.visitor import Visitor

FOREIGN = {"Origin": "https://elsewhere.example", "Accept": "text/html"}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b", re.I)
SAMPLES = {
    "IntegerConverter": 1,
    "BoundedInteger": 1,
    "PathConverter": "x",
    "UUIDConverter": "0" * 32,
}
# Pages that a stranger is sent to rather than shown.
REFUSED = {303, 302, 401, 403, 404}


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """All routes that answer a method."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule


def address(rule: Rule) -> str:
    """An address under the rule, with the first id everywhere."""
    values = {name: sample(converter) for name, converter in rule._converters.items()}
    return url_for(rule.endpoint, **values)


def sample(converter: BaseConverter) -> object:
    """A value that the converter takes: the first id, the first of a list of words, a letter."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return SAMPLES.get(type(converter).__name__, "x")


@pytest.fixture
def addresses(app: Flask) -> Callable[[str], list[tuple[Rule, str]]]:
    """Give each rule that answers a method, with an address under it."""

    def listed(method: str) -> list[tuple[Rule, str]]:
        with app.test_request_context():
            return [(rule, address(rule)) for rule in rules(app, method)]

    return listed


@pytest.fixture
def neighbour(app: Flask) -> Visitor:
    """A member without any role."""
    with transaction():
        person = accounts.create_person(name="Neighbour", mail="n@example.org", at=clock.now())
    return Visitor.signed_in(app, person.id)


def test_every_route_carries_one_mark(app: Flask) -> None:
    unmarked = [name for name, view in app.view_functions.items() if access_of(view) is None]
    assert unmarked == []
    assert len(app.view_functions) > 20


def test_every_route_writes_words_with_dashes_and_types_its_ids(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]*>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.\-]*", fixed), rule.rule
        loose = [name for name in re.findall(r"<(\w+)>", rule.rule) if name.endswith("_id")]
        assert loose == [], rule.rule


def test_a_stranger_sees_no_page_that_is_not_public(
    app: Flask, addresses: Callable[[str], list[tuple[Rule, str]]]
) -> None:
    client = app.test_client()
    for rule, url in addresses("GET"):
        access = access_of(app.view_functions[rule.endpoint])
        if access is not None and access.kind != "public":
            answer = client.get(url, headers={"Accept": "text/html"})
            assert answer.status_code in REFUSED, f"{url} answered {answer.status_code}"


def test_a_neighbour_without_roles_opens_no_desk_and_no_shop(
    app: Flask, addresses: Callable[[str], list[tuple[Rule, str]]], neighbour: Visitor
) -> None:
    for rule, url in addresses("GET"):
        access = access_of(app.view_functions[rule.endpoint])
        if access is not None and access.kind in {"role", "staff"}:
            assert neighbour.get(url).status in {403, 404}, url


def test_no_post_from_elsewhere_is_taken_from_a_visitor_without_a_session(
    app: Flask, addresses: Callable[[str], list[tuple[Rule, str]]]
) -> None:
    client: FlaskClient = app.test_client()
    for rule, url in addresses("POST"):
        if rule.endpoint not in forms.EXEMPT_ENDPOINTS:
            answer = client.post(url, headers=FOREIGN)
            is_refused = answer.status_code == 400 or "/me/sign-in" in answer.headers.get(
                "Location", ""
            )
            # In a town that is open, the first start is not there for anybody.
            is_refused |= rule.endpoint.startswith("start.") and answer.status_code == 404
            assert is_refused or answer.status_code in {401, 403}, f"{url}: {answer.status_code}"


def test_no_post_without_its_token_is_taken_from_a_member(
    app: Flask, addresses: Callable[[str], list[tuple[Rule, str]]], neighbour: Visitor
) -> None:
    neighbour.csrf = ""
    for rule, url in addresses("POST"):
        if rule.endpoint not in forms.EXEMPT_ENDPOINTS:
            assert neighbour.post(url).status in {400, 403, 404}, url


def test_what_the_forgery_rule_leaves_out_is_one_short_list(app: Flask) -> None:
    # notifications.stop is what mail programs post to (RFC 8058): its address is the proof.
    allowed = re.compile(r"\.webhook|^api\.|\.api_|^notifications\.stop$")
    assert [name for name in forms.EXEMPT_ENDPOINTS if not allowed.search(name)] == []


def test_no_page_writes_while_it_is_read(
    addresses: Callable[[str], list[tuple[Rule, str]]],
    guest: Visitor,
    neighbour: Visitor,
    count_queries: Callable[[], object],
) -> None:
    for _rule, url in addresses("GET"):
        for visitor in (guest, neighbour):
            with count_queries() as statements:
                visitor.get(url)
            assert [text for text in statements if WRITES.match(text)] == [], url
