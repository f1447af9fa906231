"""Listings and shops that the desk takes down: gone from every page and list, back when it
lets them stand, with the shop's answer in between.
"""

from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import ConflictError
from app.merchants.models import Listing, Merchant
from app.merchants.services import listings, shops
from app.merchants.types import MerchantState
from app.moderation import services as moderation
from app.moderation.services.takedowns import ask_takedown
from app.moderation.types import Decision, ReportReason, Rule, Standing, TakedownCause
from tests.factories import accounts, orders
from tests.factories.orders import Stall
from tests.visitor import Visitor


@pytest.fixture
def place(app: Any) -> Stall:
    with clock.travel(orders.NOON):
        yield orders.stall()


def reported(kind: str, subject_id: int) -> int:
    """Let a neighbour report something; return the item of the queue."""
    neighbour = accounts.viewer(accounts.person("赵"))
    with transaction():
        return moderation.report(
            neighbour, kind, subject_id, reason=ReportReason.OTHER, text="假的", at=clock.now()
        ).id


def decided(item_id: int, decision: Decision) -> None:
    """Decide as an operator."""
    desk = accounts.viewer(accounts.person(roles=("operator",)))
    rule = Rule.LAW if decision is Decision.HIDE else Rule.NONE
    with transaction():
        moderation.decide(desk, item_id, decision, rule=rule, note="冒牌", at=clock.now())


def test_a_listing_that_is_taken_down_is_gone_until_the_desk_lets_it_stand(
    app: Any, place: Stall, sign_in: Any
) -> None:
    guest, keeper = Visitor(app), sign_in(place.owner)
    url = f"/merchants/listings/{place.listing.id}"
    decided(reported("listing", place.listing.id), Decision.HIDE)
    guest.visit(url, status=404)
    assert "Country sourdough" not in guest.visit("/merchants/listings")
    assert "Country sourdough" not in guest.visit(f"/merchants/{place.merchant.id}")
    assert "Country sourdough" not in guest.visit("/search?words=sourdough")
    assert "took this down" in keeper.visit(url)
    with pytest.raises(ConflictError), transaction():
        listings.publish_listing(place.keeper, place.listing.id, at=clock.now())
    with pytest.raises(ConflictError), transaction():
        listings.archive_listing(place.keeper, place.listing.id, False, at=clock.now())
    appeal = f"/appeal/listing/{place.listing.id}"
    form = keeper.visit(appeal).forms("/appeal")[0]
    keeper.post(appeal, form | {"text": "有授权书"}, status=303)
    item = moderation.queries.waiting_item("listing", place.listing.id)
    assert item is not None
    decided(item.id, Decision.APPROVE)
    assert "Country sourdough" in guest.visit("/merchants/listings")
    guest.visit(url)


def test_what_was_off_the_shelf_stays_off_when_it_is_shown_again(place: Stall) -> None:
    item = reported("listing", place.listing.id)
    with transaction():
        listings.archive_listing(place.keeper, place.listing.id, True, at=clock.now())
    with clock.travel(orders.NOON + orders.LATER):
        decided(item, Decision.HIDE)
    with transaction():
        again = moderation.appeal(
            place.keeper, "listing", place.listing.id, text="看清楚", at=clock.now()
        )
    decided(again.id, Decision.APPROVE)
    assert db.session.get_one(Listing, place.listing.id, populate_existing=True).archived_at


def test_a_shop_that_is_taken_down_sells_nothing_and_comes_back_as_it_stood(
    app: Any, place: Stall, sign_in: Any
) -> None:
    guest = Visitor(app)
    decided(reported("merchant", place.merchant.id), Decision.HIDE)
    guest.visit(f"/merchants/{place.merchant.id}", status=404)
    guest.visit(f"/merchants/listings/{place.listing.id}", status=404)
    assert "Country sourdough" not in guest.visit("/merchants/listings")
    assert "took this down" in sign_in(place.owner).visit(f"/merchants/{place.merchant.id}")
    desk = accounts.viewer(accounts.person(roles=("operator",)))
    with pytest.raises(ConflictError), transaction():
        shops.resume_merchant(desk, place.merchant.id, reason="x", at=clock.now())
    with transaction():
        again = moderation.appeal(
            place.keeper, "merchant", place.merchant.id, text="看清楚", at=clock.now()
        )
    decided(again.id, Decision.APPROVE)
    shop = db.session.get_one(Merchant, place.merchant.id, populate_existing=True)
    assert (shop.state, shop.hidden_at) == (MerchantState.ACTIVE, None)
    guest.visit(f"/merchants/listings/{place.listing.id}")


def test_what_the_law_wants_hidden_at_once_is_hidden_before_anybody_decides(place: Stall) -> None:
    with transaction():
        ask_takedown(
            address="http://localhost/merchants/listings/1", subject=("listing", place.listing.id),
            cause=TakedownCause.PRIVATE, standing=next(iter(Standing)), what="我的照片", name="周",
            mail="z@example.org", phone="", ip_hash="x", at=clock.now(),
        )  # fmt: skip
    assert db.session.get_one(Listing, place.listing.id, populate_existing=True).hidden_at
