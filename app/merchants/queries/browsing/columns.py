"""Columns that lists and pages of shops share: open or not, how far, what is free."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    ScalarSelect,
    bindparam,
    exists,
    func,
    select,
)

from app.core.pools.models import Pool
from app.merchants.models import Merchant, OpeningSpanEntry, Variant
from app.merchants.queries.selling import AT, free_packs
from app.places.types.points import Point, distance


def open_until_column() -> ScalarSelect[datetime]:
    """Return the column of when a shop that is open `AT` closes; NULL where it is closed."""
    return (
        select(OpeningSpanEntry.ends_at)
        .where(
            OpeningSpanEntry.merchant_id == Merchant.id,
            OpeningSpanEntry.starts_at <= AT,
            OpeningSpanEntry.ends_at > AT,
        )
        .correlate(Merchant)
        .limit(1)
        .scalar_subquery()
    )


def opens_at_column() -> ScalarSelect[datetime]:
    """Return the column of when a shop opens next after `AT`; NULL where that is not known."""
    return (
        select(func.min(OpeningSpanEntry.starts_at))
        .where(OpeningSpanEntry.merchant_id == Merchant.id, OpeningSpanEntry.starts_at > AT)
        .correlate(Merchant)
        .scalar_subquery()
    )


def open_now() -> ColumnElement[bool]:
    """Return the indexed condition that a shop is open `AT`."""
    return exists().where(
        OpeningSpanEntry.merchant_id == Merchant.id,
        OpeningSpanEntry.starts_at <= AT,
        OpeningSpanEntry.ends_at > AT,
    )


def squared() -> ColumnElement[float]:
    """Return an order expression that grows with distance: degrees squared, longitudes narrowed."""
    lat, lng = Merchant.lat - bindparam("lat"), Merchant.lng - bindparam("lng")
    return func.coalesce(lat * lat + lng * lng * bindparam("narrow", type_=Float), 1e9)


def place_values(near: tuple[float, float] | None) -> dict[str, float]:
    """Return the values that `squared` is asked with."""
    if near is None:
        return {}
    narrow = max(math.cos(math.radians(near[0])), 0.01) ** 2
    return {"lat": near[0], "lng": near[1], "narrow": narrow}


def metres(near: tuple[float, float] | None, lat: float | None, lng: float | None) -> int | None:
    """Return how far a place is, or None where that is not known."""
    if near is None or lat is None or lng is None:
        return None
    return round(distance(Point(*near), Point(lat, lng)))


def variant_columns() -> tuple[Any, ...]:
    """Return the columns of a `VariantRow`, with its pool joined."""
    return (
        Variant.id, Variant.listing_id, Variant.name_zh, Variant.name_en, Variant.price_minor,
        Variant.pool_id, free_packs(), Pool.total, func.coalesce(Pool.taken, 0),
        Variant.archived_at.is_not(None), Variant.pack_size,
    )  # fmt: skip
