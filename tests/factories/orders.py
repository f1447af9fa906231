"""Orders for tests, made through the services: a stocked shop, a basket, a placed order."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.merchants.models import DeliveryZone, Listing, Merchant, PickupPoint, Variant
from app.merchants.queries.booking import times_for
from app.merchants.queries.collecting import slots_for
from app.merchants.services import delivery
from app.merchants.types import PointDraft, SlotRuleDraft, ZoneDraft
from app.orders.models import Order, OrderLine
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket, checkout, deliveries, preparation
from app.orders.types import Contact, SlotWish
from app.payments.types import PayWay
from app.places import services as places
from app.places.models import Address
from app.places.types.points import Point
from tests.factories import accounts, merchants

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # a Saturday, 12:00 in the town


@dataclass
class Stall:
    """A shop with one thing on its shelf, a pickup point, an owner and a buyer."""

    merchant: Merchant
    listing: Listing
    point: PickupPoint
    owner: User
    buyer: User

    @property
    def variant_id(self) -> int:
        """The first size of the thing."""
        return variant_of(self.listing)

    @property
    def keeper(self) -> Viewer:
        """The owner as an actor."""
        return accounts.viewer(self.owner)

    @property
    def customer(self) -> Viewer:
        """The buyer as an actor."""
        return accounts.viewer(self.buyer)


def stall(*, stock: int | None = 7, price: int = 2600, capacity: int = 3, **more: Any) -> Stall:
    """Open a shop that can be ordered from."""
    owner = accounts.person("小李", language="en")
    merchant = merchants.shop(owner=owner, **more)
    return Stall(
        merchant,
        merchants.goods(merchant, price=price, stock=stock),
        merchants.point(merchant, capacity=capacity),
        owner,
        accounts.person("王梅", language="en"),
    )


def variant_of(listing: Listing) -> int:
    """Return the id of a listing's first variant."""
    found = db.session.scalar(
        select(Variant.id).where(Variant.listing_id == listing.id).order_by(Variant.id)
    )
    assert found is not None
    return found


def free_slot(point: PickupPoint, merchant: Merchant, *, number: int = 0) -> SlotWish:
    """Return the n-th pickup time that can be chosen now."""
    free = [
        one
        for one in slots_for(point.id, merchant_ids=[merchant.id], at=clock.now())
        if one.is_free
    ]
    return SlotWish(point.id, free[number].key)


def started(place: Stall, quantity: int = 2, *, actor: Viewer | None = None) -> int:
    """Put so many into the basket and start a checkout; return its id."""
    buyer = actor or place.customer
    with transaction():
        basket.add_to_basket(
            buyer, token=None, variant_id=place.variant_id, quantity=quantity, at=clock.now()
        )
    total = basket_quote(buyer, None, at=clock.now()).total_minor
    with transaction():
        return checkout.start_checkout(buyer, token=None, expected_total=total, at=clock.now()).id


def placed(
    place: Stall,
    quantity: int = 2,
    *,
    actor: Viewer | None = None,
    pay_way: PayWay = PayWay.CASH,
    slot: int = 0,
) -> Order:
    """Place an order for so many of the stall's thing."""
    buyer = actor or place.customer
    checkout_id = started(place, quantity, actor=buyer)
    with transaction():
        [order] = checkout.place_orders(
            buyer,
            checkout_id,
            token=None,
            wishes={place.merchant.id: free_slot(place.point, place.merchant, number=slot)},
            contact=Contact("王梅", "138 1234 5678"),
            pay_way=pay_way,
            expected_total=2600 * quantity,
            at=clock.now(),
        )
    return fresh(order)


def accepted(place: Stall, quantity: int = 2, **more: Any) -> Order:
    """Place an order and let the shop accept it."""
    order = placed(place, quantity, **more)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    return order


def booked(place: Stall, service: Listing) -> Order:
    """Book the first time of a service and let the shop accept it."""
    buyer, at = place.customer, clock.now()
    key, variant = times_for(service.id, at=at)[0].key, variant_of(service)
    with transaction():
        basket.add_to_basket(buyer, token=None, variant_id=variant, time_key=key, at=at)
    total = basket_quote(buyer, None, at=at).total_minor
    with transaction():
        held = checkout.start_checkout(buyer, token=None, expected_total=total, at=at)
    with transaction():
        [order] = checkout.place_orders(
            buyer, held.id, token=None, wishes={}, contact=Contact("王梅", "138 1234 5678"),
            pay_way=PayWay.CASH, expected_total=total, at=at,
        )  # fmt: skip
    with transaction():
        preparation.accept(place.keeper, order.id, at=at)
    return order


def zone(place: Stall, *, capacity: int = 3, **more: Any) -> DeliveryZone:
    """Let the stall bring its goods: 2 km around it for 5.00, every hour from 08:00 to 20:00."""
    every_day = tuple(SlotRuleDraft(day, 8 * 60, 20 * 60, 60, capacity) for day in range(7))
    values: dict[str, Any] = {"radius_metres": 2000, "fee_minor": 500} | more
    point = PointDraft("送货", "We deliver", lead_minutes=30, rules=every_day, delivers=True)
    with transaction():
        return delivery.save_zone(
            place.keeper, place.merchant.id, ZoneDraft(point=point, **values), at=clock.now()
        )


def home(person: User, *, north: float = 0.005, text: str = "泊林小区 3 号楼") -> Address:
    """Give somebody an address so many degrees north of the shop, with a door and a phone."""
    with transaction():
        return places.add_address(
            ("user", person.id), text=text, detail="2 单元 501", contact_name="王阿姨",
            phone="13900008888", point=Point(30.7667 + north, 103.981), at=clock.now(),
        )  # fmt: skip


def sent(
    place: Stall,
    area: DeliveryZone,
    address: Address,
    quantity: int = 2,
    *,
    fee: int = 500,
    slot: int = 0,
    actor: Viewer | None = None,
    pay_way: PayWay = PayWay.CASH,
) -> Order:
    """Place an order that is to be brought to an address."""
    buyer = actor or place.customer
    checkout_id = started(place, quantity, actor=buyer)
    point = db.session.get_one(PickupPoint, area.point_id)
    wish = free_slot(point, place.merchant, number=slot)
    with transaction():
        [order] = checkout.place_orders(
            buyer,
            checkout_id,
            token=None,
            wishes={place.merchant.id: SlotWish(wish.point_id, wish.slot_key, address.id)},
            contact=Contact("王梅", "138 1234 5678"),
            pay_way=pay_way,
            expected_total=2600 * quantity + fee,
            at=clock.now(),
        )
    return fresh(order)


def on_way(place: Stall, area: DeliveryZone, address: Address, **more: Any) -> Order:
    """Place an order to be brought, accept it, pack it, and take it along."""
    order = sent(place, area, address, **more)
    with transaction():
        preparation.accept(place.keeper, order.id, at=clock.now())
    with transaction():
        preparation.make_ready(place.keeper, order.id, at=clock.now())
    with transaction():
        deliveries.send_out(place.keeper, [order.id], at=clock.now())
    return order


def line_of(order: Order | int) -> OrderLine:
    """Return an order's first line as it stands in the database."""
    order_id = order if isinstance(order, int) else order.id
    return db.session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position),
        execution_options={"populate_existing": True},
    ).first()  # type: ignore[return-value]


def fresh(order: Order) -> Order:
    """Return an order as it stands in the database."""
    return db.session.get_one(Order, order.id, populate_existing=True)


LATER = timedelta(minutes=1)
