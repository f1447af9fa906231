"""Listings are drafted, opened, changed, sold out and archived; their stock is set on the shelf's
pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, inspect, select, update

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, upsert
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture
from app.core.media.services import keep as keep_picture
from app.core.pools.errors import PoolTooLowError
from app.core.pools.services import set_total
from app.forum.services import thread_about
from app.merchants.errors import BelowPromisedError
from app.merchants.models import (
    AvailabilityRule,
    CardTerms,
    Category,
    Listing,
    ListingResource,
    Merchant,
    Resource,
    ShelfCount,
    Variant,
)
from app.merchants.policies import selling
from app.merchants.services.finding import both, index_listing
from app.merchants.services.pictures import put_pictures
from app.merchants.services.scarce import set_daily, stock_pool
from app.merchants.services.sections import checked_section
from app.merchants.signals import listing_changed
from app.merchants.types import (
    LISTED,
    LISTING_ARCHIVED,
    LISTING_CHANGED,
    LISTING_DRAFTED,
    SOLD_OUT,
    STOCK_SET,
    ListingDraft,
    ListingKind,
    ResourceDraft,
    VariantDraft,
    kept_marks,
)


def open_listing(
    actor: Viewer,
    merchant_id: int,
    draft: ListingDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
) -> Listing:
    """Put something up for sale, or keep it as a draft that only the shop sees; refuses a shop
    that does not trade and a listing without a price.
    """
    selling.check_keeps(actor, merchant_id)
    merchant = db.session.get_one(Merchant, merchant_id)
    selling.check_trades(merchant.state)
    listing = Listing(merchant_id=merchant_id, kind=draft.kind, created_at=at, changed_at=at)
    if draft.is_draft:
        _keep_back(listing, draft, at)
    _write(actor, listing, merchant, draft, picture=picture, at=at)
    if draft.is_draft:
        record(actor, LISTING_DRAFTED, ("listing", listing.id), at=at)
    else:
        _announce(actor, listing, merchant, at)
    return listing


def change_listing(
    actor: Viewer,
    listing_id: int,
    draft: ListingDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
) -> Listing:
    """Change a listing; sizes that the draft leaves out are archived, orders keep what
    they were. A draft goes up unless it stays one; what is on sale becomes no draft again.
    """
    listing, merchant = _kept_by(actor, listing_id)
    was_draft = listing.is_draft
    if was_draft and draft.is_draft:
        _keep_back(listing, draft, at)
    listing.changed_at = at
    _write(actor, listing, merchant, draft, picture=picture, at=at)
    if was_draft and not draft.is_draft:
        return publish_listing(actor, listing_id, at=at)
    index_listing(listing, merchant)
    record(actor, LISTING_CHANGED, ("listing", listing_id), at=at)
    listing_changed.send(listing, listing=listing)
    return listing


def publish_listing(actor: Viewer, listing_id: int, *, at: datetime) -> Listing:
    """Put a draft up for sale, once, whoever asks first; refuses what is no draft any more."""
    listing, merchant = _kept_by(actor, listing_id)
    selling.check_trades(merchant.state)
    selling.check_stands(listing.hidden_at)
    step = update(Listing).where(Listing.id == listing_id, Listing.is_draft.is_(True))
    if not changed(step.values(is_draft=False, publish_at=None, archived_at=None)):
        raise ConflictError(_l("This is no draft any more. Look at the shelf again."))
    db.session.refresh(listing)
    _announce(actor, listing, merchant, at)
    return listing


def archive_listing(
    actor: Viewer, listing_id: int, is_archived: bool, *, at: datetime
) -> Listing:  # fmt: skip
    """Take a listing off sale, or put it back; open orders of it go on. A draft that is taken off
    is given up, and can be put back like the rest.
    """
    listing, merchant = _kept_by(actor, listing_id)
    selling.check_stands(listing.hidden_at)
    listing.archived_at = at if is_archived else None
    listing.is_draft, listing.publish_at = False, None
    db.session.flush()
    if not is_archived and listing.thread_id is None:
        _announce(actor, listing, merchant, at)
        return listing
    index_listing(listing, merchant)
    record(actor, LISTING_ARCHIVED, ("listing", listing_id), at=at, data={"archived": is_archived})
    listing_changed.send(listing, listing=listing)
    return listing


def sell_together(listing_id: int, is_together: bool) -> None:
    """Note that a listing is sold in a group-buy, or no longer, for what its page asks."""
    changed(update(Listing).where(Listing.id == listing_id).values(is_together=is_together))


def mark_sold_out(actor: Viewer, listing_id: int, is_sold_out: bool, *, at: datetime) -> Listing:
    """Say that a listing is sold out for today, or take that back; tomorrow it is there again."""
    listing, _merchant = _kept_by(actor, listing_id, *selling.SHELF)
    listing.sold_out_on = clock.local(at).date() if is_sold_out else None
    db.session.flush()
    record(actor, SOLD_OUT, ("listing", listing_id), at=at, data={"sold_out": is_sold_out})
    return listing


def set_stock(actor: Viewer, variant_id: int, total: int | None, *, at: datetime) -> Variant:
    """Say how many are on the shelf, promised ones included; refuses less than is promised, naming
    the orders.
    """
    variant = db.session.get(Variant, variant_id)
    if variant is None:
        raise NotFoundError
    listing, _merchant = _kept_by(actor, variant.listing_id, *selling.SHELF)
    if listing.kind is not ListingKind.GOODS or variant.pool_id is None:
        raise ConflictError(_l("A service has times, not stock."))
    shelve(variant, total, at)
    record(
        actor, STOCK_SET, ("listing", listing.id), at=at,
        data={"variant_id": variant_id, "total": total},
    )  # fmt: skip
    return variant


def shelve(variant: Variant, total: int | None, at: datetime) -> None:
    """Set what is on the shelf of a size with a pool, and write the number down for the day;
    refuses less than is promised, naming the orders.
    """
    if variant.pool_id is None:
        raise ConflictError(_l("A service has times, not stock."))
    if variant.pack_size > 1:
        raise ConflictError(_l("A pack is taken from the single pieces. Count those."))
    try:
        set_total(variant.pool_id, total)
    except PoolTooLowError as low:
        owners = low.data["owners"]
        raise BelowPromisedError(
            variant_id=variant.id,
            promised=low.data["taken"],
            order_ids=sorted({owner_id for kind, owner_id, _n in owners if kind == "order"}),
        ) from low
    if total is not None:
        note_counts({variant.id: total}, at=at)


def note_counts(totals: Mapping[int, int], *, at: datetime) -> None:
    """Write down how many of each size stood on the shelf this day; the last count holds."""
    day = clock.local(at).date()
    rows = [{"variant_id": key, "day": day, "total": total} for key, total in totals.items()]
    upsert(ShelfCount, rows, keys=["variant_id", "day"], update=lambda new: {"total": new.total})


def save_resource(
    actor: Viewer, merchant_id: int, draft: ResourceDraft, *, at: datetime
) -> Resource:  # fmt: skip
    """Add or change a person, chair or room of a shop, with its weekly working time."""
    selling.check_keeps(actor, merchant_id)
    selling.check_named(draft.name_zh, draft.name_en)
    resource = db.session.get(Resource, draft.id) if draft.id else Resource(merchant_id=merchant_id)
    if resource is None or resource.merchant_id != merchant_id:
        raise NotFoundError
    resource.kind, resource.name_zh, resource.name_en = draft.kind, draft.name_zh, draft.name_en
    db.session.add(resource)
    db.session.flush()
    changed(delete(AvailabilityRule).where(AvailabilityRule.resource_id == resource.id))
    db.session.add_all(
        AvailabilityRule(
            resource_id=resource.id, weekday=weekly.weekday,
            starts_minute=weekly.starts_minute, ends_minute=weekly.ends_minute,
        )
        for weekly in draft.weekly
    )  # fmt: skip
    db.session.flush()
    record(actor, LISTING_CHANGED, ("merchant", merchant_id), at=at, data={"resource": resource.id})
    return resource


def archive_resource(actor: Viewer, resource_id: int, *, at: datetime) -> None:
    """Take a resource out of use; bookings it has stay."""
    resource = db.session.get(Resource, resource_id)
    if resource is None:
        raise NotFoundError
    selling.check_keeps(actor, resource.merchant_id)
    resource.archived_at = at
    db.session.flush()


def _kept_by(actor: Viewer, listing_id: int, *roles: str) -> tuple[Listing, Merchant]:
    listing = db.session.get(Listing, listing_id)
    if listing is None:
        raise NotFoundError
    selling.check_keeps(actor, listing.merchant_id, *roles)
    return listing, db.session.get_one(Merchant, listing.merchant_id)


def _keep_back(listing: Listing, draft: ListingDraft, at: datetime) -> None:
    """Make a listing a draft: off the shelf, until its own time if it has one."""
    if draft.publish_at is not None and draft.publish_at <= at:
        raise FieldError("goes_up_at", _l("Choose a time that is still to come."))
    listing.is_draft, listing.publish_at = True, draft.publish_at
    listing.archived_at = listing.archived_at or at


def _write(
    actor: Viewer,
    listing: Listing,
    merchant: Merchant,
    draft: ListingDraft,
    *,
    picture: PreparedPicture | None,
    at: datetime,
) -> None:
    was_daily, is_new = listing.daily_total, not inspect(listing).persistent or listing.is_draft
    _fill(listing, draft, merchant)
    db.session.add(listing)
    db.session.flush()
    if was_daily is not None and listing.daily_total != was_daily:
        set_daily(listing.id, listing.daily_total, at=at)
    _write_variants(listing, draft.variants, at)
    _write_resources(listing, draft.resource_ids)
    if is_new:
        _write_card(listing, draft)
    more = listing.more_pictures or []
    covers = [] if draft.picture_id is None else [draft.picture_id]
    if picture is not None:
        kept = keep_picture(picture, owner=("listing", listing.id), actor=actor, at=at)
        covers = [kept.id]
    put_pictures(listing, [*covers, *more])
    db.session.flush()


def _announce(actor: Viewer, listing: Listing, merchant: Merchant, at: datetime) -> None:
    """Give a listing that went up its thread and its place in the search, and say so."""
    if listing.thread_id is None:
        title = both(listing.name_zh, listing.name_en)
        thread = thread_about("listing", listing.id, title=title, actor=actor, at=at)
        listing.thread_id = thread.id
    db.session.flush()
    index_listing(listing, merchant)
    record(
        actor, LISTED, ("listing", listing.id), at=at, place=merchant.neighbourhood_id,
        data={"merchant_id": merchant.id},
    )  # fmt: skip
    listing_changed.send(listing, listing=listing)


def _fill(listing: Listing, draft: ListingDraft, merchant: Merchant) -> None:
    selling.check_named(draft.name_zh, draft.name_en)
    if not draft.variants:
        raise FieldError("price", _l("Give at least one price."))
    if draft.kind is ListingKind.SERVICE and not draft.duration_minutes:
        raise FieldError("duration_minutes", _l("Say how long the service takes."))
    category_id = draft.category_id or merchant.category_id
    if db.session.get(Category, category_id) is None:
        raise FieldError("category_id", _l("Please choose one of these."))
    listing.category_id = category_id
    listing.min_price_minor = min(variant.price_minor for variant in draft.variants)
    is_service = listing.kind is ListingKind.SERVICE
    listing.duration_minutes = draft.duration_minutes if is_service else None
    listing.buffer_minutes = draft.buffer_minutes if is_service else 0
    listing.dietary = kept_marks(draft.dietary)
    listing.is_call_out = draft.is_call_out and is_service
    listing.daily_total = None if is_service else draft.daily_total
    listing.lead_days = 0 if is_service else draft.lead_days
    listing.section_id = checked_section(listing.merchant_id, draft.section_id)
    for name in (
        "name_zh", "name_en", "description", "unit", "rules", "allergens",
        "days_ahead", "lead_minutes", "packaging_minor", "position",
    ):  # fmt: skip
        setattr(listing, name, getattr(draft, name))


def _write_variants(listing: Listing, drafts: Sequence[VariantDraft], at: datetime) -> None:
    there = {
        row.id: row
        for row in db.session.scalars(select(Variant).where(Variant.listing_id == listing.id))
    }
    kept: set[int] = set()
    singles: list[Variant] = []
    for position, draft in enumerate(drafts):
        variant = there.get(draft.id) if draft.id else Variant(listing_id=listing.id)
        if variant is None:
            raise NotFoundError
        variant.name_zh, variant.name_en = draft.name_zh, draft.name_en
        variant.price_minor, variant.position = draft.price_minor, position
        variant.archived_at = None
        db.session.add(variant)
        db.session.flush()
        if variant.pool_id is None and listing.kind is ListingKind.GOODS:
            variant.pool_id = _pool_of(variant, draft, singles)
        if variant.pack_size == 1:
            singles.append(variant)
        kept.add(variant.id)
    if not singles:
        raise FieldError("price", _l("A pack needs its single piece on the shelf, too."))
    for variant_id, variant in there.items():
        if variant_id not in kept:
            variant.archived_at = variant.archived_at or at
    db.session.flush()


def _pool_of(variant: Variant, draft: VariantDraft, singles: Sequence[Variant]) -> int:
    """Return the stock of a new size: its own, or for a pack that of the first single piece."""
    if draft.pack_size == 1:
        return stock_pool(variant.id, draft.stock)
    if not singles or singles[0].pool_id is None:
        raise FieldError("price", _l("Name the single piece first, then its pack."))
    variant.pack_size = draft.pack_size
    return singles[0].pool_id


def _write_card(listing: Listing, draft: ListingDraft) -> None:
    """Make a listing a punch card, or none; once it is on sale, its uses and days stay."""
    changed(delete(CardTerms).where(CardTerms.listing_id == listing.id))
    if draft.card_uses is None and draft.card_days is None:
        return
    if listing.kind is not ListingKind.GOODS or any(one.pack_size > 1 for one in draft.variants):
        raise FieldError("card_uses", _l("A punch card is neither a service nor a pack."))
    if draft.card_uses is None or draft.card_days is None:
        name = "card_uses" if draft.card_uses is None else "card_days"
        raise FieldError(name, _l("A punch card needs both: how many uses, and for how many days."))
    db.session.add(CardTerms(listing_id=listing.id, uses=draft.card_uses, days=draft.card_days))
    db.session.flush()


def _write_resources(listing: Listing, resource_ids: Sequence[int]) -> None:
    if listing.kind is not ListingKind.SERVICE:
        return
    own = select(func.count()).where(
        Resource.id.in_(set(resource_ids)), Resource.merchant_id == listing.merchant_id
    )
    if db.session.scalar(own) != len(set(resource_ids)):
        raise FieldError("resource_ids", _l("Please choose one of these."))
    changed(delete(ListingResource).where(ListingResource.listing_id == listing.id))
    db.session.add_all(
        ListingResource(listing_id=listing.id, resource_id=number)
        for number in sorted(set(resource_ids))
    )
    db.session.flush()
