"""The shelf as a whole: all numbers of a morning at once, copies, drafts whose time has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.pools.models import Pool
from app.merchants.models import CardTerms, Listing, ListingResource, Merchant, Variant
from app.merchants.policies import selling
from app.merchants.services.listings import (
    note_counts,
    open_listing,
    publish_listing,
    shelve,
)
from app.merchants.types import (
    SHELF_COUNTED,
    ListingDraft,
    ListingKind,
    MerchantState,
    VariantDraft,
    marks_of,
)

Count = tuple[int | None, int | None]


def count_shelf(
    actor: Viewer, merchant_id: int, counts: Mapping[int, Count], *, at: datetime
) -> int:
    """Set the numbers of many sizes at once, each given as (what the page showed, what is typed);
    return how many are other than before. What was left as shown is not touched, so that a sale in
    between is not undone. Refuses all of them where one is less than is promised.
    """
    selling.check_keeps(actor, merchant_id, *selling.SHELF)
    there = _goods_of(merchant_id, counts)
    moved = {key: now for key, (was, now) in counts.items() if now != was}
    for key in sorted(moved):
        shelve(there[key], moved[key], at)
    typed = {key: now for key, (_was, now) in counts.items() if now is not None}
    note_counts(typed, at=at)
    record(
        actor, SHELF_COUNTED, ("merchant", merchant_id), at=at,
        data={"counted": len(counts), "changed": len(moved)},
    )  # fmt: skip
    return len(moved)


def _goods_of(merchant_id: int, wanted: Mapping[int, Count]) -> dict[int, Variant]:
    found = {
        row.id: row
        for row in db.session.scalars(
            select(Variant)
            .join(Listing, Listing.id == Variant.listing_id)
            .where(
                Variant.id.in_(set(wanted)),
                Listing.merchant_id == merchant_id,
                Listing.kind == ListingKind.GOODS,
                Variant.pack_size == 1,
            )
        )
    }
    if set(wanted) - set(found):
        raise NotFoundError
    return found


def draft_of(listing: Listing) -> ListingDraft:
    """Return a listing as its form would give it, with what stands on its shelf."""
    sizes = db.session.execute(
        select(Variant, Pool.total)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Variant.listing_id == listing.id, Variant.archived_at.is_(None))
        .order_by(Variant.position, Variant.id)
    ).all()
    card = db.session.get(CardTerms, listing.id)
    helpers = select(ListingResource.resource_id).where(ListingResource.listing_id == listing.id)
    return ListingDraft(
        kind=listing.kind,
        variants=tuple(
            VariantDraft(row.price_minor, row.name_zh, row.name_en, total, row.id, row.pack_size)
            for row, total in sizes
        ),
        resource_ids=tuple(db.session.scalars(helpers)),
        dietary=tuple(marks_of(listing.dietary)),
        is_draft=listing.is_draft,
        publish_at=listing.publish_at,
        card_uses=card.uses if card else None,
        card_days=card.days if card else None,
        **{name: getattr(listing, name) for name in _COPIED},
    )


def copy_listing(actor: Viewer, listing_id: int, *, at: datetime) -> Listing:
    """Make a draft with the words, sizes, numbers and helpers of a listing."""
    listing = db.session.get(Listing, listing_id)
    if listing is None:
        raise NotFoundError
    there = draft_of(listing)
    sizes = tuple(replace(size, id=None) for size in there.variants)
    draft = replace(there, variants=sizes, is_draft=True, publish_at=None)
    return open_listing(actor, listing.merchant_id, draft, at=at)


_COPIED = (
    "name_zh", "name_en", "category_id", "description", "unit", "rules", "allergens",
    "picture_id", "duration_minutes", "buffer_minutes", "days_ahead", "lead_minutes",
    "packaging_minor", "position", "daily_total", "lead_days", "section_id",
    "is_call_out",
)  # fmt: skip


def next_due_draft(*, at: datetime) -> int | None:
    """Return a draft of a trading shop whose time has come, the longest due first."""
    due = (
        select(Listing.id)
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .where(
            Listing.publish_at <= at,
            Listing.is_draft.is_(True),
            Merchant.state == MerchantState.ACTIVE,
        )
        .order_by(Listing.publish_at, Listing.id)
        .limit(1)
    )
    return db.session.scalar(due)


def publish_next(*, at: datetime) -> bool:
    """Put up the next draft whose time has come; return whether there was one."""
    listing_id = next_due_draft(at=at)
    if listing_id is None:
        return False
    publish_listing(SYSTEM, listing_id, at=at)
    return True
