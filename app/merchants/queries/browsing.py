"""Lists and pages of shops and listings; the number of statements does not grow with rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select

from app.core import clock
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, encode_key, instant
from app.core.pools.models import Pool
from app.core.search.queries import find
from app.merchants.models import Category, Listing, Merchant, OpeningSpanEntry, Variant
from app.merchants.policies import selling
from app.merchants.queries.selling import free_of_pool
from app.merchants.types import (
    SHOWN_STATES,
    ListingCard,
    ListingFilter,
    ListingKind,
    ListingPage,
    MerchantCard,
    MerchantPage,
    MerchantState,
    Pin,
    ShopFilter,
    VariantRow,
)
from app.places.models import Neighbourhood
from app.places.types.points import Box, Point, distance

PAGE_SIZE = 24
_METRES_PER_DEGREE = 111_195.0


def open_until(at: datetime) -> ScalarSelect[datetime]:
    """Return the column of when an open shop closes; NULL where it is closed."""
    return (
        select(OpeningSpanEntry.ends_at)
        .where(
            OpeningSpanEntry.merchant_id == Merchant.id,
            OpeningSpanEntry.starts_at <= at,
            OpeningSpanEntry.ends_at > at,
        )
        .correlate(Merchant)
        .limit(1)
        .scalar_subquery()
    )


def opens_at(at: datetime) -> ScalarSelect[datetime]:
    """Return the column of when a shop opens next; NULL where that is not known."""
    return (
        select(func.min(OpeningSpanEntry.starts_at))
        .where(OpeningSpanEntry.merchant_id == Merchant.id, OpeningSpanEntry.starts_at > at)
        .correlate(Merchant)
        .scalar_subquery()
    )


def is_open(at: datetime) -> ColumnElement[bool]:
    """Return the indexed condition that a shop is open."""
    return exists().where(
        OpeningSpanEntry.merchant_id == Merchant.id,
        OpeningSpanEntry.starts_at <= at,
        OpeningSpanEntry.ends_at > at,
    )


def categories() -> list[tuple[int, str, str, str, str]]:
    """Return the trades in use: id, short name, both names, drawing."""
    wanted: Any = (
        select(
            Category.id, Category.slug, Category.name_zh, Category.name_en, Category.drawing
        )
        .where(Category.archived_at.is_(None))
        .order_by(Category.position, Category.id)
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(wanted)]


def _squared(near: tuple[float, float]) -> ColumnElement[float]:
    """Return an order expression that grows with distance: degrees squared, longitudes narrowed."""
    narrow = max(math.cos(math.radians(near[0])), 0.01) ** 2
    lat, lng = Merchant.lat - near[0], Merchant.lng - near[1]
    return func.coalesce(lat * lat + lng * lng * narrow, 1e9)


def _in_places(wanted: Any, chosen: ShopFilter | ListingFilter, at: datetime) -> Any:
    if chosen.neighbourhood_id is not None:
        wanted = wanted.where(Merchant.neighbourhood_id == chosen.neighbourhood_id)
    if chosen.is_open_now:
        wanted = wanted.where(is_open(at))
    return wanted


def shops(viewer: Viewer, chosen: ShopFilter, *, at: datetime) -> Page[MerchantCard]:
    """Return a page of shops that are shown, narrowed and ordered as chosen."""
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
            Category.name_zh, Category.name_en, Category.drawing, Merchant.neighbourhood_id,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.picture_id,
            open_until(at), opens_at(at),
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(Merchant.state.in_(SHOWN_STATES))
    )  # fmt: skip
    if chosen.category_id is not None:
        wanted = wanted.where(Merchant.category_id == chosen.category_id)
    wanted = _in_places(wanted, chosen, at)
    if chosen.words:
        return _found_shops(viewer, wanted, chosen)
    sort = "claimed" if chosen.sort == "near" and chosen.near is None else chosen.sort
    rows, next_key = _sorted_page(wanted, _shop_order(sort, chosen), chosen.after)
    return Page([_shop_card(row, chosen.near) for row in rows], next_key)


Order = list[tuple[Any, bool, Any]]


def _shop_order(sort: str, chosen: ShopFilter) -> Order:
    claimed = case((Merchant.state == MerchantState.ACTIVE, 0), else_=1)
    if sort == "near" and chosen.near is not None:
        return [(_squared(chosen.near), True, float), (Merchant.id, True, int)]
    if sort == "new":
        return [(Merchant.created_at, False, instant), (Merchant.id, False, int)]
    if sort == "name":
        name = case((Merchant.name_zh != "", Merchant.name_zh), else_=Merchant.name_en)
        return [(name, True, str), (Merchant.id, True, int)]
    return [(claimed, True, int), (Merchant.id, True, int)]


def _sorted_page(
    wanted: Any, order: Order, after: str | None, size: int = PAGE_SIZE
) -> tuple[list[Any], str | None]:
    """Return a page's rows and the next key; the order's values ride along as the last columns."""
    for column, is_up, _kind in order:
        wanted = wanted.add_columns(column).order_by(column if is_up else column.desc())
    key = decode_key(after, *(kind for _column, _up, kind in order))
    if key is not None:
        wanted = wanted.where(_beyond(order, key))
    rows = list(db.session.execute(wanted.limit(size + 1)))
    if len(rows) <= size:
        return rows, None
    return rows[:size], encode_key(list(rows[size - 1][-len(order) :]))


def _beyond(order: Order, key: Sequence[Any]) -> ColumnElement[bool]:
    steps = []
    for number, (column, is_up, _kind) in enumerate(order):
        equal = [order[n][0] == key[n] for n in range(number)]
        further = column > key[number] if is_up else column < key[number]
        steps.append(and_(*equal, further))
    return or_(*steps)


def _metres(near: tuple[float, float] | None, lat: float | None, lng: float | None) -> int | None:
    if near is None or lat is None or lng is None:
        return None
    return round(distance(Point(*near), Point(lat, lng)))


def _shop_card(row: Any, near: tuple[float, float] | None) -> MerchantCard:
    values = tuple(row[:15])
    card: Any = MerchantCard
    made: MerchantCard = card(*values, _metres(near, values[10], values[11]))
    return made


def _found_shops(viewer: Viewer, wanted: Any, chosen: ShopFilter) -> Page[MerchantCard]:
    within = wanted.with_only_columns(Merchant.id, maintain_column_froms=True)
    hits = find(
        chosen.words, viewer, kinds=["merchant"], within=within, limit=PAGE_SIZE,
        after=chosen.after,
    )  # fmt: skip
    ids = [hit.id for hit in hits.rows]
    found = {row[0]: row for row in db.session.execute(wanted.where(Merchant.id.in_(ids)))}
    cards = [_shop_card(found[number], chosen.near) for number in ids if number in found]
    return Page(cards, hits.next_key)


def shops_by_id(
    merchant_ids: Iterable[int], *, at: datetime, near: tuple[float, float] | None = None
) -> dict[int, MerchantCard]:
    """Return cards of shops by id, for pages that chose them elsewhere (front page, search)."""
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
            Category.name_zh, Category.name_en, Category.drawing, Merchant.neighbourhood_id,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.picture_id,
            open_until(at), opens_at(at),
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(Merchant.state.in_(SHOWN_STATES), Merchant.id.in_(set(merchant_ids)))
    )  # fmt: skip
    return {row[0]: _shop_card(row, near) for row in db.session.execute(wanted)}


def open_shops_near(
    near: tuple[float, float] | None, *, at: datetime, limit: int = 6
) -> list[MerchantCard]:
    """Return trading shops that are open now, nearest first, for the front page. One statement."""
    order = _squared(near) if near else Merchant.id
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
            Category.name_zh, Category.name_en, Category.drawing, Merchant.neighbourhood_id,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.picture_id,
            open_until(at), opens_at(at),
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(Merchant.state == MerchantState.ACTIVE, is_open(at))
        .order_by(order, Merchant.id)
        .limit(limit)
    )  # fmt: skip
    return [_shop_card(row, near) for row in db.session.execute(wanted)]


def listing_free(at: datetime) -> ScalarSelect[int]:
    """Return the column of what is free of a listing over its sizes; NULL where there is
    no limit.
    """
    free = case(
        (func.count(Variant.id) > func.count(Pool.total), None),
        else_=func.coalesce(func.sum(free_of_pool(at)), 0),
    )
    return (
        select(free)
        .select_from(Variant)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        .correlate(Listing)
        .scalar_subquery()
    )


def _dearest() -> ScalarSelect[int]:
    return (
        select(func.max(Variant.price_minor))
        .where(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        .correlate(Listing)
        .scalar_subquery()
    )


def _listing_cards(at: datetime) -> Any:
    today = clock.local(at).date()
    return (
        select(
            Listing.id, Listing.kind, Listing.name_zh, Listing.name_en, Listing.min_price_minor,
            _dearest(), Merchant.id, Merchant.name_zh, Merchant.name_en, Category.drawing,
            Listing.picture_id, listing_free(at), case((Listing.sold_out_on == today, 1), else_=0),
            Listing.duration_minutes, Merchant.lat, Merchant.lng,
        )
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .join(Category, Category.id == Listing.category_id)
        .where(Listing.archived_at.is_(None), Merchant.state == MerchantState.ACTIVE)
    )  # fmt: skip


def _listing_card(row: Any, near: tuple[float, float] | None = None) -> ListingCard:
    free = row[11] if row[1] is ListingKind.GOODS else None
    sold_out = bool(row[12]) or (free is not None and free <= 0)
    return ListingCard(
        row[0], row[1], row[2], row[3], row[4], (row[5] or row[4]) > row[4], row[6], row[7],
        row[8], row[9], row[10], free, sold_out, row[13], _metres(near, row[14], row[15]),
    )  # fmt: skip


def listings(viewer: Viewer, chosen: ListingFilter, *, at: datetime) -> Page[ListingCard]:
    """Return a page of listings that can be ordered, narrowed and ordered as chosen."""
    wanted = _listing_cards(at)
    if chosen.category_id is not None:
        wanted = wanted.where(Listing.category_id == chosen.category_id)
    if chosen.kind is not None:
        wanted = wanted.where(Listing.kind == chosen.kind)
    wanted = _in_places(wanted, chosen, at)
    if chosen.words:
        within = wanted.with_only_columns(Listing.id, maintain_column_froms=True)
        hits = find(
            chosen.words, viewer, kinds=["listing"], within=within, limit=PAGE_SIZE,
            after=chosen.after,
        )  # fmt: skip
        ids = [hit.id for hit in hits.rows]
        cards = {row[0]: row for row in db.session.execute(wanted.where(Listing.id.in_(ids)))}
        rows = [_listing_card(cards[number], chosen.near) for number in ids if number in cards]
        return Page(rows, hits.next_key)
    found, next_key = _sorted_page(wanted, _listing_order(chosen), chosen.after)
    return Page([_listing_card(row, chosen.near) for row in found], next_key)


def _listing_order(chosen: ListingFilter) -> Order:
    if chosen.sort == "near" and chosen.near is not None:
        return [(_squared(chosen.near), True, float), (Listing.id, True, int)]
    if chosen.sort in ("cheap", "dear"):
        is_up = chosen.sort == "cheap"
        return [(Listing.min_price_minor, is_up, int), (Listing.id, is_up, int)]
    return [(Listing.id, False, int)]


def listings_by_id(listing_ids: Iterable[int], *, at: datetime) -> dict[int, ListingCard]:
    """Return cards of listings by id, for pages that chose them elsewhere."""
    rows = db.session.execute(_listing_cards(at).where(Listing.id.in_(set(listing_ids))))
    return {row[0]: _listing_card(row) for row in rows}


def listings_of_merchant(merchant_id: int, *, at: datetime, limit: int = 60) -> list[ListingCard]:
    """Return what a shop offers, in the shop's own order."""
    wanted: Any = (
        _listing_cards(at)
        .where(Listing.merchant_id == merchant_id)
        .order_by(Listing.position, Listing.id)
        .limit(limit)
    )
    return [_listing_card(row) for row in db.session.execute(wanted)]


def merchant_for(viewer: Viewer, merchant_id: int) -> MerchantPage:
    """Return a shop's page; refuses, as if it were not there, one this viewer may not see."""
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
            Category.name_zh, Category.name_en, Category.drawing, Merchant.description,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.neighbourhood_id,
            Neighbourhood.name, Neighbourhood.name_en, Merchant.phone, Merchant.opening_hours,
            Merchant.closed_on, Merchant.accept_minutes, Merchant.cancel_minutes,
            Merchant.no_show_rule, Merchant.grace_minutes, Merchant.pay_code_text,
            Merchant.pay_picture_id, Merchant.picture_id, Merchant.thread_id, Merchant.source,
            Merchant.source_key, Merchant.applied_by,
        )
        .join(Category, Category.id == Merchant.category_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Merchant.neighbourhood_id)
        .where(Merchant.id == merchant_id)
    )  # fmt: skip
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFoundError
    page = MerchantPage(*row)
    if page.applied_by is None or page.applied_by != viewer.id:
        selling.check_sees_merchant(viewer, page.id, page.state)
    return page


def listing_page(
    viewer: Viewer, listing_id: int, *, at: datetime
) -> tuple[ListingPage, list[VariantRow]]:  # fmt: skip
    """Return a listing's page with its sizes, in one statement; refuses, as if it were not there,
    what is hidden.
    """
    today = clock.local(at).date()
    wanted: Any = (
        select(
            Listing.id, Listing.merchant_id, Listing.kind, Listing.category_id, Category.name_zh,
            Category.name_en, Category.drawing, Listing.name_zh, Listing.name_en,
            Listing.description, Listing.unit, Listing.rules, Listing.allergens,
            Listing.picture_id, Listing.thread_id, Listing.duration_minutes,
            Listing.buffer_minutes, Listing.days_ahead, Listing.lead_minutes,
            case((Listing.sold_out_on == today, True), else_=False),
            Listing.archived_at.is_not(None), Merchant.name_zh, Merchant.name_en, Merchant.state,
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.closed_on,
            Merchant.cancel_minutes, Merchant.no_show_rule, open_until(at), opens_at(at),
            Listing.packaging_minor, *_variant_columns(at),
        )
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Variant, and_(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        )
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Listing.id == listing_id)
        .order_by(Variant.position, Variant.id)
    )  # fmt: skip
    rows = list(db.session.execute(wanted))
    if not rows:
        raise NotFoundError
    page = ListingPage(*rows[0][:33])
    selling.check_sees_merchant(viewer, page.merchant_id, page.merchant_state)
    if page.is_archived and not selling.can_keep(viewer, page.merchant_id):
        raise NotFoundError
    return page, [VariantRow(*row[33:]) for row in rows if row[33] is not None]


def _variant_columns(at: datetime) -> tuple[Any, ...]:
    return (
        Variant.id, Variant.listing_id, Variant.name_zh, Variant.name_en, Variant.price_minor,
        Variant.pool_id, free_of_pool(at), Pool.total, func.coalesce(Pool.taken, 0),
        Variant.archived_at.is_not(None),
    )  # fmt: skip


def variants_of(
    listing_ids: Iterable[int], *, at: datetime, with_archived: bool = False
) -> dict[int, list[VariantRow]]:
    """Return the sizes of listings with what is free, on the shelf and promised. One statement."""
    ids = set(listing_ids)
    wanted: Any = (
        select(*_variant_columns(at))
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Variant.listing_id.in_(ids))
        .order_by(Variant.position, Variant.id)
    )
    if not with_archived:
        wanted = wanted.where(Variant.archived_at.is_(None))
    found: dict[int, list[VariantRow]] = {number: [] for number in ids}
    for row in db.session.execute(wanted):
        found[row[1]].append(VariantRow(*row))
    return found


def pins(bounds: Box, *, at: datetime, limit: int = 2000) -> list[Pin]:
    """Return the shown shops within a rectangle, for the map. One statement."""
    wanted: Any = (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.lat, Merchant.lng,
            Category.name_zh, Category.name_en, open_until(at), Merchant.state,
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(
            Merchant.state.in_(SHOWN_STATES),
            Merchant.lat.between(bounds.south, bounds.north),
            Merchant.lng.between(bounds.west, bounds.east),
        )
        .order_by(Merchant.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Pin(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6],
            is_open=row[7] is not None, is_claimed=row[8] is MerchantState.ACTIVE,
        )
        for row in db.session.execute(wanted)
    ]  # fmt: skip
