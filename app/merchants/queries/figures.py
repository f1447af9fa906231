"""What neighbours order, and who is left out of that."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, select

from app.core.access import Viewer
from app.core.db import fetch
from app.merchants.models import Listing, Merchant, NearbyLeftOut, NearbyOrders
from app.merchants.types import MerchantState
from app.merchants.types.figures import NearbyRow

SHOWN = 4


def ordered_near(viewer: Viewer, *, but: int = 0) -> list[NearbyRow]:
    """Return what most people of the viewer's neighbourhood ordered lately and can still be
    ordered, another thing than the one looked at; nothing to who is left out. One statement.
    """
    if viewer.id is None or viewer.neighbourhood_id is None:
        return []
    values = {"place": viewer.neighbourhood_id, "person": viewer.id, "but": but}
    return [NearbyRow(*row) for row in fetch(_near(), **values)]


@cache
def _near() -> Any:
    return (
        select(
            Listing.id, Listing.name_zh, Listing.name_en, Merchant.name_zh, Merchant.name_en,
            Listing.min_price_minor, NearbyOrders.people,
        )
        .join(Listing, Listing.id == NearbyOrders.listing_id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .where(
            NearbyOrders.neighbourhood_id == bindparam("place"),
            NearbyOrders.listing_id != bindparam("but"),
            Listing.archived_at.is_(None),
            Merchant.state == MerchantState.ACTIVE,
            ~exists().where(NearbyLeftOut.person_id == bindparam("person")),
        )
        .order_by(NearbyOrders.people.desc(), NearbyOrders.listing_id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def left_out() -> list[int]:
    """Return who is not counted in what neighbours order."""
    return [row[0] for row in fetch(_OUT)]


def is_left_out(viewer: Viewer) -> bool:
    """Whether the viewer is one of them."""
    return bool(fetch(_OUT_ONE, person=viewer.id or 0))


_OUT: Any = select(NearbyLeftOut.person_id).order_by(NearbyLeftOut.person_id)
_OUT_ONE: Any = select(NearbyLeftOut.person_id).where(
    NearbyLeftOut.person_id == bindparam("person")
)
