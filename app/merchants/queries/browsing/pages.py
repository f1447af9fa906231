"""The page of one shop and of one listing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    select,
)

from app.core import clock
from app.core.access import Viewer
from app.core.db import fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pools.models import Pool
from app.merchants.models import CardTerms, Category, Closure, Listing, Merchant, Rush, Variant
from app.merchants.policies import selling
from app.merchants.queries.browsing.columns import (
    open_until_column,
    opens_at_column,
    variant_columns,
)
from app.merchants.queries.selling import IDS, TODAY
from app.merchants.types import (
    ListingPage,
    MerchantPage,
    VariantRow,
)
from app.places.models import Neighbourhood
from app.promotions.queries import speaks_openly


def merchant_for(viewer: Viewer, merchant_id: int) -> MerchantPage:
    """Return a shop's page; refuses, as if it were not there, one this viewer may not see."""
    return shop_seen(viewer, fetch_one(shop_page(), merchant_id=merchant_id))


def shop_seen(viewer: Viewer, row: Any) -> MerchantPage:
    """Return the page that a row of `shop_page` makes, as `merchant_for` would."""
    if row is None:
        raise NotFoundError
    page = MerchantPage(*row)
    if page.applied_by is None or page.applied_by != viewer.id:
        selling.check_sees_merchant(viewer, page.id, page.state)
    return page


@cache
def shop_page() -> Any:
    """Return the select of a shop's page, to which others may join what stands on it."""
    return (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
            Category.name_zh, Category.name_en, Category.drawing, Merchant.description,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.neighbourhood_id,
            Neighbourhood.name, Neighbourhood.name_en, Merchant.phone, Merchant.opening_hours,
            Merchant.closed_on, Merchant.accept_minutes, Merchant.cancel_minutes,
            Merchant.no_show_rule, Merchant.grace_minutes, Merchant.pay_code_text,
            Merchant.pay_picture_id, Merchant.picture_id, Merchant.thread_id, Merchant.source,
            Merchant.source_key, Merchant.applied_by, Rush.minutes, Rush.until,
            Closure.first, Closure.last, Closure.note, Merchant.hidden_rule,
            speaks_openly(Merchant.id),
        )
        .join(Category, Category.id == Merchant.category_id)
        .outerjoin(Rush, Rush.merchant_id == Merchant.id)
        .outerjoin(Closure, Closure.merchant_id == Merchant.id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Merchant.neighbourhood_id)
        .where(Merchant.id == bindparam("merchant_id"))
    )  # fmt: skip


def listing_page(
    viewer: Viewer, listing_id: int, *, at: datetime
) -> tuple[ListingPage, list[VariantRow]]:  # fmt: skip
    """Return a listing's page with its sizes, in one statement; refuses, as if it were not there,
    what is hidden.
    """
    rows = fetch(_offer_page(), listing_id=listing_id, at=at, today=clock.local(at).date())
    if not rows:
        raise NotFoundError
    own = len(fields(ListingPage))
    page = ListingPage(*rows[0][:own])
    selling.check_sees_merchant(viewer, page.merchant_id, page.merchant_state)
    if page.is_archived and not selling.can_keep(viewer, page.merchant_id):
        raise NotFoundError
    return page, [VariantRow(*row[own:]) for row in rows if row[own] is not None]


@cache
def _offer_page() -> Any:
    return (
        select(
            Listing.id, Listing.merchant_id, Listing.kind, Listing.category_id, Category.name_zh,
            Category.name_en, Category.drawing, Listing.name_zh, Listing.name_en,
            Listing.description, Listing.unit, Listing.rules, Listing.allergens,
            Listing.picture_id, Listing.thread_id, Listing.duration_minutes,
            Listing.buffer_minutes, Listing.days_ahead, Listing.lead_minutes,
            case((Listing.sold_out_on == TODAY, True), else_=False),
            Listing.archived_at.is_not(None), Merchant.name_zh, Merchant.name_en, Merchant.state,
            Merchant.address, Merchant.closed_on,
            Merchant.cancel_minutes, Merchant.no_show_rule, open_until_column(), opens_at_column(),
            Listing.packaging_minor, Listing.dietary, Listing.daily_total, Listing.lead_days,
            Listing.more_pictures, Listing.hidden_rule, Listing.is_call_out,
            Listing.is_together, speaks_openly(Merchant.id),
            CardTerms.uses, CardTerms.days, *variant_columns(),
        )
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(CardTerms, CardTerms.listing_id == Listing.id)
        .outerjoin(
            Variant, and_(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        )
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Listing.id == bindparam("listing_id"))
        .order_by(Variant.position, Variant.id)
    )  # fmt: skip


def variants_of(
    listing_ids: Iterable[int], *, at: datetime, with_archived: bool = False
) -> dict[int, list[VariantRow]]:
    """Return the sizes of listings with what is free, on the shelf and promised. One statement."""
    ids = set(listing_ids)
    found: dict[int, list[VariantRow]] = {number: [] for number in ids}
    for row in fetch(_variants(with_archived), ids=list(ids), at=at):
        found[row[1]].append(VariantRow(*row))
    return found


@cache
def _variants(with_archived: bool) -> Any:
    wanted = (
        select(*variant_columns())
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Variant.listing_id.in_(IDS))
        .order_by(Variant.position, Variant.id)
    )
    return wanted if with_archived else wanted.where(Variant.archived_at.is_(None))
