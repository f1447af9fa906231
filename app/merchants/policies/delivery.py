"""Where an order can be brought, and for how much: decided on areas already loaded."""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.merchants.types import Reach, ZoneRow
from app.places.types.points import Point, distance, metres_outside


def best_reach(zones: Iterable[ZoneRow], place: Point, goods_minor: int) -> Reach | None:
    """Return how a shop brings goods of this sum to a place: by the area that fits for the lowest
    fee, or else by the one to which least is missing. None where it has no area.
    """
    found = [_reach(zone, zone.start, place, goods_minor) for zone in zones if zone.start]
    return min(
        found,
        key=lambda one: (one.outside_metres, one.missing_minor, one.fee_minor, one.point_id),
        default=None,
    )


def fee_of(zone: ZoneRow, metres: float, goods_minor: int) -> int:
    """Return the fee: the lowest of the area's own and of all steps that distance and sum reach."""
    reached = [
        step.fee_minor
        for step in zone.steps
        if (step.up_to_metres is None or metres <= step.up_to_metres)
        and (step.from_minor is None or goods_minor >= step.from_minor)
    ]
    return min([zone.fee_minor, *reached])


def _reach(zone: ZoneRow, start: Point, place: Point, goods_minor: int) -> Reach:
    metres = distance(start, place)
    if zone.radius_metres is None:
        outside = metres_outside(place, zone.outline)
    else:
        outside = max(0.0, metres - zone.radius_metres)
    return Reach(
        point_id=zone.point.id,
        metres=round(metres),
        fee_minor=fee_of(zone, metres, goods_minor),
        outside_metres=math.ceil(outside),
        missing_minor=max(0, zone.minimum_minor - goods_minor),
    )
