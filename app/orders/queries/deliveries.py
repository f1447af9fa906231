"""Orders that are brought: where to, a day's run, and to which addresses a basket could go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from app.core import clock
from app.core.access import Viewer
from app.core.db import fetch
from app.core.media.models import Picture
from app.core.media.queries import pictures_of
from app.merchants.models import Merchant, PickupPoint
from app.merchants.queries.delivery import reach_of, zones_of
from app.merchants.types import ZoneRow
from app.orders.models import Delivery, Order, OrderLine
from app.orders.types import DeliveryRow, DeliveryState, OrderState, Quote, Stop, Way
from app.payments.models import Charge
from app.places.queries import addresses_of
from app.places.types.points import Point, nearest_first
from app.places.types.rows import AddressRow

OWNER = "delivery"
_COLUMNS: tuple[Any, ...] = (
    Delivery.order_id,
    Delivery.merchant_id,
    Delivery.state,
    Delivery.address,
    Delivery.detail,
    Delivery.name,
    Delivery.phone,
    Delivery.lat,
    Delivery.lng,
    Delivery.metres,
    Delivery.tries,
    Delivery.courier_id,
    Delivery.taken_by,
    Delivery.left_at,
)
_ONE: Any = select(*_COLUMNS).where(Delivery.order_id == bindparam("order_id"))


def delivery_of(order_id: int) -> DeliveryRow | None:
    """Return where an order is brought, or None for one that is collected; for whoever was let
    see the order.
    """
    rows = fetch(_ONE, order_id=order_id)
    return DeliveryRow(*rows[0]) if rows else None


def row_of(found: Delivery | None) -> DeliveryRow | None:
    """Return a delivery as pages show it, None for an order that is collected."""
    if found is None:
        return None
    return DeliveryRow(*(getattr(found, column.key) for column in _COLUMNS))


def is_to_be_brought(order_id: int) -> bool:
    """Whether an order's buyer waits at the door; not once it lies at the shop again."""
    found = delivery_of(order_id)
    return found is not None and found.state != DeliveryState.BACK


def proofs_of(order_id: int) -> tuple[int, ...]:
    """Return the pictures that show that an order was left at the door."""
    return tuple(row.id for row in pictures_of(OWNER, [order_id]).get(order_id, []))


def run_of(merchant_id: int, *, at: datetime) -> list[Stop]:
    """Return what a shop has to bring today, and what is late, time by time; within a time each
    stop is the nearest to the one before, from the shop on. Two statements.
    """
    rows = fetch(_run(), merchant_id=merchant_id, until=clock.day_span(clock.local(at).date())[1])
    stops = [_stop(row) for row in rows]
    start = Point(rows[0][0], rows[0][1]) if rows and rows[0][0] is not None else None
    times: dict[datetime, list[Stop]] = {}
    for stop in stops:
        times.setdefault(stop.slot_starts_at, []).append(stop)
    return [stop for of_time in times.values() for stop in _in_order(of_time, start)]


def stop_of(merchant_id: int, order_id: int, *, at: datetime) -> Stop | None:
    """Return one stop of today's run; None for what is not to be brought now, so that an address
    is open to who brings it only as long as it is needed.
    """
    return next(
        (stop for stop in run_of(merchant_id, at=at) if stop.delivery.order_id == order_id), None
    )


def ways_to(viewer: Viewer, quote: Quote) -> dict[int, list[Way]]:
    """Return for each shop of a quote that delivers whether its goods can be brought to each of
    the viewer's addresses. Two statements; a guest has no address here.
    """
    ids = [shop.merchant_id for shop in quote.shops if shop.needs_slot]
    zones = zones_of(ids) if ids else {}
    if not zones:
        return {}
    addresses = addresses_of(("user", viewer.id or 0)) if viewer.is_member else []
    return {
        shop.merchant_id: [
            _way(one, zones[shop.merchant_id], shop.goods_minor) for one in addresses
        ]
        for shop in quote.shops
        if shop.needs_slot and shop.merchant_id in zones
    }


def chosen_ways(ways: Mapping[int, list[Way]], to: Mapping[int, int]) -> dict[int, Way]:
    """Return of each shop the way to the address that was chosen, where it can be chosen."""
    return {
        shop_id: way
        for shop_id, of_shop in ways.items()
        for way in of_shop
        if way.fits and way.address.id == to.get(shop_id)
    }


def pictures_of_deliveries(person_id: int) -> Select[Any]:
    """Return the select of the pictures of what was brought to a person."""
    brought = select(Order.id).where(Order.person_id == person_id)
    return select(Picture.id).where(Picture.owner_kind == OWNER, Picture.owner_id.in_(brought))


def _way(address: AddressRow, zones: Iterable[ZoneRow], goods_minor: int) -> Way:
    place = address.point
    return Way(address, reach_of(zones, place, goods_minor) if place else None)


def _in_order(stops: list[Stop], start: Point | None) -> list[Stop]:
    known = [stop for stop in stops if stop.delivery.point]
    points = [stop.delivery.point for stop in known if stop.delivery.point]
    order = nearest_first(start, points) if start else range(len(known))
    return [known[number] for number in order] + [one for one in stops if not one.delivery.point]


def _stop(row: Any) -> Stop:
    delivery = DeliveryRow(*row[2 : 2 + len(_COLUMNS)])
    return Stop(delivery, *row[2 + len(_COLUMNS) :])


@cache
def _run() -> Any:
    pieces = (
        select(
            OrderLine.order_id,
            func.sum(OrderLine.to_prepare).label("to_prepare"),
            func.sum(OrderLine.ready).label("ready"),
        )
        .join(Delivery, Delivery.order_id == OrderLine.order_id)
        .where(Delivery.merchant_id == bindparam("merchant_id"))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    return (
        select(
            Merchant.lat,
            Merchant.lng,
            *_COLUMNS,
            Order.number,
            Order.contact_name,
            Order.contact_phone,
            Order.note,
            Order.slot_starts_at,
            Order.slot_ends_at,
            PickupPoint.name_zh,
            PickupPoint.name_en,
            Charge.amount_minor - Charge.confirmed_minor + Charge.refunded_minor,
            pieces.c.to_prepare,
            pieces.c.ready,
        )
        .join(Order, Order.id == Delivery.order_id)
        .join(Merchant, Merchant.id == Delivery.merchant_id)
        .join(PickupPoint, PickupPoint.id == Order.point_id)
        .join(Charge, and_(Charge.about_kind == "order", Charge.about_id == Order.id))
        .join(pieces, pieces.c.order_id == Order.id)
        .where(
            Delivery.merchant_id == bindparam("merchant_id"),
            Delivery.state != DeliveryState.BACK,
            Order.state == OrderState.ACCEPTED,
            Order.slot_starts_at < bindparam("until"),
            pieces.c.to_prepare + pieces.c.ready > 0,
        )
        .order_by(Order.slot_starts_at, Order.id)
    )
