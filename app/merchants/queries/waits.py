"""What somebody waits for, and who they are waiting behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.core.access import Viewer
from app.core.db import db
from app.merchants.models import Listing, Merchant, StockWait, Variant
from app.merchants.types.waits import WaitRow, WaitState


def waits_of(
    viewer: Viewer, *, at: datetime, listing_id: int | None = None
) -> list[WaitRow]:  # fmt: skip
    """Return what a member is in line for, or has kept, the oldest first. One statement, and none
    for a guest.
    """
    if viewer.id is None:
        return []
    earlier = aliased(StockWait)
    before = (
        select(func.count())
        .where(
            earlier.variant_id == StockWait.variant_id,
            earlier.state == WaitState.WAITING,
            earlier.id < StockWait.id,
        )
        .correlate(StockWait)
        .scalar_subquery()
    )
    wanted: Any = (
        select(
            StockWait.id, StockWait.variant_id, Listing.id, Listing.name_zh, Listing.name_en,
            Variant.name_zh, Variant.name_en, Merchant.name_zh, Merchant.name_en, StockWait.state,
            StockWait.asked_at, StockWait.due_at, before,
        )
        .join(Variant, Variant.id == StockWait.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .where(
            StockWait.person_id == viewer.id,
            or_(
                StockWait.state == WaitState.WAITING,
                and_(StockWait.state == WaitState.OFFERED, StockWait.due_at > at),
            ),
        )
        .order_by(StockWait.id)
    )  # fmt: skip
    if listing_id is not None:
        wanted = wanted.where(Listing.id == listing_id)
    return [WaitRow(*row) for row in db.session.execute(wanted)]


def shop_and_name(listing_id: int) -> tuple[int, str, str] | None:
    """Return the shop and both names of a listing, whatever became of it."""
    wanted = select(Listing.merchant_id, Listing.name_zh, Listing.name_en)
    row = db.session.execute(wanted.where(Listing.id == listing_id)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])
