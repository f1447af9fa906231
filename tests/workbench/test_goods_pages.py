"""Goods in full on the workbench: packs and days on the form, pictures and sections in order."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.merchants.models import Listing, ShelfSection, Variant
from app.merchants.policies.starters import STARTERS
from app.merchants.services import listings
from app.orders.models import Order
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall
from tests.orders.test_chain import ordered
from tests.visitor import Visitor


@pytest.fixture
def place(app: Any) -> Any:
    with clock.travel(orders.NOON):
        yield orders.stall()


def photo(colour: str) -> tuple[BytesIO, str]:
    """Return a small picture as a browser would send it."""
    stream = BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, "PNG")
    stream.seek(0)
    return stream, f"{colour}.png"


def shown(listing: Listing) -> list[int]:
    """Return a listing's pictures as they stand."""
    row = db.session.get_one(Listing, listing.id, populate_existing=True)
    return [*([row.picture_id] if row.picture_id else []), *row.more_pictures]


def test_a_shop_lists_a_case_beside_the_bottle_and_what_is_made_to_order(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper, shelf = sign_in(place.owner), f"/workbench/{place.merchant.id}/listings"
    form = keeper.visit(f"{shelf}/new").forms("/listings/new")[0] | {
        "name_zh": "矿泉水", "size_0_zh": "单瓶", "size_0_price": "2", "size_0_stock": "24",
        "size_1_zh": "整箱", "size_1_price": "20", "size_1_pack": "12", "daily_total": "40",
        "lead_days": "1", "save": "sale",
    }  # fmt: skip
    keeper.post(f"{shelf}/new", form, status=303)
    water = db.session.scalars(select(Listing).where(Listing.name_zh == "矿泉水")).one()
    assert (water.daily_total, water.lead_days) == (40, 1)
    bottle, case = db.session.scalars(select(Variant).where(Variant.listing_id == water.id))
    assert (bottle.pool_id, case.pack_size) == (case.pool_id, 12)
    assert "pack of 12" in keeper.visit(shelf)
    assert "整箱" not in keeper.visit(f"/workbench/{place.merchant.id}/morning")
    page = sign_in(place.buyer).visit(f"/merchants/listings/{water.id}")
    assert "Made to order." in page
    assert "pack of 12" in page
    again = keeper.visit(f"{shelf}/{water.id}").forms(f"/listings/{water.id}")[0]
    keeper.post(f"{shelf}/{water.id}", again | {"size_1_price": "22"}, status=303)
    assert db.session.get_one(Variant, case.id, populate_existing=True).pack_size == 12


def test_pictures_are_added_put_in_order_and_taken_away(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper = sign_in(place.owner)
    url = f"/workbench/{place.merchant.id}/listings/{place.listing.id}/pictures"
    form = keeper.visit(url).forms("/pictures")[0]
    form["pictures"] = [photo("red"), photo("green")]
    form["photo"] = photo("blue")
    keeper.post(url, form, status=303)
    first, second, third = shown(place.listing)
    order = keeper.visit(url).forms("/pictures/order")[0]
    order.pop("gone_id", None)
    keeper.post(f"{url}/order", order | {"order": f"{third},{first},{second}"}, status=303)
    assert shown(place.listing) == [third, first, second]
    fresh = keeper.visit(url).forms("/pictures/order")[0]
    fresh.pop("gone_id", None)
    keeper.post(f"{url}/order", fresh | {"order": f"{first},{second}"}, status=409)
    fresh = keeper.visit(url).forms("/pictures/order")[0]
    fresh.pop("order", None)
    keeper.post(f"{url}/order", fresh | {"gone_id": third}, status=303)
    assert shown(place.listing) == [first, second]
    assert "Picture 2" in sign_in(place.buyer).visit(f"/merchants/listings/{place.listing.id}")
    keeper.post(url, {"photo": (BytesIO(b"no picture"), "x.png")}, status=422)
    sign_in(place.buyer).visit(url, status=403)


def test_a_shop_arranges_its_shelf_in_sections_of_its_own(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper, url = sign_in(place.owner), f"/workbench/{place.merchant.id}/sections"
    for name in ("面包", "饮料"):
        keeper.post(url, keeper.visit(url).forms("/sections")[-1] | {"name_zh": name}, status=303)
    bread, drinks = db.session.scalars(select(ShelfSection).order_by(ShelfSection.id))
    tea = merchants.goods(place.merchant, name_zh="茶", name_en="Tea", section_id=drinks.id)
    keeper.post(f"{url}/order", {"order": f"{drinks.id},{bread.id}"}, status=303)
    page = Visitor(keeper.app).visit(f"/merchants/{place.merchant.id}").text
    assert page.index("Tea") < page.index("More to order") < page.index("Country sourdough")
    other = orders.stall()
    keeper.post(f"{url}/order", {"order": str(other.listing.id + 99)}, status=404)
    reorder = f"/workbench/{place.merchant.id}/listings/order"
    keeper.post(reorder, {"order": f"{tea.id},{place.listing.id}"}, status=303)
    keeper.post(reorder, {"order": str(other.listing.id)}, status=404)
    keeper.post(f"{url}/order", {"gone_id": drinks.id}, status=303)
    assert db.session.get_one(Listing, tea.id, populate_existing=True).section_id is None


def test_a_neighbour_asks_to_be_told_and_buys_what_is_kept(
    place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    with transaction():
        listings.set_stock(place.keeper, place.variant_id, 0, at=clock.now())
    first, second = sign_in(place.buyer), sign_in(accounts.person("吴", language="en"))
    url = f"/merchants/listings/{place.listing.id}"
    for visitor in (first, second):
        visitor.post(f"{url}/wait", visitor.visit(url).forms("/wait")[0], status=303)
    assert "You are the first in line." in first.visit(url)
    assert "1 neighbour before you" in second.visit(url)
    assert "first in line" in first.visit("/merchants/waiting")
    with transaction():
        listings.set_stock(place.keeper, place.variant_id, 1, at=clock.now())
    assert "one is kept for you until" in first.visit(url)
    page = second.visit(url)
    assert "You are the first in line." in page
    assert "Add to basket" not in page
    assert "Add to basket" in first.visit(url)
    first.post("/orders/basket/add", {"variant_id": place.variant_id, "quantity": 1}, status=303)
    basket = first.visit("/orders/basket")
    checkout = first.post("/orders/checkout", basket.forms("/orders/checkout")[0], status=303)
    assert checkout.location
    second.post(f"{url}/wait", {"variant_id": place.variant_id, "leaves": 1}, status=303)
    assert "You wait for nothing." in second.visit("/merchants/waiting")


@pytest.mark.parametrize("key", sorted({starter.key for starter in STARTERS}))
def test_an_example_goes_on_sale_and_is_ordered_at_once(
    key: str, place: Stall, sign_in: Callable[..., Visitor]
) -> None:
    keeper = sign_in(place.owner)
    helper = merchants.resource(place.merchant)
    url = f"/workbench/{place.merchant.id}/listings/new"
    form = keeper.visit(f"{url}?from={key}").forms("/listings/new")[0]
    form |= {"save": "sale", "resource_ids": helper.id}
    keeper.post(url, form, status=303)
    made = db.session.scalars(select(Listing).order_by(Listing.id.desc())).first()
    assert made is not None
    buyer = sign_in(place.buyer)
    page = buyer.visit(f"/merchants/listings/{made.id}")
    [sent] = page.forms("/basket/add")
    if made.kind == "service":
        keys = [
            node.get("value") for node in page.tree.iter("input") if node.get("name") == "time_key"
        ]
        sent["time_key"] = keys[0] or ""
    buyer.post("/orders/basket/add", sent, status=303)
    ordered(buyer, [])
    assert db.session.scalars(select(Order)).one().merchant_id == place.merchant.id
