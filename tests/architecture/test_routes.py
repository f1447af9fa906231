"""A walk along every address of the running site, as a stranger, as a neighbour and as a forger."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from app.accounts import services as accounts
from app.core import clock, forms
from app.core.access import SYSTEM, access_of
from app.core.db import transaction
from app.moderation.services import report
from app.moderation.types import ReportReason
from app.orders.services import hand_over
from app.settlement.services.bills import close_week
from tests.factories import orders
from tests.factories.accounts import person, viewer
from tests.factories.events import gathering, signed_up
from tests.factories.forum import a_board, a_reply, a_thread
from tests.factories.merchants import point, resource
from tests.factories.notifications import follow
from tests.factories.places import neighbourhood
from tests.factories.settlement import sale
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


@pytest.fixture
def everybody(app: Flask) -> Iterator[Visitor]:
    """One who runs the town and keeps its shop, in a town with something of each kind, all of it
    under the first id.
    """
    now = orders.NOON
    with clock.travel(now):
        home = neighbourhood()
        place = orders.stall(neighbourhood_id=home.id)
        thread = a_thread(a_board(), place.customer)
        a_reply(thread, place.keeper)
        signed_up(place.customer, gathering().id)
        order = orders.accepted(place)
        with transaction():
            hand_over(place.keeper, order.id, at=now)
        orders.placed(place)
        sale(place.merchant.id, 2600, at=now)
        resource(place.merchant)
        point(None)
        reporter = viewer(person())
        with transaction():
            report(reporter, "thread", thread.id, reason=ReportReason.RUDE, text="", at=now)
            close_week(place.merchant.id, clock.today(), at=now)
            accounts.give_role(SYSTEM, place.owner.id, "operator", reason="test", at=now)
        follow(now)
        yield Visitor.signed_in(app, place.owner.id)


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
    everybody: Visitor,
    count_queries: Callable[[], Any],
) -> None:
    """Walk a small town that has something of each kind, as a guest and as one who may see all."""
    shown = set()
    for rule, url in addresses("GET"):
        for visitor in (guest, everybody):
            with count_queries() as statements:
                answer = visitor.get(url)
            assert [text for text in statements if WRITES.match(text)] == [], url
            if answer.status == 200:
                shown.add(rule.endpoint)
    hidden = {rule.endpoint for rule, _url in addresses("GET")} - shown
    assert len(shown) > 2 * len(hidden), sorted(hidden)  # else the walk proves little


def test_the_walk_would_notice_a_page_that_writes(
    app: Flask, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as statements, transaction():
        accounts.create_person(name="Planted", mail="p@example.org", at=clock.now())
    assert [text for text in statements if WRITES.match(text)]
