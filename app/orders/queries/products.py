"""What is to be made: by product, by day and by pickup time, and when to begin with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.db import fetch
from app.orders.models import PreparationTime
from app.orders.types import LineKind, LineRow, OrderRow, ProductDay, ProductDue, ProductRow

Key = tuple[str, str, str, str]

_MINUTES: Any = select(PreparationTime.listing_id, PreparationTime.minutes).where(
    PreparationTime.listing_id.in_(bindparam("ids", expanding=True))
)


def minutes_of(listing_ids: Iterable[int | None]) -> dict[int, int]:
    """Return how many minutes each listing takes to make, where its shop said so. One statement."""
    ids = {number for number in listing_ids if number is not None}
    return {row[0]: row[1] for row in fetch(_MINUTES, ids=sorted(ids))} if ids else {}


def begin_of(
    starts_at: datetime | None, lines: Iterable[LineRow], minutes: Mapping[int, int]
) -> datetime | None:
    """Return when to begin with what is left of some lines, so that all of it is ready when their
    pickup time starts: the longest of them decides. None where nobody said how long it takes.
    """
    left = [minutes.get(line.listing_id or 0, 0) for line in lines if _to_make(line)]
    longest = max(left, default=0)
    return starts_at - timedelta(minutes=longest) if starts_at and longest else None


def by_day(
    orders: Iterable[tuple[OrderRow, Sequence[LineRow]]], minutes: Mapping[int, int]
) -> tuple[ProductDay, ...]:
    """Return what is to be made, day by day; on each what must be begun first."""
    days: dict[date | None, dict[Key, list[tuple[OrderRow, LineRow]]]] = {}
    for order, lines in orders:
        day = clock.local(order.slot_starts_at).date() if order.slot_starts_at else None
        for line in lines:
            if line.kind == LineKind.GOODS and line.waiting:
                key = (line.name_zh, line.name_en, line.variant_zh, line.variant_en)
                days.setdefault(day, {}).setdefault(key, []).append((order, line))
    return tuple(
        ProductDay(day, tuple(sorted(_products(days[day], minutes), key=_urgency)))
        for day in sorted(days, key=lambda day: (day is None, day or date.min))
    )


def _products(
    products: Mapping[Key, Sequence[tuple[OrderRow, LineRow]]], minutes: Mapping[int, int]
) -> Iterable[ProductRow]:
    for key, found in products.items():
        lines = [line for _order, line in found]
        yield ProductRow(
            *key,
            sum(line.to_prepare for line in lines),
            sum(line.ready for line in lines),
            len(lines),
            _due(found, minutes),
        )


def _due(
    found: Sequence[tuple[OrderRow, LineRow]], minutes: Mapping[int, int]
) -> tuple[ProductDue, ...]:
    times: dict[datetime | None, list[LineRow]] = {}
    for order, line in found:
        if line.to_prepare:
            times.setdefault(order.slot_starts_at, []).append(line)
    return tuple(
        ProductDue(by, begin_of(by, times[by], minutes), sum(line.to_prepare for line in times[by]))
        for by in sorted(times, key=lambda by: (by is None, by.timestamp() if by else 0))
    )


def _urgency(product: ProductRow) -> tuple[bool, float, int]:
    begin = product.begin
    return (begin is None, begin.timestamp() if begin else 0.0, -product.to_prepare)


def _to_make(line: LineRow) -> bool:
    return line.kind == LineKind.GOODS and line.to_prepare > 0
