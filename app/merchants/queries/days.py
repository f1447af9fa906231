"""Goods made to order: for which day they can be had, and how many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from app.core import clock
from app.core.pools.queries import pools_by_key
from app.merchants.policies.days import day_key
from app.merchants.types.limits import DAY_POOL

LAST_MINUTE = time(23, 59)


def first_day(lead_days: int, *, at: datetime) -> date:
    """Return the first day for which something that needs so many days can be ordered."""
    return clock.local(at).date() + timedelta(days=lead_days)


def last_moment(lead_days: int, *, day: date) -> datetime:
    """Return until when something that needs so many days can be ordered for one of them."""
    return clock.at_local(day - timedelta(days=lead_days), LAST_MINUTE)


def free_on_days(
    totals: Mapping[int, int], days: Iterable[date], *, at: datetime
) -> dict[tuple[int, date], int | None]:
    """Return how many can still be made of each listing for each day, given how many a shop makes
    of it on one. One statement, and none for nothing.
    """
    wanted = [(listing_id, day) for day in days for listing_id in totals]
    pools = pools_by_key(DAY_POOL, [day_key(*one) for one in wanted], at=at)
    found: dict[tuple[int, date], int | None] = {}
    for listing_id, day in wanted:
        pool = pools.get(day_key(listing_id, day))
        found[listing_id, day] = totals[listing_id] if pool is None else pool.free
    return found
