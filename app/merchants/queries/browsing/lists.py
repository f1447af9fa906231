"""How a list is narrowed, ordered and cut into pages: one statement is built for each shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Float,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from app.core import clock
from app.core.db import db
from app.core.lists import encode_key
from app.merchants.models import Merchant, ShopRating
from app.merchants.queries.browsing.columns import open_now, place_values, squared
from app.merchants.types import (
    DietaryMark,
    ListingFilter,
    Loosened,
    ShopFilter,
)

PAGE_SIZE = 24
COUNTED = 99
# Four stars of five, in tenths; who has under three reviews is not rated.
WELL_RATED = 40
METRES_PER_DEGREE = 111_320
Order = list[tuple[Any, bool, Any]]
Chosen = TypeVar("Chosen", ShopFilter, ListingFilter)


# What takes a filter away, by the name under which a page offers that.
UNSET: dict[str, dict[str, Any]] = {
    "words": {"words": ""},
    "category": {"category_id": None},
    "place": {"neighbourhood_id": None},
    "open": {"is_open_now": False},
    "pickup": {"served": None},
    "within": {"within_m": None},
    "rated": {"is_well_rated": False},
    "kind": {"kind": None},
    "mark": {"mark": None},
    "price": {"min_minor": None, "max_minor": None},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which conditions and which order a list has: one statement is built for each shape."""

    sort: str
    has_category: bool
    has_neighbourhood: bool
    has_kind: bool
    is_open_now: bool
    is_pickup_today: bool = False
    has_reach: bool = False
    is_well_rated: bool = False
    has_least: bool = False
    has_most: bool = False
    has_mark: bool = False
    is_further: bool = False


def shape_of(chosen: ShopFilter | ListingFilter) -> Shape:
    """Return the shape of a list; without a place, near is no order."""
    is_placeless = chosen.sort == "near" and chosen.near is None
    return Shape(
        sort="" if is_placeless else chosen.sort,
        has_category=chosen.category_id is not None,
        has_neighbourhood=chosen.neighbourhood_id is not None,
        has_kind=getattr(chosen, "kind", None) is not None,
        is_open_now=chosen.is_open_now,
        is_pickup_today=chosen.served is not None,
        has_reach=chosen.within_m is not None and chosen.near is not None,
        is_well_rated=chosen.is_well_rated,
        has_least=getattr(chosen, "min_minor", None) is not None,
        has_most=getattr(chosen, "max_minor", None) is not None,
        has_mark=getattr(chosen, "mark", None) is not None,
    )


def values_of(chosen: ShopFilter | ListingFilter, at: datetime) -> dict[str, Any]:
    """Return the values that a list's statement is asked with."""
    return {
        "at": at,
        "today": clock.local(at).date(),
        "category_id": chosen.category_id,
        "neighbourhood_id": chosen.neighbourhood_id,
        "kind": getattr(chosen, "kind", None),
        "least": getattr(chosen, "min_minor", None),
        "most": getattr(chosen, "max_minor", None),
        "served": chosen.served or (),
        **_mark_values(getattr(chosen, "mark", None)),
        **place_values(chosen.near),
        **_reach_values(chosen.near, chosen.within_m),
    }


def nearest_to(chosen: Chosen, middle: tuple[float, float] | None) -> Chosen:
    """Return the same list, nearest first: to where one is, else to the middle."""
    near = chosen.near or (None if chosen.within_m else middle)
    return replace(chosen, near=near, sort="near")


def _mark_values(mark: DietaryMark | None) -> dict[str, str]:
    """Return the patterns of a dietary mark; what is vegan is vegetarian, too."""
    if mark is None:
        return {}
    narrower = DietaryMark.VEGAN if mark is DietaryMark.VEGETARIAN else mark
    return {"mark": f"%,{mark.value},%", "narrower_mark": f"%,{narrower.value},%"}


def _reach_values(near: tuple[float, float] | None, within_m: int | None) -> dict[str, float]:
    """Return the square around a place that an index can serve, and the circle within it."""
    if near is None or within_m is None:
        return {}
    reach = within_m / METRES_PER_DEGREE
    wide = reach / place_values(near)["narrow"] ** 0.5
    return {
        "south": near[0] - reach,
        "north": near[0] + reach,
        "west": near[1] - wide,
        "east": near[1] + wide,
        "reach": reach * reach,
    }


def in_places(wanted: Any, shape: Shape) -> Any:
    """Narrow a select to a neighbourhood, to what is open, can be collected today or is near."""
    if shape.has_neighbourhood:
        wanted = wanted.where(Merchant.neighbourhood_id == bindparam("neighbourhood_id"))
    if shape.is_open_now:
        wanted = wanted.where(open_now())
    if shape.is_pickup_today:
        wanted = wanted.where(Merchant.id.in_(bindparam("served", expanding=True)))
    if shape.is_well_rated:
        good = select(ShopRating.merchant_id).where(ShopRating.tenths >= WELL_RATED)
        wanted = wanted.where(Merchant.id.in_(good))
    if shape.has_reach:
        wanted = wanted.where(
            Merchant.lat.between(bindparam("south"), bindparam("north")),
            Merchant.lng.between(bindparam("west"), bindparam("east")),
            squared() <= bindparam("reach", type_=Float),
        )
    return wanted


def without_each(
    chosen: Any,
    wanted_of: Callable[[Shape], Any],
    number: Any,
    values: dict[str, Any],
    *,
    found_by_words: Sequence[int] | None,
) -> list[Loosened]:
    """Return how many rows a list would have without each filter that is set, those that free the
    most first; one that frees none is left out. One statement.
    """
    counts = []
    for name, unset in UNSET.items():
        if all(getattr(chosen, key, value) == value for key, value in unset.items()):
            continue
        fewer = replace(chosen, **unset)
        wanted = wanted_of(replace(shape_of(fewer), sort="")).with_only_columns(
            number, maintain_column_froms=True
        )
        if fewer.words and found_by_words is not None:
            wanted = wanted.where(number.in_(found_by_words))
        some = wanted.limit(COUNTED + 1).subquery()
        counts.append(select(func.count()).select_from(some).scalar_subquery().label(name))
    if not counts:
        return []
    row = db.session.execute(select(*counts).params(values)).one()
    found = [Loosened(name, count) for name, count in row._mapping.items() if count]
    return sorted(found, key=lambda one: -one.count)


def sorted_page(wanted: Any, number: Any, order: Order, *, is_further: bool) -> Any:
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


def key_kinds(order: Order) -> list[Any]:
    """Return how each part of an order's key is read."""
    return [kind for _column, _is_up, kind in order]


def key_values(key: Sequence[Any] | None) -> dict[str, Any]:
    """Return a key as the values that `sorted_page` is asked with."""
    return {f"key_{number}": value for number, value in enumerate(key or ())}


def page_of(rows: Sequence[Any], width: int) -> tuple[Sequence[Any], str | None]:
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
