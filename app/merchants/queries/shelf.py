"""What the shelf's own pages ask: the numbers of mornings before, prices that would change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from app.core.db import db
from app.core.pools.models import Pool
from app.merchants.models import Listing, PriceChange, PriceChangeLine, ShelfCount, Variant
from app.merchants.policies.prices import changed_price
from app.merchants.types import PriceChangeRow, PriceLine, PriceWay
from app.merchants.types.sheets import SheetLine


def last_counts(variant_ids: Collection[int], *, before: date) -> dict[int, int]:
    """Return what each size was last counted at on an earlier day; one that never was is absent."""
    last = (
        select(ShelfCount.variant_id, func.max(ShelfCount.day).label("day"))
        .where(ShelfCount.variant_id.in_(set(variant_ids)), ShelfCount.day < before)
        .group_by(ShelfCount.variant_id)
        .subquery()
    )
    wanted = select(ShelfCount.variant_id, ShelfCount.total).join(
        last,
        (last.c.variant_id == ShelfCount.variant_id) & (last.c.day == ShelfCount.day),
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def price_lines(
    merchant_id: int, listing_ids: Collection[int], way: PriceWay, amount: int, *, step: int
) -> list[PriceLine]:
    """Return the sizes of a shop's listings whose price would become another one, with both."""
    wanted = (
        select(
            Variant.id, Variant.listing_id, Listing.name_zh, Listing.name_en, Variant.name_zh,
            Variant.name_en, Variant.price_minor,
        )
        .join(Listing, Listing.id == Variant.listing_id)
        .where(
            Listing.merchant_id == merchant_id,
            Listing.id.in_(set(listing_ids)),
            Variant.archived_at.is_(None),
        )
        .order_by(Listing.position, Listing.id, Variant.position, Variant.id)
    )  # fmt: skip
    lines = [
        PriceLine(*row, changed_price(row[6], way, amount, step=step))
        for row in db.session.execute(wanted)
    ]
    return [line for line in lines if line.before_minor != line.after_minor]


def price_changes_of(merchant_id: int, *, limit: int = 20) -> list[PriceChangeRow]:
    """Return a shop's changes of prices, the newest first, each with one of its things."""
    one = (
        select(
            PriceChangeLine.change_id,
            func.count().label("lines"),
            func.count().filter(PriceChangeLine.is_applied).label("applied"),
            func.min(PriceChangeLine.variant_id).label("variant_id"),
        )
        .join(PriceChange, PriceChange.id == PriceChangeLine.change_id)
        .where(PriceChange.merchant_id == merchant_id)
        .group_by(PriceChangeLine.change_id)
        .subquery()
    )
    wanted: Any = (
        select(
            PriceChange.id, PriceChange.made_at, PriceChange.starts_at, PriceChange.ends_at,
            PriceChange.applied_at, PriceChange.undone_at, one.c.lines, one.c.applied,
            Listing.name_zh, Listing.name_en, PriceChangeLine.before_minor,
            PriceChangeLine.after_minor,
        )
        .join(one, one.c.change_id == PriceChange.id)
        .join(
            PriceChangeLine,
            (PriceChangeLine.change_id == PriceChange.id)
            & (PriceChangeLine.variant_id == one.c.variant_id),
        )
        .join(Variant, Variant.id == one.c.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(PriceChange.merchant_id == merchant_id)
        .order_by(PriceChange.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [PriceChangeRow(*row) for row in db.session.execute(wanted)]


def sheet_of(merchant_id: int) -> list[SheetLine]:
    """Return the whole shelf with its drafts, a line for each size."""
    wanted: Any = (
        select(
            Listing.id, Variant.id, Listing.kind, Listing.name_zh, Listing.name_en,
            Variant.name_zh, Variant.name_en, Variant.price_minor, Pool.total, Listing.unit,
            Listing.duration_minutes, Listing.allergens, Listing.rules, Listing.description,
        )
        .join(Variant, Variant.listing_id == Listing.id)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(
            Listing.merchant_id == merchant_id,
            or_(Listing.archived_at.is_(None), Listing.is_draft),
            Variant.archived_at.is_(None),
        )
        .order_by(Listing.position, Listing.id, Variant.position, Variant.id)
    )  # fmt: skip
    return [SheetLine(row[0], row[1], row[2].value, *row[3:]) for row in db.session.execute(wanted)]
