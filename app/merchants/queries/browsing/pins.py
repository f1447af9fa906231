"""The shops on the map."""

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
from app.merchants.queries.browsing.columns import open_until_column
from app.merchants.types import (
    SHOWN_STATES,
    MerchantState,
    Pin,
)
from app.places.types.points import Box


def pins(bounds: Box, *, at: datetime, limit: int = 2000) -> list[Pin]:
    """Return the shown shops within a rectangle, for the map. One statement."""
    edges = {"south": bounds.south, "north": bounds.north, "west": bounds.west, "east": bounds.east}
    return [
        Pin(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6],
            is_open=row[7] is not None, is_claimed=row[8] is MerchantState.ACTIVE,
        )
        for row in fetch(_pins(), at=at, size=limit, **edges)
    ]  # fmt: skip


@cache
def _pins() -> Any:
    return (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.lat, Merchant.lng,
            Category.name_zh, Category.name_en, open_until_column(), Merchant.state,
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(
            Merchant.state.in_(SHOWN_STATES),
            Merchant.lat.between(bindparam("south"), bindparam("north")),
            Merchant.lng.between(bindparam("west"), bindparam("east")),
        )
        .order_by(Merchant.id)
        .limit(bindparam("size"))
    )  # fmt: skip
