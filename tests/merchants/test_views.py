"""The residents' pages: what they show, to whom, in how many statements, without a cookie."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM
from app.core.db import db, transaction
from app.merchants.models import Listing, Merchant, Variant
from app.merchants.services.importing import import_merchants
from app.merchants.types import ImportRow, ListingKind, MerchantState, VariantDraft
from tests.factories.accounts import person
from tests.factories.merchants import goods, point, resource, service, shop, trades
from tests.factories.places import neighbourhood
from tests.sizes import naughty_strings

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def street(app):
    """A shop with goods, a service, a pickup point, and a shop that nobody claimed."""
    home = neighbourhood()
    baker = shop(
        "麦田面包房",
        neighbourhood_id=home.id,
        description="每天四点起来揉面。",
        phone="028 8784 1234",
    )
    bread = goods(
        baker,
        variants=(VariantDraft(2600, "整条", "Whole", 7), VariantDraft(1400, "半条", "Half", 0)),
        description="天然酵种，外壳脆。",
        allergens="麸质",
        rules="取货前 1 小时可免费取消",
    )
    point(baker)
    barber = shop("小周理发", trade="beauty", neighbourhood_id=home.id)
    cut = service(barber, (resource(barber).id,))
    unclaimed = shop("正宗荤豆花", trade="breakfast", opening_hours="")
    with transaction():
        row = db.session.get(Merchant, unclaimed.id)
        row.state, row.thread_id, row.source, row.source_key = (
            MerchantState.UNCLAIMED,
            None,
            "© OpenStreetMap contributors",
            "osm:node/1",
        )
    return {
        "home": home,
        "baker": baker,
        "bread": bread,
        "barber": barber,
        "cut": cut,
        "unclaimed": unclaimed,
    }


def _pages(street) -> list[str]:
    return [
        "/merchants/",
        "/merchants/listings",
        f"/merchants/{street['baker'].id}",
        f"/merchants/{street['barber'].id}",
        f"/merchants/{street['unclaimed'].id}",
        f"/merchants/listings/{street['bread'].id}",
        f"/merchants/listings/{street['cut'].id}",
    ]


def test_pages_are_pages_in_both_languages(street, guest) -> None:
    for url in _pages(street):
        guest.visit(url)
        guest.visit(url, headers={"Accept-Language": "zh-CN"})


def test_a_listing_shows_sizes_price_times_and_the_way_to_the_basket(street, guest) -> None:
    page = guest.visit(f"/merchants/listings/{street['bread'].id}")
    assert "Whole" in page
    assert "sold out" in page
    assert "麸质" in page
    assert "At the shop" in page
    form = page.forms("/orders")[0]
    assert form["variant_id"]
    book = guest.visit(f"/merchants/listings/{street['cut'].id}")
    assert "Book this time" in book
    times = [one.get("value") for one in book.tree.iter("input") if one.get("name") == "time_key"]
    assert times[0].endswith("Z")
    assert "time_key" not in book.forms("/orders")[0], "no time is chosen for anybody"


def test_an_unclaimed_shop_is_shown_and_cannot_be_ordered_from(street, guest, sign_in) -> None:
    url = f"/merchants/{street['unclaimed'].id}"
    page = guest.visit(url)
    assert "© OpenStreetMap contributors" in page
    assert "This is my shop" in page
    assert not page.forms("/orders")
    member = sign_in(person(language=Language.ENGLISH))
    asked = member.post(f"{url}/claim", {"phone": "028 1234567", "message": "我是老板"}, status=303)
    assert "operator" in member.follow(asked)
    again = member.post(f"{url}/claim", {"phone": "028 1234567", "message": "我是老板"})
    assert again.status == 409
    assert member.post(f"{url}/remove", {"phone": "x", "message": ""}).status == 422


def test_what_a_stranger_may_not_see_is_not_there(street, guest, sign_in) -> None:
    with transaction():
        db.session.get(Merchant, street["baker"].id).state = MerchantState.SUSPENDED
    for url in (f"/merchants/{street['baker'].id}", f"/merchants/listings/{street['bread'].id}"):
        assert guest.get(url).status == 404
    boss = person(staff_of={street["baker"].id: "owner"})
    sign_in(boss).visit(f"/merchants/{street['baker'].id}")


def test_an_application_keeps_what_was_typed_and_goes_to_the_desk(app, sign_in) -> None:
    known = trades()
    member = sign_in(person(language=Language.ENGLISH))
    sent = {
        "name_zh": "",
        "name_en": "",
        "category_id": str(known["repair"]),
        "neighbourhood_id": "0",
        "description": "修水管",
        "address": "二单元",
        "phone": "13800001111",
        "opening_hours": "Mo-Fr 09:00-banana",
        "application": "执照 510",
    }
    page = member.post("/merchants/apply", sent, status=422)
    assert "修水管" in page
    page = member.post("/merchants/apply", sent | {"name_zh": "老周修理铺"}, status=422)
    assert "banana" in page
    assert "老周修理铺" in page
    good = sent | {"name_zh": "老周修理铺", "opening_hours": "Mo-Fr 09:00-18:00"}
    done = member.follow(member.post("/merchants/apply", good, status=303))
    assert "with the operator" in done
    assert member.post("/merchants/apply", good).status == 409


def test_guests_pages_set_no_cookie_and_answer_304(street, guest) -> None:
    for url in _pages(street):
        first = guest.visit(url)
        assert "Set-Cookie" not in first.answer.headers
        tag = first.answer.headers["ETag"]
        assert guest.get(url, headers={"If-None-Match": tag}).status == 304, url


@pytest.mark.parametrize("rows", [20, 2_000])
def test_statements_do_not_grow_with_rows(rows, street, guest, sign_in, count_queries) -> None:
    _fill(street["baker"], rows)
    member = sign_in(person(neighbourhood_id=street["home"].id))
    more = ["/merchants/?open=1&sort=name", "/merchants/?q=面包", "/merchants/listings?q=面包"]
    for url in [*_pages(street), *more]:
        for visitor, most in ((guest, 6), (member, 10)):
            with count_queries() as seen:
                visitor.visit(url)
            assert len(seen) <= most, (url, len(seen), seen)


def _fill(baker, rows: int) -> None:
    """Write many shops and listings at once, as an import does."""
    shops = [
        ImportRow(f"town:{n}", f"面包店 {n}", "", "bakery", lat=30.7, lng=103.9)
        for n in range(rows)
    ]
    at = clock.now()
    with transaction():
        import_merchants(SYSTEM, shops, source="town", at=at)
        plain = {
            "merchant_id": baker.id,
            "category_id": baker.category_id,
            "kind": ListingKind.GOODS,
        }
        plain |= {"name_en": "", "created_at": at, "changed_at": at, "position": 0}
        db.session.execute(
            sa.insert(Listing),
            [plain | {"name_zh": f"面包 {n}", "min_price_minor": 100 + n % 7} for n in range(rows)],
        )
        ids = db.session.scalars(sa.select(Listing.id).where(Listing.thread_id.is_(None)))
        db.session.execute(
            sa.insert(Variant), [{"listing_id": number, "price_minor": 100} for number in ids]
        )


def test_odd_queries_are_answered_calmly(street, guest) -> None:
    for query in (
        "category=x&place=-1&near=nan,inf&sort=what&after=~~~&open=2&q=%00",
        "after=1~2~3&sort=cheap",
        "near=91,181",
        "near=30.76,103.98&sort=near",
        "category=99999999999999",
        "kind=nothing",
        "q=" + "长" * 300,
        "after=nan~1&sort=near&near=30,100",
        "q=' OR 1=1 --",
        "q=%22%2A(",
        "place=1&place=2",
    ):
        for url in ("/merchants/", "/merchants/listings"):
            assert guest.get(f"{url}?{query}").status == 200, query
    assert guest.get("/merchants/999999").status == 404
    assert guest.get("/merchants/listings/999999").status == 404


@pytest.mark.sized
def test_no_string_breaks_an_application_or_a_claim(street, sign_in, data_dir) -> None:
    for text in naughty_strings(data_dir, every=40):
        member = sign_in(person())
        fields = ("name_zh", "name_en", "description", "address", "phone", "opening_hours", "lat")
        sent = dict.fromkeys((*fields, "category_id", "neighbourhood_id", "application"), text)
        assert member.post("/merchants/apply", sent).status in (303, 422), text
        good = {"category_id": str(street["baker"].category_id), "neighbourhood_id": "0"}
        good |= {"phone": "028 123456", "opening_hours": "", "lat": ""}
        assert member.post("/merchants/apply", sent | good).status in (303, 422), text
        claim = f"/merchants/{street['unclaimed'].id}/claim"
        sent = {"phone": "028 123456", "licence": text, "message": text}
        assert member.post(claim, sent).status in (303, 422), text
