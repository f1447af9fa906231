"""Lists of what can be ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ScalarSelect,
    bindparam,
    case,
    func,
    or_,
    select,
)

from app.core import clock
from app.core.access import Viewer
from app.core.db import fetch
from app.core.lists import Page, decode_key
from app.core.pools.models import Pool
from app.core.search.queries import find
from app.merchants.models import Category, Listing, Merchant, ShelfSection, Variant
from app.merchants.queries.browsing.columns import metres, open_until_column, squared
from app.merchants.queries.browsing.lists import (
    PAGE_SIZE,
    Order,
    Shape,
    in_places,
    key_kinds,
    key_values,
    nearest_to,
    page_of,
    shape_of,
    sorted_page,
    values_of,
    without_each,
)
from app.merchants.queries.browsing.pins import PINS
from app.merchants.queries.selling import IDS, TODAY, free_of_pool
from app.merchants.types import (
    ListingCard,
    ListingFilter,
    ListingKind,
    Loosened,
    MerchantState,
    Pin,
)

FOUND_AT_MOST = 200


def _listing_free() -> ScalarSelect[int]:
    """Return the column of what is free of a listing over its sizes, packs of them aside; NULL
    where there is no limit.
    """
    free = case(
        (func.count(Variant.id) > func.count(Pool.total), None),
        else_=func.coalesce(func.sum(free_of_pool()), 0),
    )
    return (
        select(free)
        .select_from(Variant)
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(
            Variant.listing_id == Listing.id, Variant.archived_at.is_(None), Variant.pack_size == 1
        )
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


@cache
def _listing_cards() -> Any:
    return (
        select(
            Listing.id, Listing.kind, Listing.name_zh, Listing.name_en, Listing.min_price_minor,
            _dearest(), Merchant.id, Merchant.name_zh, Merchant.name_en, Category.drawing,
            Listing.picture_id, _listing_free(), case((Listing.sold_out_on == TODAY, 1), else_=0),
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
        row[8], row[9], row[10], free, sold_out, row[13], metres(near, row[14], row[15]),
    )  # fmt: skip


@cache
def _listings(shape: Shape) -> Any:
    wanted = _listing_cards()
    if shape.has_category:
        wanted = wanted.where(Listing.category_id == bindparam("category_id"))
    if shape.has_kind:
        wanted = wanted.where(Listing.kind == bindparam("kind"))
    if shape.is_pickup_today:
        wanted = wanted.where(Listing.kind == ListingKind.GOODS)
    if shape.has_least:
        wanted = wanted.where(Listing.min_price_minor >= bindparam("least"))
    if shape.has_most:
        wanted = wanted.where(Listing.min_price_minor <= bindparam("most"))
    if shape.has_mark:
        marks = "," + Listing.dietary + ","
        wanted = wanted.where(
            or_(marks.like(bindparam("mark")), marks.like(bindparam("narrower_mark")))
        )
    return in_places(wanted, shape)


@cache
def _sorted_listings(shape: Shape) -> Any:
    order = _listing_order(shape.sort)
    return sorted_page(_listings(shape), Listing.id, order, is_further=shape.is_further)


def listings(viewer: Viewer, chosen: ListingFilter, *, at: datetime) -> Page[ListingCard]:
    """Return a page of listings that can be ordered, narrowed and ordered as chosen."""
    shape, values = shape_of(chosen), values_of(chosen, at)
    if chosen.words:
        return _found_listings(viewer, replace(shape, sort=""), values, chosen)
    order = _listing_order(shape.sort)
    key = decode_key(chosen.after, *key_kinds(order))
    wanted = _sorted_listings(replace(shape, is_further=key is not None))
    found, next_key = page_of(fetch(wanted, **values, **key_values(key)), len(order))
    return Page([_listing_card(row, chosen.near) for row in found], next_key)


def listings_without_each(viewer: Viewer, chosen: ListingFilter, *, at: datetime) -> list[Loosened]:
    """Return how many listings there would be without each filter that is set. One statement, and
    two where words are looked for.
    """
    ids = None
    if chosen.words:
        hits = find(chosen.words, viewer, kinds=["listing"], limit=FOUND_AT_MOST)
        ids = [hit.id for hit in hits.rows]
    return without_each(
        chosen, _listings, Listing.id, values_of(chosen, at), found_by_words=ids
    )  # fmt: skip


def listing_pins(
    chosen: ListingFilter,
    page: Page[ListingCard],
    *,
    middle: tuple[float, float] | None,
    at: datetime,
) -> list[Pin]:
    """Return the shops on the map that have what was chosen, with how much of it and from which
    price on: those of this page and, where no words were looked for, of the nearest to where one
    is, else to the middle. One statement.
    """
    around = nearest_to(chosen, middle)
    wanted = _pinned(shape_of(around), by_ids=bool(chosen.words))
    values = values_of(around, at) | {
        "ids": [row.id for row in page.rows],
        "shops": sorted({row.merchant_id for row in page.rows}),
    }
    return [
        Pin(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6], is_open=row[7] is not None,
            is_claimed=True, fitting=row[8], from_minor=row[9],
        )
        for row in fetch(wanted, **values)
    ]  # fmt: skip


@cache
def _pinned(shape: Shape, *, by_ids: bool) -> Any:
    wanted = _listings(shape)
    if by_ids:
        wanted = wanted.where(Listing.id.in_(IDS))
    else:
        wanted = wanted.where(Listing.merchant_id.in_(_around(shape)))
    fitting = (
        wanted.with_only_columns(
            Listing.merchant_id.label("merchant_id"),
            func.count(Listing.id).label("fitting"),
            func.min(Listing.min_price_minor).label("from_minor"),
            maintain_column_froms=True,
        )
        .where(Merchant.lat.is_not(None))
        .group_by(Listing.merchant_id)
        .subquery()
    )
    return (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.lat, Merchant.lng,
            Category.name_zh, Category.name_en, open_until_column(), fitting.c.fitting,
            fitting.c.from_minor,
        )
        .join(fitting, fitting.c.merchant_id == Merchant.id)
        .join(Category, Category.id == Merchant.category_id)
        .order_by(Merchant.id)
    )  # fmt: skip


def _around(shape: Shape) -> Any:
    """Return the select of the shops whose listings are counted: a bounded number, however many
    there are in town.
    """
    trading = select(Merchant.id).where(
        Merchant.state == MerchantState.ACTIVE, Merchant.lat.is_not(None)
    )
    nearest = in_places(trading, shape)
    nearest = nearest.order_by(*([squared()] if shape.sort else []), Merchant.id).limit(PINS)
    shown = select(Merchant.id).where(Merchant.id.in_(bindparam("shops", expanding=True)))
    return select(nearest.subquery().c.id).union(shown)


def _found_listings(
    viewer: Viewer, shape: Shape, values: dict[str, Any], chosen: ListingFilter
) -> Page[ListingCard]:
    hits = find(
        chosen.words, viewer, kinds=["listing"], within=(_ids(shape), values), limit=PAGE_SIZE,
        after=chosen.after,
    )  # fmt: skip
    ids = [hit.id for hit in hits.rows]
    cards = {row[0]: row for row in fetch(_named(shape), **values | {"ids": ids})} if ids else {}
    rows = [_listing_card(cards[number], chosen.near) for number in ids if number in cards]
    return Page(rows, hits.next_key)


@cache
def _ids(shape: Shape) -> Any:
    return _listings(shape).with_only_columns(Listing.id, maintain_column_froms=True)


@cache
def _named(shape: Shape) -> Any:
    return _listings(shape).where(Listing.id.in_(IDS))


@cache
def _listing_order(sort: str) -> Order:
    if sort == "near":
        return [(squared(), True, float), (Listing.id, True, int)]
    if sort in ("cheap", "dear"):
        is_up = sort == "cheap"
        return [(Listing.min_price_minor, is_up, int), (Listing.id, is_up, int)]
    return [(Listing.id, False, int)]


def listings_of_merchant(merchant_id: int, *, at: datetime, limit: int = 60) -> list[ListingCard]:
    """Return what a shop offers, in the shop's own sections and order."""
    today = clock.local(at).date()
    found = fetch(_offered(), merchant_id=merchant_id, at=at, today=today, size=limit)
    return [
        replace(_listing_card(row), section_zh=row[-2] or "", section_en=row[-1] or "")
        for row in found
    ]


@cache
def _offered() -> Any:
    return (
        _listing_cards()
        .add_columns(ShelfSection.name_zh, ShelfSection.name_en)
        .outerjoin(ShelfSection, ShelfSection.id == Listing.section_id)
        .where(Listing.merchant_id == bindparam("merchant_id"))
        .order_by(
            case((ShelfSection.id.is_(None), 1), else_=0), ShelfSection.position, ShelfSection.id,
            Listing.position, Listing.id,
        )
        .limit(bindparam("size"))
    )  # fmt: skip
