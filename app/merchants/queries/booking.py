"""Bookable times of services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, or_, select

from app.core import clock
from app.core.db import fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pools.models import Pool
from app.core.pools.queries import pools_where
from app.merchants.errors import TimeTakenError
from app.merchants.models import (
    AvailabilityRule,
    Listing,
    ListingResource,
    OpeningSpanEntry,
    Resource,
)
from app.merchants.policies.times import WeeklyRule, bookable_times, quantum_key, working_spans
from app.merchants.types import QUANTUM_POOL, OpeningSpan, TimeChoice

_BOOKABLE: Any = select(
    Listing.merchant_id, Listing.duration_minutes, Listing.buffer_minutes,
    Listing.lead_minutes, Listing.days_ahead,
).where(Listing.id == bindparam("listing_id"))  # fmt: skip
_OPENING: Any = (
    select(OpeningSpanEntry.starts_at, OpeningSpanEntry.ends_at)
    .where(
        OpeningSpanEntry.merchant_id == bindparam("merchant_id"),
        OpeningSpanEntry.ends_at > bindparam("at"),
        OpeningSpanEntry.starts_at < bindparam("latest"),
    )
    .order_by(OpeningSpanEntry.starts_at)
)
_RULES_OF: Any = (
    select(
        Resource.id, AvailabilityRule.weekday, AvailabilityRule.starts_minute,
        AvailabilityRule.ends_minute,
    )
    .join(ListingResource, ListingResource.resource_id == Resource.id)
    .outerjoin(AvailabilityRule, AvailabilityRule.resource_id == Resource.id)
    .where(ListingResource.listing_id == bindparam("listing_id"), Resource.archived_at.is_(None))
    .order_by(Resource.id)
)  # fmt: skip


def times_for(listing_id: int, *, at: datetime, days: int | None = None) -> list[TimeChoice]:
    """Return the starts at which a service can be booked from now on; refuses what is no
    service.
    """
    listing = fetch_one(_BOOKABLE, listing_id=listing_id)
    if listing is None or listing.duration_minutes is None:
        raise NotFoundError
    return times_of(listing_id, listing, at=at, days=days)


class Bookable(Protocol):
    """What must be known of a service to find its times."""

    @property
    def merchant_id(self) -> int: ...  # noqa: D102
    @property
    def duration_minutes(self) -> int | None: ...  # noqa: D102
    @property
    def buffer_minutes(self) -> int: ...  # noqa: D102
    @property
    def lead_minutes(self) -> int: ...  # noqa: D102
    @property
    def days_ahead(self) -> int: ...  # noqa: D102


def times_of(
    listing_id: int, listing: Bookable | Any, *, at: datetime, days: int | None = None
) -> list[TimeChoice]:
    """Return the starts at which a service that is at hand can be booked; three statements."""
    ahead = listing.days_ahead if days is None else days
    first = clock.local(at).date()
    latest = clock.day_span(first + timedelta(days=ahead))[1]
    opening = _opening(listing.merchant_id, at, latest)
    resources = _rules_of_resources(listing_id)
    work = {
        resource_id: working_spans(
            rules, opening, first=first, days=ahead, zone=clock.site_zone()
        )
        for resource_id, rules in resources.items()
    }  # fmt: skip
    return bookable_times(
        listing_id,
        work,
        _busy(resources, at, latest),
        minutes=listing.duration_minutes or 0,
        buffer=listing.buffer_minutes,
        earliest=at + timedelta(minutes=listing.lead_minutes),
        latest=latest,
    )


def time_for(listing_id: int, key: str, *, at: datetime) -> TimeChoice:
    """Return the bookable time with this key; refuses one that is taken, past or not offered."""
    for choice in times_for(listing_id, at=at):
        if choice.key == key:
            return choice
    raise TimeTakenError(time_key=key)


def _opening(merchant_id: int, at: datetime, latest: datetime) -> list[OpeningSpan]:
    rows = fetch(_OPENING, merchant_id=merchant_id, at=at, latest=latest)
    return [OpeningSpan(*row) for row in rows]


def _rules_of_resources(listing_id: int) -> dict[int, list[WeeklyRule]]:
    found: dict[int, list[WeeklyRule]] = {}
    for resource_id, weekday, starts, ends in fetch(_RULES_OF, listing_id=listing_id):
        rules = found.setdefault(resource_id, [])
        if weekday is not None:
            rules.append((weekday, starts, ends))
    return found


def _busy(resource_ids: Iterable[int], at: datetime, latest: datetime) -> set[str]:
    """Return the keys of taken quanta: keys sort by resource, then time, so that each is
    one range.
    """
    ranges = [
        Pool.subject_key.between(
            quantum_key(resource_id, at - timedelta(days=1)),
            quantum_key(resource_id, latest + timedelta(days=1)),
        )
        for resource_id in resource_ids
    ]
    if not ranges:
        return set()
    condition: Any = Pool.kind == QUANTUM_POOL
    rows = pools_where(condition & or_(*ranges), at=at)
    return {row.subject_key for row in rows if row.free is not None and row.free <= 0}
