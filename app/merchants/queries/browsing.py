"""Lists and pages of shops and listings; the number of statements does not grow with rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, encode_key, instant
from app.core.pools.models import Pool
from app.core.search.queries import find
from app.merchants.models import Category, Listing, Merchant, OpeningSpanEntry, Variant
from app.merchants.policies import selling
from app.merchants.queries.selling import AT, IDS, TODAY, free_of_pool
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


def _open_until() -> ScalarSelect[datetime]:
    """Return the column of when a shop that is open `AT` closes; NULL where it is closed."""
    return (
        select(OpeningSpanEntry.ends_at)
        .where(
            OpeningSpanEntry.merchant_id == Merchant.id,
            OpeningSpanEntry.starts_at <= AT,
            OpeningSpanEntry.ends_at > AT,
        )
        .correlate(Merchant)
        .limit(1)
        .scalar_subquery()
    )


def _opens_at() -> ScalarSelect[datetime]:
    """Return the column of when a shop opens next after `AT`; NULL where that is not known."""
    return (
        select(func.min(OpeningSpanEntry.starts_at))
        .where(OpeningSpanEntry.merchant_id == Merchant.id, OpeningSpanEntry.starts_at > AT)
        .correlate(Merchant)
        .scalar_subquery()
    )


def _is_open() -> ColumnElement[bool]:
    """Return the indexed condition that a shop is open `AT`."""
    return exists().where(
        OpeningSpanEntry.merchant_id == Merchant.id,
        OpeningSpanEntry.starts_at <= AT,
        OpeningSpanEntry.ends_at > AT,
    )


_CATEGORIES: Any = (
    select(Category.id, Category.slug, Category.name_zh, Category.name_en, Category.drawing)
    .where(Category.archived_at.is_(None))
    .order_by(Category.position, Category.id)
)


def categories() -> list[tuple[int, str, str, str, str]]:
    """Return the trades in use: id, short name, both names, drawing."""
    return [tuple(row) for row in fetch(_CATEGORIES)]


def _squared() -> ColumnElement[float]:
    """Return an order expression that grows with distance: degrees squared, longitudes narrowed."""
    lat, lng = Merchant.lat - bindparam("lat"), Merchant.lng - bindparam("lng")
    return func.coalesce(lat * lat + lng * lng * bindparam("narrow", type_=Float), 1e9)


def _place(near: tuple[float, float] | None) -> dict[str, float]:
    """Return the values that `_squared` is asked with."""
    if near is None:
        return {}
    narrow = max(math.cos(math.radians(near[0])), 0.01) ** 2
    return {"lat": near[0], "lng": near[1], "narrow": narrow}


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which conditions and which order a list has: one statement is built for each shape."""

    sort: str
    has_category: bool
    has_neighbourhood: bool
    has_kind: bool
    is_open_now: bool
    is_further: bool = False


def _shape_of(chosen: ShopFilter | ListingFilter) -> _Shape:
    is_placeless = chosen.sort == "near" and chosen.near is None
    return _Shape(
        sort="" if is_placeless else chosen.sort,
        has_category=chosen.category_id is not None,
        has_neighbourhood=chosen.neighbourhood_id is not None,
        has_kind=getattr(chosen, "kind", None) is not None,
        is_open_now=chosen.is_open_now,
    )


def _values_of(chosen: ShopFilter | ListingFilter, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "today": clock.local(at).date(),
        "category_id": chosen.category_id,
        "neighbourhood_id": chosen.neighbourhood_id,
        "kind": getattr(chosen, "kind", None),
        **_place(chosen.near),
    }


def _in_places(wanted: Any, shape: _Shape) -> Any:
    if shape.has_neighbourhood:
        wanted = wanted.where(Merchant.neighbourhood_id == bindparam("neighbourhood_id"))
    if shape.is_open_now:
        wanted = wanted.where(_is_open())
    return wanted


def _cards() -> Any:
    return select(
        Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
        Category.name_zh, Category.name_en, Category.drawing, Merchant.neighbourhood_id,
        Merchant.address, Merchant.lat, Merchant.lng, Merchant.picture_id,
        _open_until(), _opens_at(),
    ).join(Category, Category.id == Merchant.category_id)  # fmt: skip


@cache
def _shops(shape: _Shape) -> Any:
    wanted = _cards().where(Merchant.state.in_(SHOWN_STATES))
    if shape.has_category:
        wanted = wanted.where(Merchant.category_id == bindparam("category_id"))
    return _in_places(wanted, shape)


@cache
def _sorted_shops(shape: _Shape) -> Any:
    return _sorted(_shops(shape), Merchant.id, _shop_order(shape.sort), is_further=shape.is_further)


def shops(viewer: Viewer, chosen: ShopFilter, *, at: datetime) -> Page[MerchantCard]:
    """Return a page of shops that are shown, narrowed and ordered as chosen."""
    shape, values = _shape_of(chosen), _values_of(chosen, at)
    if chosen.words:
        return _found_shops(viewer, _shops(shape).params(values), chosen)
    key = decode_key(chosen.after, *_kinds(_shop_order(shape.sort)))
    wanted = _sorted_shops(replace(shape, is_further=key is not None))
    found, next_key = _page_of(fetch(wanted, **values, **_keyed(key)), len(_shop_order(shape.sort)))
    return Page([_shop_card(row, chosen.near) for row in found], next_key)


Order = list[tuple[Any, bool, Any]]


@cache
def _shop_order(sort: str) -> Order:
    if sort == "near":
        return [(_squared(), True, float), (Merchant.id, True, int)]
    if sort == "new":
        return [(Merchant.created_at, False, instant), (Merchant.id, False, int)]
    if sort == "name":
        name = case((Merchant.name_zh != "", Merchant.name_zh), else_=Merchant.name_en)
        return [(name, True, str), (Merchant.id, True, int)]
    claimed = case((Merchant.state == MerchantState.ACTIVE, 0), else_=1)
    return [(claimed, True, int), (Merchant.id, True, int)]


def _sorted(wanted: Any, number: Any, order: Order, *, is_further: bool) -> Any:
    """Return the select of a page; the order's values ride along as its last columns.

    Which rows are on it is found first, so that what a card shows is only reckoned for those.
    """
    chosen = wanted.with_only_columns(number, maintain_column_froms=True)
    if is_further:
        chosen = chosen.where(_beyond(order))
    by = [column if is_up else column.desc() for column, is_up, _kind in order]
    chosen = chosen.order_by(*by).limit(PAGE_SIZE + 1)
    extra = [column for column, _is_up, _kind in order]
    return wanted.add_columns(*extra).where(number.in_(chosen)).order_by(*by)


def _kinds(order: Order) -> list[Any]:
    return [kind for _column, _is_up, kind in order]


def _keyed(key: Sequence[Any] | None) -> dict[str, Any]:
    return {f"key_{number}": value for number, value in enumerate(key or ())}


def _page_of(rows: Sequence[Any], width: int) -> tuple[Sequence[Any], str | None]:
    """Return a page's rows and the next key, made of their last columns."""
    if len(rows) <= PAGE_SIZE:
        return rows, None
    return rows[:PAGE_SIZE], encode_key(list(rows[PAGE_SIZE - 1][-width:]))


def _beyond(order: Order) -> ColumnElement[bool]:
    key = [
        bindparam(f"key_{number}", type_=column.type)
        for number, (column, _is_up, _kind) in enumerate(order)
    ]
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
    found = fetch(_shops_by_id(), ids=list(set(merchant_ids)), at=at)
    return {row[0]: _shop_card(row, near) for row in found}


@cache
def _shops_by_id() -> Any:
    return _cards().where(Merchant.state.in_(SHOWN_STATES), Merchant.id.in_(IDS))


def shops_of_the_hour(
    near: tuple[float, float] | None, *, at: datetime, limit: int = 6
) -> list[MerchantCard]:
    """Return trading shops for the front page: open ones, nearest first; at night those nearby
    whose door opens first. One statement.
    """
    found = fetch(_of_the_hour(near is not None), at=at, size=2 * limit, **_place(near))
    cards = [_shop_card(row, near) for row in found]
    opened = [card for card in cards if card.open_until is not None]
    waiting = [(card.opens_at, n, card) for n, card in enumerate(cards) if card.opens_at]
    return opened[:limit] or [card for _opens_at, _n, card in sorted(waiting)[:limit]]


@cache
def _of_the_hour(is_near: bool) -> Any:
    order = (
        case((_is_open(), 0), else_=1), _squared() if is_near else Merchant.id, Merchant.id
    )  # fmt: skip
    is_trading = Merchant.state == MerchantState.ACTIVE
    nearest = select(Merchant.id).where(is_trading).order_by(*order).limit(bindparam("size"))
    # Who is open is told apart afterwards, so that it need not be reckoned a third time.
    return _cards().where(Merchant.id.in_(nearest)).order_by(*order[1:])


def _listing_free() -> ScalarSelect[int]:
    """Return the column of what is free of a listing over its sizes; NULL where there is
    no limit.
    """
    free = case(
        (func.count(Variant.id) > func.count(Pool.total), None),
        else_=func.coalesce(func.sum(free_of_pool()), 0),
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
        row[8], row[9], row[10], free, sold_out, row[13], _metres(near, row[14], row[15]),
    )  # fmt: skip


@cache
def _listings(shape: _Shape) -> Any:
    wanted = _listing_cards()
    if shape.has_category:
        wanted = wanted.where(Listing.category_id == bindparam("category_id"))
    if shape.has_kind:
        wanted = wanted.where(Listing.kind == bindparam("kind"))
    return _in_places(wanted, shape)


@cache
def _sorted_listings(shape: _Shape) -> Any:
    order = _listing_order(shape.sort)
    return _sorted(_listings(shape), Listing.id, order, is_further=shape.is_further)


def listings(viewer: Viewer, chosen: ListingFilter, *, at: datetime) -> Page[ListingCard]:
    """Return a page of listings that can be ordered, narrowed and ordered as chosen."""
    shape, values = _shape_of(chosen), _values_of(chosen, at)
    if chosen.words:
        return _found_listings(viewer, _listings(shape).params(values), chosen)
    order = _listing_order(shape.sort)
    key = decode_key(chosen.after, *_kinds(order))
    wanted = _sorted_listings(replace(shape, is_further=key is not None))
    found, next_key = _page_of(fetch(wanted, **values, **_keyed(key)), len(order))
    return Page([_listing_card(row, chosen.near) for row in found], next_key)


def _found_listings(viewer: Viewer, wanted: Any, chosen: ListingFilter) -> Page[ListingCard]:
    within = wanted.with_only_columns(Listing.id, maintain_column_froms=True)
    hits = find(
        chosen.words, viewer, kinds=["listing"], within=within, limit=PAGE_SIZE,
        after=chosen.after,
    )  # fmt: skip
    ids = [hit.id for hit in hits.rows]
    cards = {row[0]: row for row in db.session.execute(wanted.where(Listing.id.in_(ids)))}
    rows = [_listing_card(cards[number], chosen.near) for number in ids if number in cards]
    return Page(rows, hits.next_key)


@cache
def _listing_order(sort: str) -> Order:
    if sort == "near":
        return [(_squared(), True, float), (Listing.id, True, int)]
    if sort in ("cheap", "dear"):
        is_up = sort == "cheap"
        return [(Listing.min_price_minor, is_up, int), (Listing.id, is_up, int)]
    return [(Listing.id, False, int)]


def listings_by_id(listing_ids: Iterable[int], *, at: datetime) -> dict[int, ListingCard]:
    """Return cards of listings by id, for pages that chose them elsewhere."""
    ids = list(set(listing_ids))
    found = fetch(_listings_by_id(), ids=ids, at=at, today=clock.local(at).date())
    return {row[0]: _listing_card(row) for row in found}


@cache
def _listings_by_id() -> Any:
    return _listing_cards().where(Listing.id.in_(IDS))


def listings_of_merchant(merchant_id: int, *, at: datetime, limit: int = 60) -> list[ListingCard]:
    """Return what a shop offers, in the shop's own order."""
    today = clock.local(at).date()
    found = fetch(_offered(), merchant_id=merchant_id, at=at, today=today, size=limit)
    return [_listing_card(row) for row in found]


@cache
def _offered() -> Any:
    return (
        _listing_cards()
        .where(Listing.merchant_id == bindparam("merchant_id"))
        .order_by(Listing.position, Listing.id)
        .limit(bindparam("size"))
    )


def merchant_for(viewer: Viewer, merchant_id: int) -> MerchantPage:
    """Return a shop's page; refuses, as if it were not there, one this viewer may not see."""
    row = fetch_one(_shop_page(), merchant_id=merchant_id)
    if row is None:
        raise NotFoundError
    page = MerchantPage(*row)
    if page.applied_by is None or page.applied_by != viewer.id:
        selling.check_sees_merchant(viewer, page.id, page.state)
    return page


@cache
def _shop_page() -> Any:
    return (
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
    page = ListingPage(*rows[0][:33])
    selling.check_sees_merchant(viewer, page.merchant_id, page.merchant_state)
    if page.is_archived and not selling.can_keep(viewer, page.merchant_id):
        raise NotFoundError
    return page, [VariantRow(*row[33:]) for row in rows if row[33] is not None]


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
            Merchant.address, Merchant.lat, Merchant.lng, Merchant.closed_on,
            Merchant.cancel_minutes, Merchant.no_show_rule, _open_until(), _opens_at(),
            Listing.packaging_minor, *_variant_columns(),
        )
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .join(Category, Category.id == Listing.category_id)
        .outerjoin(
            Variant, and_(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        )
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Listing.id == bindparam("listing_id"))
        .order_by(Variant.position, Variant.id)
    )  # fmt: skip


def _variant_columns() -> tuple[Any, ...]:
    return (
        Variant.id, Variant.listing_id, Variant.name_zh, Variant.name_en, Variant.price_minor,
        Variant.pool_id, free_of_pool(), Pool.total, func.coalesce(Pool.taken, 0),
        Variant.archived_at.is_not(None),
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
        select(*_variant_columns())
        .outerjoin(Pool, Pool.id == Variant.pool_id)
        .where(Variant.listing_id.in_(IDS))
        .order_by(Variant.position, Variant.id)
    )
    return wanted if with_archived else wanted.where(Variant.archived_at.is_(None))


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
            Category.name_zh, Category.name_en, _open_until(), Merchant.state,
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
