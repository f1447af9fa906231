"""The shops on the map: the nearest ones, so that a map costs the same in a village and a city."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    bindparam,
    select,
)

from app.core.db import fetch
from app.merchants.models import Category, Merchant
from app.merchants.queries.browsing.columns import open_until_column, place_values, squared
from app.merchants.types import (
    SHOWN_STATES,
    MerchantState,
    Pin,
)
from app.places.types.points import Box

# So many shops are on a map at a time; moving it brings those that are nearest to its new middle.
PINS = 40


def pins(bounds: Box, *, near: tuple[float, float] | None, at: datetime) -> list[Pin]:
    """Return the shown shops within a rectangle that are nearest to a place. One statement."""
    edges = {"south": bounds.south, "north": bounds.north, "west": bounds.west, "east": bounds.east}
    return [
        Pin(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6],
            is_open=row[7] is not None, is_claimed=row[8] is MerchantState.ACTIVE,
        )
        for row in fetch(_pins(near is not None), at=at, **edges, **place_values(near))
    ]  # fmt: skip


@cache
def _pins(is_near: bool) -> Any:
    nearest = (
        select(Merchant.id)
        .where(
            Merchant.state.in_(SHOWN_STATES),
            Merchant.lat.between(bindparam("south"), bindparam("north")),
            Merchant.lng.between(bindparam("west"), bindparam("east")),
        )
        .order_by(*([squared()] if is_near else []), Merchant.id)
        .limit(PINS)
    )
    return (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.lat, Merchant.lng,
            Category.name_zh, Category.name_en, open_until_column(), Merchant.state,
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(Merchant.id.in_(nearest))
        .order_by(Merchant.id)
    )  # fmt: skip
