"""How a list is narrowed, ordered and cut into pages: one statement is built for each shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    or_,
)

from app.core import clock
from app.core.lists import encode_key
from app.merchants.models import Merchant
from app.merchants.queries.browsing.columns import open_now, place_values
from app.merchants.types import (
    ListingFilter,
    ShopFilter,
)

PAGE_SIZE = 24
Order = list[tuple[Any, bool, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which conditions and which order a list has: one statement is built for each shape."""

    sort: str
    has_category: bool
    has_neighbourhood: bool
    has_kind: bool
    is_open_now: bool
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
    )


def values_of(chosen: ShopFilter | ListingFilter, at: datetime) -> dict[str, Any]:
    """Return the values that a list's statement is asked with."""
    return {
        "at": at,
        "today": clock.local(at).date(),
        "category_id": chosen.category_id,
        "neighbourhood_id": chosen.neighbourhood_id,
        "kind": getattr(chosen, "kind", None),
        **place_values(chosen.near),
    }


def in_places(wanted: Any, shape: Shape) -> Any:
    """Narrow a select to a neighbourhood and to what is open."""
    if shape.has_neighbourhood:
        wanted = wanted.where(Merchant.neighbourhood_id == bindparam("neighbourhood_id"))
    if shape.is_open_now:
        wanted = wanted.where(open_now())
    return wanted


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
