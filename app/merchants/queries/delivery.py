"""To which areas shops bring their orders, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import select

from app.core.db import fetch
from app.core.errors import NotFoundError
from app.merchants.models import DeliveryZone, Merchant, PickupPoint
from app.merchants.policies.delivery import best_reach
from app.merchants.queries.collecting import POINT_COLUMNS
from app.merchants.queries.selling import IDS
from app.merchants.types import FeeStep, PointRow, Reach, ZoneRow
from app.places.types.points import Point


def zones_of(merchant_ids: Iterable[int]) -> dict[int, list[ZoneRow]]:
    """Return the delivery areas in use of each shop, by shop. One statement."""
    found: dict[int, list[ZoneRow]] = {}
    for row in fetch(_zones(), ids=sorted(set(merchant_ids))):
        zone = _zone(row)
        found.setdefault(zone.point.merchant_id or 0, []).append(zone)
    return found


def reach_of(zones: Iterable[ZoneRow], place: Point, goods_minor: int) -> Reach | None:
    """Return how a shop with these areas brings goods of this sum to a place."""
    return best_reach(zones, place, goods_minor)


def zone_of(merchant_id: int, point_id: int) -> ZoneRow:
    """Return one delivery area in use of a shop; refuses any other as not there."""
    for zone in zones_of([merchant_id]).get(merchant_id, []):
        if zone.point.id == point_id:
            return zone
    raise NotFoundError


@cache
def _zones() -> Any:
    return (
        select(
            DeliveryZone.radius_metres,
            DeliveryZone.outline,
            DeliveryZone.minimum_minor,
            DeliveryZone.fee_minor,
            DeliveryZone.steps,
            Merchant.lat,
            Merchant.lng,
            *POINT_COLUMNS,
        )
        .join(PickupPoint, PickupPoint.id == DeliveryZone.point_id)
        .join(Merchant, Merchant.id == PickupPoint.merchant_id)
        .where(Merchant.id.in_(IDS), PickupPoint.archived_at.is_(None))
        .order_by(PickupPoint.id)
    )


def _zone(row: Any) -> ZoneRow:
    radius, outline, minimum, fee, steps, lat, lng = row[:7]
    return ZoneRow(
        point=PointRow(*row[7:]),
        radius_metres=radius,
        outline=tuple((corner[0], corner[1]) for corner in outline or ()),
        minimum_minor=minimum,
        fee_minor=fee,
        steps=tuple(FeeStep(*step) for step in steps),
        start=None if lat is None or lng is None else Point(lat, lng),
    )
