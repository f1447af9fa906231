"""Group-buys for tests, made through the services."""

from datetime import timedelta
from typing import Any

from app.accounts.models import User
from app.core import clock
from app.core.db import db, transaction
from app.merchants.models import Listing
from app.merchants.types import VariantDraft
from app.orders.models import GroupBuy, Order
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, cash, checkout
from app.orders.services.groupbuys import open_group_buy
from app.orders.types import Contact
from app.orders.types.groupbuys import GroupBuyDraft, ItemDraft, Measure, Step
from app.payments.types import PayWay
from tests.factories import accounts, merchants, orders
from tests.factories.orders import Stall

HOUR = timedelta(hours=1)
STEPS = (Step(10, 2200), Step(20, 1800))


def opened(
    place: Stall,
    *,
    threshold: int = 5,
    measure: Measure = Measure.PIECES,
    listing: Listing | None = None,
    items: dict[int, dict[str, Any]] | None = None,
    leader: User | None = None,
    **more: Any,
) -> GroupBuy:
    """Let the stall's thing be ordered together for a day, collected the day after."""
    at = clock.now()
    thing = listing or place.listing
    wanted = items or {orders.variant_of(thing): {"stock": 100}}
    values: dict[str, Any] = {
        "opens_at": at,
        "cut_off_at": at + 24 * HOUR,
        "starts_at": at + 48 * HOUR,
        "ends_at": at + 50 * HOUR,
        "leader_mail": leader.mail if leader else "",
        "share_bp": 500 if leader else 0,
    } | more
    draft = GroupBuyDraft(
        listing_id=thing.id,
        measure=measure,
        threshold=threshold,
        point_id=place.point.id,
        items=tuple(ItemDraft(key, **one) for key, one in wanted.items()),
        **values,
    )
    with transaction():
        return open_group_buy(place.keeper, place.merchant.id, draft, at=at)


def two_kinds(place: Stall) -> tuple[Listing, int, int]:
    """Put a thing of two kinds on the shelf: small at 10, large at 20."""
    sizes = (
        VariantDraft(1000, name_zh="小苹果", stock=50),
        VariantDraft(2000, name_zh="大苹果", stock=50),
    )
    thing = merchants.goods(place.merchant, variants=sizes)
    first = orders.variant_of(thing)
    return thing, first, first + 1


def joined(
    place: Stall, counts: dict[int, int] | int = 2, *, actor: Any = None, paid: bool = False
) -> Order:
    """Join with so many, by the basket and the checkout."""
    buyer = actor or accounts.viewer(accounts.person(language="en"))
    wanted = {place.variant_id: counts} if isinstance(counts, int) else counts
    at = clock.now()
    for variant_id, count in wanted.items():
        with transaction():
            basket.add_to_basket(buyer, token=None, variant_id=variant_id, quantity=count, at=at)
    total = basket_quote(buyer, None, at=at).total_minor
    with transaction():
        held = checkout.start_checkout(buyer, token=None, expected_total=total, at=at)
    with transaction():
        [order] = checkout.place_orders(
            buyer, held.id, token=None, wishes={}, contact=Contact(buyer.name, "13800000000"),
            pay_way=PayWay.OWN_CODE if paid else PayWay.CASH, expected_total=total, at=at,
        )  # fmt: skip
    if paid:
        with transaction():
            cash.take_money(place.keeper, order.id, way=PayWay.OWN_CODE, at=at)
    return order


def fresh(made: GroupBuy) -> GroupBuy:
    """Return a group-buy as it stands in the database."""
    return db.session.get_one(GroupBuy, made.id, populate_existing=True)
