"""Finding things: what a list is narrowed to, its map, and what to do when nothing fits."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import GUEST, SYSTEM
from app.core.db import db, is_postgresql, transaction
from app.core.pools import services as pools
from app.merchants.jobs import rate_shops
from app.merchants.models import Listing, Review, Variant
from app.merchants.queries import browsing
from app.merchants.queries.browsing.pins import PINS
from app.merchants.queries.collecting import page_slots
from app.merchants.services import hours
from app.merchants.services.scarce import slot_pool
from app.merchants.types import DietaryMark, ListingFilter, ListingKind, Loosened, ShopFilter
from app.places.types.points import Box
from tests.factories.merchants import goods, point, resource, service, shop
from tests.factories.places import neighbourhood

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HERE = (30.7667, 103.981)


@pytest.fixture
def street(app):
    """Two bakers at one corner, one of them with pickup times, and a barber two kilometres off."""
    with clock.travel(NOON):
        home = neighbourhood()
        baker = shop("麦田面包房", neighbourhood_id=home.id)
        point(baker)
        other = shop("对门糕点", neighbourhood_id=home.id)
        barber = shop("小周理发", trade="beauty", lat=30.785, lng=103.981)
        yield {
            "baker": baker,
            "other": other,
            "barber": barber,
            "bread": goods(baker, price=2600, name_zh="吐司", name_en="Toast"),
            "cake": goods(other, price=8800, name_zh="蛋糕", name_en="Cake"),
            "cut": service(barber, (resource(barber).id,)),
        }


def names(**chosen) -> list[str]:
    page = browsing.listings(GUEST, ListingFilter(**chosen), at=clock.now())
    return sorted(row.name_zh for row in page.rows)


def served() -> tuple[int, ...]:
    return browsing.shops_to_collect_from_today(at=clock.now())


def test_prices_and_distance_narrow_a_list_and_all_of_them_together(street) -> None:
    cut = street["cut"].name_zh
    assert names() == sorted(["吐司", "蛋糕", cut])
    assert names(max_minor=2600, kind=ListingKind.GOODS) == ["吐司"]
    assert names(min_minor=2601, kind=ListingKind.GOODS) == ["蛋糕"]
    assert names(near=HERE, within_m=1000) == ["吐司", "蛋糕"]
    assert cut in names(near=HERE, within_m=5000)
    assert names(near=HERE, within_m=1000, min_minor=5000, is_open_now=True) == ["蛋糕"]


def test_dietary_marks_narrow_a_list_and_what_is_vegan_is_vegetarian(street, guest) -> None:
    vegan, none = DietaryMark.VEGAN, DietaryMark.NUT_FREE
    goods(street["other"], name_zh="豆沙包", name_en="Bun", dietary=(vegan, DietaryMark.HALAL))
    assert names(mark=vegan) == names(mark=DietaryMark.VEGETARIAN) == ["豆沙包"]
    assert names(mark=none) == []
    page = guest.visit("/merchants/listings?mark=halal")
    assert "Bun" in page
    assert "Toast" not in page
    assert "Whatever is in it" in guest.visit("/merchants/listings?mark=nut_free")


def test_pickup_today_means_a_time_that_a_basket_could_choose(street) -> None:
    baker = street["baker"]
    assert served() == (baker.id,)
    assert names(served=served()) == ["吐司"]
    slots = [slot for _point, some in page_slots(baker.id, at=NOON, days=0) for slot in some]
    with transaction():
        for slot in slots:
            if slot.is_free:
                pools.take([(slot_pool(slot), slot.free)], owner=("test", 1), at=NOON)
    assert served() == ()
    with clock.travel(NOON + timedelta(days=1)):
        assert served() == (baker.id,)
        with transaction():
            hours.mark_closed_today(SYSTEM, baker.id, True, at=clock.now())
        assert served() == ()


def test_the_address_holds_the_whole_state_and_the_map_shows_what_the_list_shows(
    street, guest
) -> None:
    asked = {"kind": "goods", "pickup": "today", "min": "20", "max": "30.00", "sort": "cheap"}
    page = guest.visit(f"/merchants/listings?{urlencode(asked | {'view': 'map'})}")
    assert "Toast" in page
    assert "Cake" not in page
    assert "1 shop on the map" in page
    assert "data-map" in page
    for name, value in asked.items():
        assert f"{name}={value}" in page, "links to other filters keep this one"
    assert "data-map" not in guest.visit(f"/merchants/listings?{urlencode(asked)}")
    assert "2 shops on the map" in guest.visit(
        f"/merchants/?view=map&within=500&near={HERE[0]},{HERE[1]}"
    )


def test_an_empty_list_says_which_filter_to_drop_and_what_that_brings(street, guest) -> None:
    page = guest.visit("/merchants/listings?kind=service&pickup=today&max=1")
    assert "Take one filter away" not in page, "no single one helps"
    page = guest.visit("/merchants/listings?kind=goods&pickup=today&min=50")
    assert "Other days too" in page
    assert "At any price" in page
    assert "/merchants/listings?kind=goods&amp;min=50" in page.text
    chosen = ListingFilter(words="吐司", min_minor=5000)
    looser = browsing.listings_without_each(GUEST, chosen, at=NOON)
    assert looser == [Loosened("words", 2), Loosened("price", 1)]
    gone = ShopFilter(near=HERE, within_m=500, words="理发")
    assert browsing.shops_without_each(GUEST, gone, at=NOON) == [
        Loosened("words", 2),
        Loosened("within", 1),
    ]


def test_odd_filters_are_answered_calmly(street, guest) -> None:
    for query in (
        "min=NaN&max=Infinity", "min=-5", "max=1e9", "min=9&max=1", "within=7", "pickup=never",
        "view=map&kind=service&max=0", "view=map&q=吐司", "view=map&q=%00", "min=１２",
        "within=500&near=90,180", "within=500&near=-90,0&view=map&pickup=today&open=1",
    ):  # fmt: skip
        for url in ("/merchants/", "/merchants/listings"):
            assert guest.get(f"{url}?{query}").status == 200, query


@pytest.mark.parametrize("rows", [10, 300])
def test_a_narrowed_list_asks_the_same_however_long_it_is(rows, street, guest, count_queries):
    _many(street["baker"], rows)
    for number in range(rows // 100):
        point(shop(f"店 {number}"))
    url = "/merchants/listings?pickup=today&open=1&kind=goods&min=1&max=90"
    for more, most in (("", 7), ("&view=map", 8), ("&max=0", 8)):
        with count_queries() as seen:
            guest.visit(url.replace("&max=90", more) if "max" in more else url + more)
        assert len(seen) <= most, (more, len(seen), seen)


def test_no_list_reads_all_ten_thousand_listings_where_an_index_serves(street) -> None:
    _many(street["baker"], 10_000)
    with transaction():
        db.session.execute(sa.text("ANALYZE"))
    at = clock.now()
    for chosen in (
        ListingFilter(),
        ListingFilter(kind=ListingKind.SERVICE),
        ListingFilter(sort="cheap", min_minor=500, max_minor=900),
        ListingFilter(sort="dear"),
        ListingFilter(category_id=street["barber"].category_id),
        ListingFilter(served=(street["other"].id,)),
    ):
        plan = _plan(lambda chosen=chosen: browsing.listings(GUEST, chosen, at=at))
        assert not _reads_all(plan), (chosen, plan)
    plan = _plan(lambda: db.session.execute(sa.select(Listing.id).where(Listing.unit == "x")))
    assert _reads_all(plan), "the guard sees one"


def _reads_all(plan: str) -> bool:
    lines = [line for line in plan.splitlines() if "listings" in line and "USING" not in line]
    return any("SCAN listings" in line or "Seq Scan on listings" in line for line in lines)


def _plan(ask) -> str:
    """How the database goes about what is asked."""
    told = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        told.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN "
    connection = db.session.connection()
    rows = [
        row
        for statement, parameters in told
        for row in connection.exec_driver_sql(explain + statement, parameters)
    ]
    return "\n".join(str(row[-1]) for row in rows)


def _many(baker, rows: int) -> None:
    at = clock.now()
    plain = {
        "merchant_id": baker.id, "category_id": baker.category_id, "kind": ListingKind.GOODS,
        "name_en": "", "created_at": at, "changed_at": at, "position": 0,
    }  # fmt: skip
    with transaction():
        db.session.execute(
            sa.insert(Listing),
            [plain | {"name_zh": f"面包 {n}", "min_price_minor": 100 + n} for n in range(rows)],
        )
        ids = db.session.scalars(sa.select(Listing.id).where(Listing.thread_id.is_(None)))
        db.session.execute(
            sa.insert(Variant), [{"listing_id": number, "price_minor": 100} for number in ids]
        )


def test_well_rated_means_four_stars_of_three_reviews_and_says_so_when_nothing_fits(
    street, guest
) -> None:
    baker, other = street["baker"], street["other"]
    assert "However rated" in guest.visit("/merchants/listings?rated=1")
    with transaction():
        for number, (merchant, stars) in enumerate(
            [(baker, 5), (baker, 4), (baker, 3), (other, 5), (other, 5)]
        ):
            db.session.add(
                Review(
                    line_id=number, order_id=number, merchant_id=merchant.id, stars=stars,
                    earned_at=NOON, opens_at=NOON, wrote_at=NOON,
                )
            )  # fmt: skip
    rate_shops(clock.now())
    assert names(is_well_rated=True) == ["吐司"], "two reviews are too few"
    page = guest.visit("/merchants/?rated=1")
    assert f"/merchants/{baker.id}" in page.text
    assert f"/merchants/{other.id}" not in page.text


def test_a_map_shows_the_nearest_shops_and_what_stands_on_the_page(app, guest) -> None:
    home = neighbourhood()
    for number in range(PINS + 3):
        shop(f"铺 {number}", neighbourhood_id=home.id, lat=30.70 + number / 1000, lng=103.9)
    far = shop("远处", neighbourhood_id=home.id, lat=31.9, lng=103.9)
    goods(far, name_zh="陈皮", name_en="Peel")
    box = Box(-90, -180, 90, 180)
    near = browsing.pins(box, near=(30.70, 103.9), at=clock.now())
    assert len(near) == PINS
    assert "铺 0" in {pin.name_zh for pin in near}
    assert "远处" not in {pin.name_zh for pin in near}
    there = browsing.pins(Box(31.8, 103, 32, 104), near=None, at=clock.now())
    assert [pin.name_zh for pin in there] == ["远处"]
    page = guest.visit("/merchants/listings?view=map")
    assert "1 shop on the map" in page, "it is on the page, so it is on the map, however far"
    moved = guest.get("/map/shops?box=31.8,103,32,104").answer.json
    assert [point["url"] for point in moved] == [f"/merchants/{far.id}"]
    for odd in ("", "1,2,3", "a,b,c,d", "nan,0,1,1"):
        assert guest.get(f"/map/shops?box={odd}").status == 404
