"""Lists of shops, and the trades they are sorted under."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    bindparam,
    case,
    select,
)

from app.core.access import Viewer
from app.core.db import fetch
from app.core.lists import Page, decode_key, instant
from app.core.search.queries import find
from app.merchants.models import Category, Merchant
from app.merchants.queries.browsing.columns import (
    metres,
    open_now,
    open_until_column,
    opens_at_column,
    place_values,
    squared,
)
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
from app.merchants.queries.selling import IDS
from app.merchants.types import (
    SHOWN_STATES,
    Loosened,
    MerchantCard,
    MerchantState,
    Pin,
    ShopFilter,
)

FOUND_AT_MOST = 200

_CATEGORIES: Any = (
    select(Category.id, Category.slug, Category.name_zh, Category.name_en, Category.drawing)
    .where(Category.archived_at.is_(None))
    .order_by(Category.position, Category.id)
)


def categories() -> list[tuple[int, str, str, str, str]]:
    """Return the trades in use: id, short name, both names, drawing."""
    return [tuple(row) for row in fetch(_CATEGORIES)]


def _cards() -> Any:
    return select(
        Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.state, Merchant.category_id,
        Category.name_zh, Category.name_en, Category.drawing, Merchant.neighbourhood_id,
        Merchant.address, Merchant.lat, Merchant.lng, Merchant.picture_id,
        open_until_column(), opens_at_column(),
    ).join(Category, Category.id == Merchant.category_id)  # fmt: skip


@cache
def _shops(shape: Shape) -> Any:
    wanted = _cards().where(Merchant.state.in_(SHOWN_STATES))
    if shape.has_category:
        wanted = wanted.where(Merchant.category_id == bindparam("category_id"))
    return in_places(wanted, shape)


@cache
def _sorted_shops(shape: Shape) -> Any:
    return sorted_page(
        _shops(shape), Merchant.id, _shop_order(shape.sort), is_further=shape.is_further
    )


def shops(viewer: Viewer, chosen: ShopFilter, *, at: datetime) -> Page[MerchantCard]:
    """Return a page of shops that are shown, narrowed and ordered as chosen."""
    shape, values = shape_of(chosen), values_of(chosen, at)
    if chosen.words:
        return _found_shops(viewer, replace(shape, sort=""), values, chosen)
    order = _shop_order(shape.sort)
    key = decode_key(chosen.after, *key_kinds(order))
    wanted = _sorted_shops(replace(shape, is_further=key is not None))
    found, next_key = page_of(
        fetch(wanted, **values, **key_values(key)), len(_shop_order(shape.sort))
    )
    return Page([_shop_card(row, chosen.near) for row in found], next_key)


def shops_without_each(viewer: Viewer, chosen: ShopFilter, *, at: datetime) -> list[Loosened]:
    """Return how many shops there would be without each filter that is set. One statement, and two
    where words are looked for.
    """
    ids = None
    if chosen.words:
        hits = find(chosen.words, viewer, kinds=["merchant"], limit=FOUND_AT_MOST)
        ids = [hit.id for hit in hits.rows]
    return without_each(chosen, _shops, Merchant.id, values_of(chosen, at), found_by_words=ids)


def shop_pins(
    chosen: ShopFilter,
    page: Page[MerchantCard],
    *,
    middle: tuple[float, float] | None,
    at: datetime,
) -> list[Pin]:
    """Return the shops on the map that were chosen, the nearest to where one is, else to the
    middle; where words were looked for, those of this page of hits. One statement.
    """
    around = nearest_to(chosen, middle)
    wanted = _pinned(shape_of(around), by_ids=bool(chosen.words))
    values = values_of(around, at) | {"ids": [row.id for row in page.rows]}
    return [
        Pin(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6],
            is_open=row[7] is not None, is_claimed=row[8] is MerchantState.ACTIVE,
        )
        for row in fetch(wanted, **values)
    ]  # fmt: skip


@cache
def _pinned(shape: Shape, *, by_ids: bool) -> Any:
    chosen = _shops(shape).with_only_columns(Merchant.id, maintain_column_froms=True)
    chosen = chosen.where(Merchant.id.in_(IDS)) if by_ids else chosen
    nearest = (
        chosen.where(Merchant.lat.is_not(None))
        .order_by(*([squared()] if shape.sort else []), Merchant.id)
        .limit(PINS)
    )
    return (
        select(
            Merchant.id, Merchant.name_zh, Merchant.name_en, Merchant.lat, Merchant.lng,
            Category.name_zh, Category.name_en, open_until_column(), Merchant.state,
        )
        .join(Category, Category.id == Merchant.category_id)
        .where(Merchant.id.in_(nearest))
        .order_by(Merchant.id)
    )  # fmt: skip


@cache
def _shop_order(sort: str) -> Order:
    if sort == "near":
        return [(squared(), True, float), (Merchant.id, True, int)]
    if sort == "new":
        return [(Merchant.created_at, False, instant), (Merchant.id, False, int)]
    if sort == "name":
        name = case((Merchant.name_zh != "", Merchant.name_zh), else_=Merchant.name_en)
        return [(name, True, str), (Merchant.id, True, int)]
    claimed = case((Merchant.state == MerchantState.ACTIVE, 0), else_=1)
    return [(claimed, True, int), (Merchant.id, True, int)]


def _shop_card(row: Any, near: tuple[float, float] | None) -> MerchantCard:
    values = tuple(row[:15])
    card: Any = MerchantCard
    made: MerchantCard = card(*values, metres(near, values[10], values[11]))
    return made


def _found_shops(
    viewer: Viewer, shape: Shape, values: dict[str, Any], chosen: ShopFilter
) -> Page[MerchantCard]:
    hits = find(
        chosen.words, viewer, kinds=["merchant"], within=(_ids(shape), values), limit=PAGE_SIZE,
        after=chosen.after,
    )  # fmt: skip
    ids = [hit.id for hit in hits.rows]
    found = {row[0]: row for row in fetch(_named(shape), **values | {"ids": ids})} if ids else {}
    cards = [_shop_card(found[number], chosen.near) for number in ids if number in found]
    return Page(cards, hits.next_key)


@cache
def _ids(shape: Shape) -> Any:
    return _shops(shape).with_only_columns(Merchant.id, maintain_column_froms=True)


@cache
def _named(shape: Shape) -> Any:
    return _shops(shape).where(Merchant.id.in_(IDS))


def shops_of_the_hour(
    near: tuple[float, float] | None, *, at: datetime, limit: int = 6
) -> list[MerchantCard]:
    """Return trading shops for the front page: open ones, nearest first; at night those nearby
    whose door opens first. One statement.
    """
    found = fetch(_of_the_hour(near is not None), at=at, size=2 * limit, **place_values(near))
    cards = [_shop_card(row, near) for row in found]
    opened = [card for card in cards if card.open_until is not None]
    waiting = [(card.opens_at, n, card) for n, card in enumerate(cards) if card.opens_at]
    return opened[:limit] or [card for opens_at_column, _n, card in sorted(waiting)[:limit]]


@cache
def _of_the_hour(is_near: bool) -> Any:
    order = (
        case((open_now(), 0), else_=1), squared() if is_near else Merchant.id, Merchant.id
    )  # fmt: skip
    is_trading = Merchant.state == MerchantState.ACTIVE
    nearest = select(Merchant.id).where(is_trading).order_by(*order).limit(bindparam("size"))
    # Who is open is told apart afterwards, so that it need not be reckoned a third time.
    return _cards().where(Merchant.id.in_(nearest)).order_by(*order[1:])
