"""Bringing orders: planned at checkout, taken along by a courier, handed over at the door, or
brought back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.core.access import Viewer
from app.core.db import db, moved
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import keep
from app.core.media.types import PreparedPicture
from app.merchants.types import Reach
from app.orders import policies
from app.orders.errors import (
    CodeUnknownError,
    DeliveryRefusedError,
    NotBroughtError,
    OrderMovedError,
)
from app.orders.models import Delivery, HandOver, Order
from app.orders.queries.deliveries import OWNER, chosen_ways, ways_to
from app.orders.services import counter, moves, moving
from app.orders.types import (
    DELIVERY_MOVES,
    LEFT_WITH,
    NOT_DELIVERED,
    ON_WAY,
    DeliveryState,
    OrderState,
    Quote,
    Side,
    SlotWish,
    Timer,
    Way,
)
from app.payments.types import PayWay


def planned(actor: Viewer, quote: Quote, wishes: Mapping[int, SlotWish]) -> dict[int, Way]:
    """Return where each shop's goods are to be brought, for those that are.

    Refuses an address that is not the actor's, and what the shop does not bring there.
    """
    asked = {shop_id: wish.address_id for shop_id, wish in wishes.items() if wish.address_id}
    if not asked:
        return {}
    found = chosen_ways(ways_to(actor, quote), asked)
    for shop_id in asked:
        if shop_id not in found:
            raise DeliveryRefusedError(merchant_id=shop_id)
    return found


def fees_of(ways: Mapping[int, Way]) -> dict[int, int]:
    """Return what each shop asks for bringing its goods."""
    return {shop_id: way.reach.fee_minor for shop_id, way in ways.items() if way.reach}


def way_of(ways: Mapping[int, Way], merchant_id: int) -> Reach | None:
    """Return by which area a shop brings its goods, None where they are collected."""
    way = ways.get(merchant_id)
    return way.reach if way else None


def write_deliveries(orders: Sequence[Order], ways: Mapping[int, Way]) -> None:
    """Write down where orders are to be brought, as the addresses stand now."""
    rows = []
    for order in orders:
        way = ways.get(order.merchant_id)
        if way is None or way.reach is None:
            continue
        address = way.address
        rows.append(
            {
                "order_id": order.id,
                "merchant_id": order.merchant_id,
                "state": DeliveryState.WAITING,
                "address": address.text,
                "detail": address.detail or "",
                "name": address.contact_name or "",
                "phone": address.phone or "",
                "lat": address.lat,
                "lng": address.lng,
                "metres": way.reach.metres,
            }
        )
    db.session.add_all(Delivery(**row) for row in rows)
    db.session.flush()


def send_out(actor: Viewer, order_ids: Sequence[int], *, at: datetime) -> int:
    """Take orders along; their buyers see that they are on the way. Returns how many.

    Refuses what is not accepted, what is not brought at all, and what somebody took along before.
    """
    for order_id in order_ids:
        order, _delivery = _opened(actor, order_id)
        _move(order, DeliveryState.ON_WAY, courier_id=actor.id, left_at=at)
        moves.set_timer(order, None, None)
        moves.note(actor, order, ON_WAY, side=Side.SHOP, at=at)
    return len(order_ids)


def deliver(
    actor: Viewer,
    order_id: int,
    *,
    code: str = "",
    taken_by: str = "",
    picture: PreparedPicture | None = None,
    money: PayWay | None = None,
    at: datetime,
) -> HandOver:
    """Hand an order over at the door: by the buyer's code, or with a name or a picture as proof.

    Refuses a code that is not this order's, no proof at all, and what `hand_over` refuses.
    """
    order, _delivery = _opened(actor, order_id)
    if code.strip() and policies.normal_code(code) != order.code:
        raise CodeUnknownError
    if not (code.strip() or taken_by.strip() or picture):
        raise FieldError(
            "code", _l("Ask for the code, or write down who took it, or take a picture.")
        )
    if picture is not None:
        keep(picture, owner=(OWNER, order_id), actor=actor, at=at)
    if not code.strip():
        _save(order_id, taken_by=taken_by.strip()[:60])
        told = {"who": taken_by.strip()[:60], "picture": picture is not None}
        moves.note(actor, order, LEFT_WITH, side=Side.SHOP, at=at, data=told)
    return counter.hand_over(actor, order_id, money=money, at=at)


def fail(actor: Viewer, order_id: int, *, reason: str, is_again: bool, at: datetime) -> Order:
    """Write down that nobody took an order, and why: it is tried again at the next free time, or
    lies at the shop from now on and ends there by the policy that stands on it.

    Refuses what is not on its way, no reason, and another try where no time is free.
    """
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    order, delivery = _opened(actor, order_id)
    told: dict[str, Any] = {}
    if is_again:
        starts_at = moving.to_next_slot(order, at=at)
        _move(order, DeliveryState.WAITING, tries=delivery.tries + 1, courier_id=None)
        told = {"now": starts_at.isoformat()}
    else:
        _move(order, DeliveryState.BACK, tries=delivery.tries + 1, courier_id=None)
        grace = timedelta(minutes=policies.frozen_of(order).grace_minutes)
        moves.set_timer(order, Timer.NO_SHOW, max(at, order.slot_ends_at or at) + grace)
    moves.note(actor, order, NOT_DELIVERED, side=Side.SHOP, at=at, reason=reason, data=told)
    return order


def _opened(actor: Viewer, order_id: int) -> tuple[Order, Delivery]:
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    policies.check_can_hand_over(order, lines)
    found = db.session.get(Delivery, order_id, populate_existing=True)
    if found is None or order.state != OrderState.ACCEPTED:
        raise NotBroughtError
    return order, found


def _move(order: Order, state: DeliveryState, **values: Any) -> None:
    """Move a delivery along its table; of two who act at once the second is told how it stands."""
    allowed = [one for one, targets in DELIVERY_MOVES.items() if state in targets]
    moved(
        update(Delivery)
        .where(Delivery.order_id == order.id, Delivery.state.in_(allowed))
        .values(state=state, **values),
        OrderMovedError(state=order.state.value),
    )


def _save(order_id: int, **values: Any) -> None:
    moved(
        update(Delivery).where(Delivery.order_id == order_id).values(**values),
        NotBroughtError(),
    )
