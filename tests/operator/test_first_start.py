"""An empty site becomes a town: through the front door, refusals beside successes."""

import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.accounts.models import RoleGrant, User
from app.core.db import db
from app.core.facts import town
from app.core.settings import Settings
from app.forum.models import Board
from app.merchants.models import Category, MerchantTerms, PickupPoint
from app.operator import queries
from app.operator.models import StartDraft
from app.operator.policies.kinds import KINDS
from app.places.models import Neighbourhood
from tests.factories.accounts import person
from tests.visitor import Page, Visitor

WHO = {"name": "Lin", "mail": "lin@example.org", "password": "four unrelated words"}
STEPS = ["kind", "name", "places", "boards", "trades", "points", "terms", "charter", "look"]


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    """Return the application as a stranger's first start finds it."""
    start: Settings = app.extensions["linli_settings"]
    app.extensions["linli_settings"] = replace(start, first_start=True)
    app.extensions.pop("linli_facts", None)
    yield app
    app.extensions["linli_settings"] = start


@pytest.fixture
def stranger(empty: Flask) -> Visitor:
    """Return somebody who found the address and has no key."""
    return Visitor(empty)


@pytest.fixture
def founder(empty: Flask) -> Visitor:
    """Return the one who typed the key and is the operator now."""
    return begun(empty)


def begun(app: Flask) -> Visitor:
    """Type the key and go through the door, signed in by its cookie."""
    visitor = Visitor(app)
    page = visitor.visit("/start/")
    sent = page.forms("/start/")[0] | WHO | {"start_key": queries.start_key()}
    answer = visitor.post("/start/", sent, status=303)
    assert answer.location == "/start/kind"
    from app.core.access import session_cookie, signed

    cookie = visitor.client.get_cookie(session_cookie())
    assert cookie is not None
    visitor.csrf = signed("csrf", cookie.value)
    return visitor


def fill(
    visitor: Visitor, step: str, changes: dict[str, Any] | None = None, *, status: int = 303
) -> Page:
    """Send a step as it stands, with some fields changed."""
    page = visitor.visit(f"/start/{step}")
    form = page.forms(f"/start/{step}")[0]
    return visitor.post(f"/start/{step}", form | (changes or {}), status=status)


def test_an_empty_site_leads_every_page_to_its_first_start(stranger: Visitor) -> None:
    for url in ("/", "/forum/", "/me/sign-up", "/search?q=x", "/operator/", "/nowhere"):
        assert stranger.get(url).location == "/start/", url
    assert stranger.post("/me/sign-up", {"name": "Eve"}).location == "/start/"
    assert "Nobody lives here yet" in stranger.visit("/start/")
    assert stranger.get("/healthz").status == 200
    asked = stranger.get("/", headers={"Accept": "application/json"})
    assert (asked.status, "not open yet" in asked.text) == (503, True)


def test_a_site_that_is_open_has_no_first_start(app: Flask, guest: Visitor) -> None:
    assert guest.get("/").status == 200
    for step in ["", *STEPS, "places/pick"]:
        assert guest.get(f"/start/{step}").status == 404, step
    assert guest.post("/start/", WHO | {"start_key": queries.start_key()}).status == 404
    assert guest.post("/start/open").status == 404


def test_without_the_key_nobody_begins(stranger: Visitor) -> None:
    form = stranger.visit("/start/").forms("/start/")[0] | WHO
    for key in ("", "AAAA-AAAA-AAAA", queries.start_key()[:-1]):
        page = stranger.post("/start/", form | {"start_key": key}, status=422)
        assert page.field("mail") == WHO["mail"]
    assert "This is not the key" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    for step in STEPS:
        assert stranger.get(f"/start/{step}").location.startswith("/me/sign-in"), step


def test_the_key_is_taken_as_people_type_it(stranger: Visitor) -> None:
    form = stranger.visit("/start/").forms("/start/")[0] | WHO
    typed = f" {queries.start_key().replace('-', ' ').lower()} "
    stranger.post("/start/", form | {"start_key": typed}, status=303)
    assert db.session.scalar(sa.select(RoleGrant.role)) == "operator"


def test_a_short_password_is_refused_and_nothing_is_begun(stranger: Visitor) -> None:
    form = stranger.visit("/start/").forms("/start/")[0] | WHO | {"start_key": queries.start_key()}
    assert "field-error" in stranger.post("/start/", form | {"password": "short"}, status=422).text
    stranger.post("/start/", form, status=303)


def test_whoever_comes_second_cannot_run_it_even_with_the_key(
    empty: Flask, founder: Visitor
) -> None:
    second = Visitor(empty)
    assert "being set up" in second.visit("/start/")
    sent = WHO | {"mail": "eve@example.org", "name": "Eve", "start_key": queries.start_key()}
    assert second.post("/start/", sent).status == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
    assert second.get("/start/boards").location.startswith("/me/sign-in")
    eve = Visitor.signed_in(empty, person("Eve").id)
    for step in STEPS:
        assert eve.get(f"/start/{step}").status == 403, step
    assert eve.post("/start/open").status == 403


def test_an_operator_made_on_the_command_line_needs_no_key(empty: Flask) -> None:
    founder = Visitor.signed_in(empty, person("Ops", roles=("operator",)).id, "en")
    assert founder.get("/start/").location == "/start/kind"
    founder.visit("/start/kind")


def test_from_an_empty_site_to_a_town_that_is_open(empty: Flask, founder: Visitor) -> None:
    assert fill(founder, "kind", {"kind": "small-town"}).location == "/start/name"
    fill(
        founder,
        "name",
        {"name": "青石镇", "name_en": "Bluestone", "accent": "leaf", "language": "en"},
    )
    places = {"rows-0-name": "南街", "rows-0-name_en": "South Street", "middle": "31.27, 120.73"}
    assert fill(founder, "places", places).location == "/start/boards"
    fill(founder, "boards", {"rows-0-name": "有事问街坊"})
    own = {"rows-0-name_zh": "竹编", "rows-0-name_en": "Bamboo"}
    fill(founder, "trades", own | {"slugs": list(KINDS["small-town"].trades)})
    left = {"rows-0-address": "南街 1 号", "rows-1-out": "y"}
    fill(founder, "points", left)
    fill(founder, "terms", {"percent": "2.5"})
    assert fill(founder, "charter", {"tone_en": "As at the corner."}).location == "/start/look"
    page = founder.visit("/start/look")
    for words in ("Bluestone", "南街", "2.5 %", "Bamboo"):
        assert words in page, words
    answer = founder.post("/start/open", page.forms("/start/open")[0], status=303)
    front = founder.follow(answer)
    assert "The town is open" in front
    assert "Bluestone" in front
    assert 'data-accent="leaf"' in front.text
    assert "As at the corner." in front

    ideas = KINDS["small-town"]
    boards = db.session.scalars(sa.select(Board).order_by(Board.position)).all()
    assert [board.name for board in boards] == [
        "有事问街坊", *(one.name for one in ideas.boards[1:])
    ]  # fmt: skip
    assert boards[0].leader_id is not None
    assert boards[0].required_fields == [{"label": "在哪一带", "label_en": "Whereabouts"}]
    south = db.session.scalars(sa.select(Neighbourhood)).one()
    assert (south.slug, south.lat, south.polygon) == ("south-street", 31.27, None)
    slugs = set(db.session.scalars(sa.select(Category.slug)))
    assert slugs == {*ideas.trades, "bamboo"}
    assert [point.address for point in db.session.scalars(sa.select(PickupPoint))] == ["南街 1 号"]
    assert db.session.scalar(sa.select(MerchantTerms.commission_bp)) == 250
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StartDraft)) == 0


def test_a_town_may_start_with_a_yearly_fee(founder: Visitor) -> None:
    fill(founder, "kind", {"kind": "towers"})
    fill(founder, "name", {"name": "青石镇"})
    for odd, words in (("1.005", "not an amount"), ("0", "above zero"), ("", "above zero")):
        assert words in fill(founder, "terms", {"way": "fee", "fee": odd}, status=422)
    fill(founder, "terms", {"way": "fee", "fee": "600"})
    assert 'value="600.00"' in founder.visit("/start/terms").text
    assert "¥600 a year, nothing on orders" in founder.visit("/start/look")
    founder.post("/start/open", status=303)
    columns = MerchantTerms.commission_bp, MerchantTerms.yearly_fee_minor
    assert db.session.execute(sa.select(*columns)).one() == (0, 60000)


def test_nothing_of_the_first_start_is_reachable_once_the_town_is_open(
    empty: Flask, founder: Visitor
) -> None:
    fill(founder, "kind", {"kind": "towers"})
    fill(founder, "name", {"name": "青石镇"})
    founder.post("/start/open", status=303)
    for visitor in (founder, Visitor(empty)):
        for step in ["", *STEPS, "places/pick"]:
            assert visitor.get(f"/start/{step}").status == 404, step
        for act in ("", "open", "places/file", "boards"):
            assert visitor.post(f"/start/{act}").status == 404, act
    guest = Visitor(empty, "zh-CN")
    assert guest.get("/").status == 200
    charter = guest.visit("/charter")
    assert "楼上楼下" in charter
    assert "/charter" in guest.visit("/forum/").text


def test_a_town_without_a_name_does_not_open(founder: Visitor) -> None:
    assert founder.visit("/start/look").forms("/start/open") == []
    assert "needs a name" in founder.post("/start/open", status=409)
    assert founder.get("/").location == "/start/"
    fill(founder, "name", {"name": "青石镇"})
    founder.post("/start/open", status=303)


def test_what_was_filled_in_waits_for_whoever_comes_back(empty: Flask, founder: Visitor) -> None:
    fill(founder, "kind", {"kind": "campus"})
    fill(founder, "boards", {"rows-1-promise": "Say it, we listen."})
    again = Visitor.signed_in(empty, db.session.scalars(sa.select(User.id)).one(), "en")
    assert again.get("/start/").location == "/start/name"
    assert "Say it, we listen." in again.visit("/start/boards").text
    # The same kind keeps what was typed; another one fills the lists anew.
    fill(again, "kind", {"kind": "campus"})
    assert "Say it, we listen." in again.visit("/start/boards").text
    fill(again, "kind", {"kind": "towers"})
    assert "Say it, we listen." not in again.visit("/start/boards").text


def test_each_step_refuses_what_cannot_be_and_keeps_what_was_typed(founder: Visitor) -> None:
    refused = {
        "kind": ({"kind": "moon"}, "choose one of these"),
        "name": ({"name": " "}, "fill this in"),
        "places": ({"rows-0-name": "南街"}, "Say where the town is"),
        "boards": ({"rows-0-promise": "", "rows-0-name": "新版块"}, "fill this in"),
        "trades": ({"rows-0-name_en": "Bamboo"}, "fill this in"),
        "points": (
            {"rows-0-address": "Gate 1", "rows-0-opens": "25:00", "rows-1-out": "y"},
            "such as 17:30",
        ),
        "terms": ({"percent": "2.555"}, "two decimals"),
    }
    for step, (change, words) in refused.items():
        page = fill(founder, step, change, status=422)
        assert words in page, step
        for name, value in change.items():
            if value.strip() and step != "kind":
                assert f'value="{value}"' in page.text, (step, name)
    assert db.session.scalar(
        sa.select(sa.func.count()).select_from(StartDraft).where(StartDraft.step != "begun")
    ) == 0  # fmt: skip
    assert "choose one of these" in fill(
        founder, "name", {"name": "青石镇", "accent": "pink"}, status=422
    )


def test_an_outline_is_taken_from_the_map_and_shifted_numbers_are_shifted_back(
    founder: Visitor,
) -> None:
    corners = "31.27, 120.73\n31.28, 120.73\n31.28, 120.74"
    line = {"rows-0-name": "南街", "rows-0-outline": corners}
    short, odd = line | {"rows-0-outline": "31, 120"}, line | {"rows-0-outline": "here"}
    assert "three corners" in fill(founder, "places", short, status=422)
    assert "no pair of degrees" in fill(founder, "places", odd, status=422)
    fill(founder, "places", line)
    (row,) = queries.draft("places")["rows"]
    assert row["outline"][0] == [31.27, 120.73]
    assert row["middle"] == [31.276667, 120.733333]
    fill(founder, "places", line | {"datum": "gcj02"})
    (shifted,) = queries.draft("places")["rows"]
    assert 200 < abs(shifted["outline"][0][1] - 120.73) * 95_000 < 900


def test_two_parts_of_one_name_are_refused(founder: Visitor) -> None:
    fill(founder, "places", {"rows-0-name": "南街", "middle": "31.27, 120.73"})
    page = founder.visit("/start/places?more=1").forms("/start/places")[0]
    twice = founder.post("/start/places", page | {"rows-1-name": "南街"}, status=422)
    assert "Two neighbourhoods are called" in twice
    founder.post("/start/places", page | {"rows-1-name": "北街"}, status=303)


def send_file(visitor: Visitor, content: bytes, status: int, name: str = "list.csv") -> Page:
    """Send a list of divisions."""
    form = visitor.visit("/start/places").forms("/places/file")[0]
    sent = form | {"file": (io.BytesIO(content), name)}
    return visitor.post("/start/places/file", sent, status=status)


def test_parts_are_chosen_from_a_list_in_any_usual_form(founder: Visitor) -> None:
    text = "code,name\n320402001001,朝阳花园社区居委会\n320402001002,水岸社区居委会\n"
    for content in (text.encode(), text.encode("gb18030"), gzip.compress(text.encode("utf-8-sig"))):
        assert send_file(founder, content, 303).location == "/start/places/pick"
        assert "2 lines were read" in founder.visit("/start/places/pick")
    assert "水岸" not in founder.visit("/start/places/pick?q=朝阳")
    form = founder.visit("/start/places/pick?q=320402001001").forms("/pick")[0]
    assert "Tick at least one" in founder.post("/start/places/pick", form, status=422)
    founder.post("/start/places/pick", form | {"codes": "320402001001"}, status=303)
    founder.post("/start/places/pick", form | {"codes": "320402001001"}, status=303)
    assert [row["name"] for row in queries.draft("places")["rows"]] == ["朝阳花园社区居委会"]
    # They stand nowhere until the town says where it is.
    fill(founder, "name", {"name": "青石镇"})
    assert "Say where the town is" in founder.visit("/start/look")
    assert founder.post("/start/open").status == 409
    fill(founder, "places", {"middle": "31.77, 119.95"})
    founder.post("/start/open", status=303)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first"),
        (b"a,b\n1,2\n", "No column is called"),
        (b"code,name\n", "holds no names"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b"name\n\x81\xff\xff\xfe\x80", "not text"),
        (gzip.compress(b"name\nOak Lane\nElm Road\n" * 40)[:-12], "damaged"),
        (gzip.compress(b"name\n" + b"a\n" * 9_000_000), "too large"),
    ],
    ids=["nothing", "no-name", "header-only", "damaged", "cut-short", "not-text", "bomb"],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_reason(
    founder: Visitor, content: bytes, words: str
) -> None:
    assert words in send_file(founder, content, 422)


@pytest.mark.parametrize(
    "name",
    ["cn_villages_xiamen_hangzhou_changzhou_chengdu.csv.gz", "cn_areas.csv"],
)
def test_published_lists_of_divisions_are_read_whole(
    founder: Visitor, data_dir: Path, name: str
) -> None:
    content = (data_dir / "address" / name).read_bytes()
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    send_file(founder, content, 303, name)
    assert len(queries.draft("divisions")) == len(plain.decode().strip().splitlines()) - 1
    founder.visit("/start/places/pick?q=街")


def test_a_town_that_is_open_takes_neighbourhoods_from_a_list_too(app: Flask, sign_in: Any) -> None:
    desk = sign_in(person("Lin", roles=("operator",), language="en"))
    page = desk.visit("/operator/neighbourhoods/list")
    form = page.forms("/neighbourhoods/file")[0]
    bad = form | {"file": (io.BytesIO(b"a,b\n1,2\n"), "list.csv")}
    assert "No column is called" in desk.post("/operator/neighbourhoods/file", bad, status=422)
    good = form | {"file": (io.BytesIO("code,name\n1,南街\n2,北街\n".encode()), "list.csv")}
    desk.follow(desk.post("/operator/neighbourhoods/file", good, status=303))
    url = "/operator/neighbourhoods/list"
    take = {"codes": ["1", "2"]}
    assert "the first neighbourhood" in desk.post(url, take, status=409)
    form = desk.visit("/operator/neighbourhoods/0").forms("/neighbourhoods/0")[0]
    first = {"name": "南街", "slug": "south", "lat": "31.27", "lng": "120.73"}
    desk.post("/operator/neighbourhoods/0", form | first, status=303)
    desk.post(url, take, status=303)
    desk.post(url, take, status=303)
    rows = db.session.execute(sa.select(Neighbourhood.name, Neighbourhood.lat)).all()
    assert [tuple(row) for row in rows] == [("南街", 31.27), ("北街", 31.27)]


def picture() -> tuple[io.BytesIO, str]:
    """Return a small square picture as a browser sends it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    file.seek(0)
    return file, "logo.png"


def test_the_logo_stands_on_every_page_and_can_be_taken_away(
    app: Flask, sign_in: Any, guest: Visitor
) -> None:
    desk = sign_in(person("Lin", roles=("operator",), language="en"))
    form = desk.visit("/operator/town").forms("/operator/town")[0]
    sent = form | {"name": "青石镇", "name_en": "Bluestone", "logo": picture()}
    desk.post("/operator/town", sent, status=303)
    assert "/media/" in guest.visit("/forum/").text.split("</header>")[0]
    bad = (io.BytesIO(b"<svg/>"), "logo.svg")
    assert desk.post("/operator/town", sent | {"logo": bad}, status=422).field("name") == "青石镇"
    form = desk.visit("/operator/town").forms("/operator/town")[0]
    desk.post("/operator/town", form | {"no_logo": "y"}, status=303)
    assert "/media/" not in guest.visit("/forum/").text.split("</header>")[0]


def test_name_charter_and_language_are_changed_at_the_desk(
    app: Flask, sign_in: Any, guest: Visitor
) -> None:
    desk = sign_in(person("Lin", roles=("operator",), language="en"))
    assert guest.get("/charter").status == 404
    form = desk.visit("/operator/town").forms("/operator/town")[0]
    sent = form | {"name": "青石镇", "name_en": "Bluestone", "language": "en", "accent": "plum"}
    desk.post("/operator/town", sent, status=303)
    form = desk.visit("/operator/charter").forms("/operator/charter")[0]
    sent = form | {"charter": "互相问好。", "charter_en": "Say hello.", "tone_en": "Kindly."}
    desk.post("/operator/charter", sent, status=303)
    page = guest.visit("/charter")
    assert "Say hello." in page
    assert "Kindly." in page
    assert page.text.count("Bluestone") >= 3
    assert 'data-accent="plum"' in page.text
    silent = Visitor(app, "")
    assert 'lang="en"' in silent.visit("/").text
    trail = desk.visit("/operator/audit")
    assert "changed what the town says of itself" in trail


def test_what_the_town_says_costs_no_statement_a_page(
    app: Flask, guest: Visitor, count_queries: Any
) -> None:
    guest.visit("/about")
    with count_queries() as first:
        guest.get("/about")
    assert first == []


def test_a_lived_in_town_is_open_for_its_commands(empty: Flask) -> None:
    runner = empty.test_cli_runner()
    said = runner.invoke(args=["town", "key"]).output
    assert queries.start_key() in said
    assert runner.invoke(args=["town", "open"]).exit_code == 0
    empty.extensions.pop("linli_facts", None)
    assert town().is_open
    assert Visitor(empty).get("/").status == 200
    assert runner.invoke(args=["town", "key"]).exit_code == 1
