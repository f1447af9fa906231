"""Orders of the demo town: a basket becomes orders, and what must be remembered of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.core.errors import ConflictError
from app.demo.content.shops import SHOPS, Shop
from app.demo.ground import USUAL_COMMISSION
from app.demo.market import Parcel
from app.demo.stage import Stage
from app.merchants.queries.collecting import points_for, slots_of_points
from app.merchants.types import SlotChoice
from app.orders.models import Order
from app.orders.queries.baskets import basket_quote
from app.orders.queries.orders import lines_of
from app.orders.services.basket import add_to_basket
from app.orders.services.checkout import place_orders, start_checkout
from app.orders.types import Contact, LineRow, SlotWish
from app.payments.types import PayWay

SHOP_BY_KEY = {shop.key: shop for shop in SHOPS}


class Till(Stage):
    """What all orders of a life have in common."""

    def placed(
        self,
        at: datetime,
        member: int,
        wishes: Mapping[int, SlotWish],
        *,
        way: PayWay = PayWay.CASH,
        note: str = "",
        fee: int = 0,
    ) -> list[Order]:
        """Turn what lies in somebody's basket into orders; refuses what cannot be ordered."""
        actor, person = self.viewer(member), self.plan.members[member]
        quote = basket_quote(actor, None, at=at)
        if not quote.is_placeable:
            raise ConflictError
        checkout = start_checkout(actor, token=None, expected_total=quote.total_minor, at=at)
        return place_orders(
            actor,
            checkout.id,
            token=None,
            wishes=wishes,
            contact=Contact(name=person.name, phone=person.phone),
            pay_way=way,
            note=note,
            expected_total=quote.total_minor + fee,
            at=at,
        )

    def remembered(
        self,
        order: Order,
        lines: Sequence[LineRow],
        shop: Shop,
        member: int,
        *,
        fate: str,
        way: PayWay = PayWay.CASH,
    ) -> Parcel:
        """Count an order that was placed, and remember it until it is over."""
        parcel = Parcel(
            shop=shop.key,
            buyer=member,
            state="placed",
            fate=fate,
            bp=USUAL_COMMISSION if shop.commission_bp is None else shop.commission_bp,
            way=way.value,
            lines=[
                [line.id, line.quantity, line.each_minor, line.unit_minor, 0, 0] for line in lines
            ],
            charged=order.total_minor,
            starts=order.slot_starts_at.timestamp() if order.slot_starts_at else 0.0,
            ends=order.slot_ends_at.timestamp() if order.slot_ends_at else 0.0,
            is_booking=any(line.starts_at for line in lines),
        )
        self.parcels[str(order.id)] = parcel
        self.tally.count("orders_placed")
        self.tally.move(None, parcel.state)
        self.tally.pay("charged", parcel.charged)
        self.tally.touch("service", self.viewer(member).id or 0)
        return parcel

    def bought(
        self,
        at: datetime,
        who: str,
        shop: str,
        picks: Mapping[int, int],
        wish: SlotWish | None = None,
        *,
        note: str = "",
        fee: int = 0,
    ) -> Order:
        """Let somebody with a voice order `{variant_id: pieces}` in one shop; it is counted once
        `noted`, when nothing after it can be refused any more.
        """
        member = self.plan.by_key[who].number
        for variant_id, pieces in picks.items():
            actor = self.viewer(member)
            add_to_basket(actor, token=None, variant_id=variant_id, quantity=pieces, at=at)
        wishes = {} if wish is None else {self.ground.shops[shop]: wish}
        [order] = self.placed(at, member, wishes, note=note, fee=fee)
        return order

    def noted(self, order: Order, who: str, shop: str, state: str = "accepted") -> Parcel:
        """Count an order of somebody with a voice as it stands by now."""
        lines = lines_of([order.id])[order.id]
        member = self.plan.by_key[who].number
        parcel = self.remembered(order, lines, SHOP_BY_KEY[shop], member, fate="collected")
        if state != parcel.state:
            self.stand(parcel, state)
        return parcel

    def stand(self, parcel: Parcel, state: str) -> None:
        """Note where an order stands from now on."""
        self.tally.move(parcel.state, state)
        parcel.state = state

    def free_slots(self, shop: str, at: datetime) -> list[SlotChoice]:
        """Return the free times at a shop's own counter, the next first."""
        merchant_id = self.ground.shops[shop]
        own = [one for one in points_for([merchant_id])[merchant_id] if one.merchant_id]
        choices = slots_of_points(own, merchant_ids=[merchant_id], at=at)
        found = [slot for point in own for slot in choices[point.id] if slot.is_free]
        if not found:
            raise ConflictError
        return sorted(found, key=lambda slot: (slot.starts_at, slot.point_id))
