"""Bookable times of services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, or_, select

from app.core import clock
from app.core.db import fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pools.models import Hold, Pool
from app.core.pools.queries import pools_where
from app.merchants.errors import TimeTakenError
from app.merchants.models import (
    AvailabilityRule,
    Listing,
    ListingResource,
    OpeningSpanEntry,
    Resource,
    ServiceTerms,
    TimeException,
)
from app.merchants.policies.times import (
    Span,
    WeeklyRule,
    bookable_times,
    free_stretches,
    quantum_key,
    working_spans,
)
from app.merchants.types import (
    QUANTUM_POOL,
    DayException,
    OpeningSpan,
    ResourceKind,
    ServiceTermsRow,
    TimeChoice,
)

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
_TERMS = (ServiceTerms.before_minutes, ServiceTerms.place, ServiceTerms.joining)
_TERMS_OF: Any = select(*_TERMS).where(ServiceTerms.listing_id == bindparam("listing_id"))
_EXCEPTION = (
    TimeException.id, TimeException.resource_id, TimeException.day, TimeException.starts_minute,
    TimeException.ends_minute, TimeException.is_extra, TimeException.note,
)  # fmt: skip
_IN_DAYS: Any = TimeException.day.between(bindparam("first"), bindparam("last"))
_RULES_OF: Any = (
    select(
        Resource.id, Resource.kind, Resource.name_zh, Resource.name_en, AvailabilityRule.weekday,
        AvailabilityRule.starts_minute, AvailabilityRule.ends_minute, *_TERMS, *_EXCEPTION,
    )
    .join(ListingResource, ListingResource.resource_id == Resource.id)
    .outerjoin(AvailabilityRule, AvailabilityRule.resource_id == Resource.id)
    .outerjoin(ServiceTerms, ServiceTerms.listing_id == ListingResource.listing_id)
    .outerjoin(TimeException, and_(TimeException.resource_id == Resource.id, _IN_DAYS))
    .where(ListingResource.listing_id == bindparam("listing_id"), Resource.archived_at.is_(None))
    .order_by(Resource.id)
)  # fmt: skip
_EXCEPTIONS_OF: Any = (
    select(*_EXCEPTION)
    .where(TimeException.resource_id.in_(bindparam("resource_ids", expanding=True)), _IN_DAYS)
    .order_by(TimeException.day, TimeException.starts_minute, TimeException.id)
)
_ONE_EXCEPTION: Any = (
    select(*_EXCEPTION)
    .join(Resource, Resource.id == TimeException.resource_id)
    .where(
        TimeException.id == bindparam("exception_id"),
        Resource.merchant_id == bindparam("merchant_id"),
    )
)
_NAMES_OF: Any = select(Resource.id, Resource.name_zh, Resource.name_en).where(
    Resource.id.in_(bindparam("resource_ids", expanding=True))
)
_KEYS_OF: Any = (
    select(Hold.id, Pool.subject_key)
    .join(Pool, Pool.id == Hold.pool_id)
    .where(Hold.id.in_(bindparam("hold_ids", expanding=True)), Pool.kind == QUANTUM_POOL)
)


@dataclass(slots=True)
class Helper:
    """One who may carry out a service, and their week."""

    id: int
    kind: ResourceKind
    name_zh: str
    name_en: str
    rules: set[WeeklyRule]
    exceptions: dict[int, DayException]


@dataclass(frozen=True, slots=True)
class Times:
    """When a service can be booked, who carries it out, and how it is done."""

    choices: list[TimeChoice]
    helpers: list[Helper]
    terms: ServiceTermsRow

    def of(self, person_id: int | None) -> list[TimeChoice]:
        """Return the times of one person, each with them chosen; of whoever is free for None."""
        if person_id is None:
            return self.choices
        return [one.with_one(person_id) for one in self.choices if person_id in one.resource_ids]

    @property
    def people(self) -> list[Helper]:
        """Whom one may choose: those of the first kind, where there are several."""
        kinds = sorted({one.kind for one in self.helpers}, key=list(ResourceKind).index)
        found = [one for one in self.helpers if kinds and one.kind == kinds[0]]
        return found if len(found) > 1 else []


def times_for(
    listing_id: int, *, at: datetime, days: int | None = None, mine: Iterable[str] = ()
) -> list[TimeChoice]:
    """Return the starts at which a service can be booked from now on; refuses what is no
    service. Quarters of an hour that are `mine` count as free.
    """
    return times_with(listing_id, at=at, days=days, mine=mine).choices


def times_with(
    listing_id: int, *, at: datetime, days: int | None = None, mine: Iterable[str] = ()
) -> Times:
    """Return those times with the people who have them; refuses what is no service."""
    listing = fetch_one(_BOOKABLE, listing_id=listing_id)
    if listing is None or listing.duration_minutes is None:
        raise NotFoundError
    return times_of(listing_id, listing, at=at, days=days, mine=mine)


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
    listing_id: int,
    listing: Bookable | Any,
    *,
    at: datetime,
    days: int | None = None,
    mine: Iterable[str] = (),
) -> Times:
    """Return the starts at which a service that is at hand can be booked; three statements."""
    ahead = listing.days_ahead if days is None else days
    first = clock.local(at).date()
    last = first + timedelta(days=ahead)
    latest = clock.day_span(last)[1]
    opening = _opening(listing.merchant_id, at, latest)
    helpers, terms = _helpers(listing_id, first, last)
    work = {
        one.id: working_spans(
            list(one.rules), opening, list(one.exceptions.values()),
            first=first, days=ahead, zone=clock.site_zone(),
        )
        for one in helpers
    }  # fmt: skip
    choices = bookable_times(
        listing_id,
        work,
        _busy(work, at, latest) - set(mine),
        {one.id: one.kind for one in helpers},
        minutes=listing.duration_minutes or 0,
        before=terms.before_minutes,
        after=listing.buffer_minutes,
        earliest=at + timedelta(minutes=listing.lead_minutes),
        latest=latest,
    )
    return Times(choices, helpers, terms)


def time_for(listing_id: int, key: str, *, at: datetime, mine: Iterable[str] = ()) -> TimeChoice:
    """Return the bookable time with this key, with whom it names chosen; refuses one that is
    taken, past or not offered.
    """
    start, _dot, person = key.partition(".")
    for choice in times_for(listing_id, at=at, mine=mine):
        if choice.key != start:
            continue
        if not person:
            return choice
        chosen = [one for one in choice.resource_ids if f"{one:x}" == person]
        if chosen:
            return choice.with_one(chosen[0])
    raise TimeTakenError(time_key=key)


def exceptions_of(
    resource_ids: Sequence[int], *, first: date, last: date
) -> list[DayException]:  # fmt: skip
    """Return what is said of single days of some people, from one day to another."""
    if not resource_ids:
        return []
    rows = fetch(_EXCEPTIONS_OF, resource_ids=list(resource_ids), first=first, last=last)
    return [DayException(*row) for row in rows]


def names_of_resources(resource_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the names of people, chairs and rooms, in both languages, by id."""
    wanted = sorted(set(resource_ids))
    if not wanted:
        return {}
    return {row[0]: (row[1], row[2]) for row in fetch(_NAMES_OF, resource_ids=wanted)}


def quanta_held(hold_ids: Sequence[int]) -> dict[str, int]:
    """Return which quarters of an hour some holds keep: the hold by its key, which begins with
    the resource.
    """
    if not hold_ids:
        return {}
    return {row[1]: row[0] for row in fetch(_KEYS_OF, hold_ids=list(hold_ids))}


def by_day(times: Sequence[TimeChoice]) -> list[tuple[date, list[TimeChoice]]]:
    """Return times by the day of the town on which they begin."""
    days: dict[date, list[TimeChoice]] = {}
    for time in times:
        days.setdefault(clock.local(time.starts_at).date(), []).append(time)
    return list(days.items())


def service_terms_of(listing_id: int) -> ServiceTermsRow:
    """Return how a service is done; at the shop and without a pause where nothing is said."""
    row = fetch_one(_TERMS_OF, listing_id=listing_id)
    return ServiceTermsRow(*row) if row else ServiceTermsRow()


def _opening(merchant_id: int, at: datetime, latest: datetime) -> list[OpeningSpan]:
    rows = fetch(_OPENING, merchant_id=merchant_id, at=at, latest=latest)
    return [OpeningSpan(*row) for row in rows]


def _helpers(
    listing_id: int, first: date, last: date
) -> tuple[list[Helper], ServiceTermsRow]:  # fmt: skip
    """Return who may carry a service out with their weeks and days; one statement, in which each
    rule stands beside each exception.
    """
    found: dict[int, Helper] = {}
    terms = ServiceTermsRow()
    for row in fetch(_RULES_OF, listing_id=listing_id, first=first, last=last):
        made = Helper(row[0], row[1], row[2], row[3], set(), {})
        helper = found.setdefault(row[0], made)
        if row[4] is not None:
            helper.rules.add((row[4], row[5], row[6]))
        if row[7] is not None:
            terms = ServiceTermsRow(*row[7:10])
        if row[10] is not None:
            helper.exceptions[row[10]] = DayException(*row[10:])
    return list(found.values()), terms


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


def free_between(
    merchant_id: int,
    weeks: Mapping[int, Sequence[WeeklyRule]],
    exceptions: Sequence[DayException],
    *,
    first: date,
    days: int,
    at: datetime,
) -> dict[int, list[Span]]:
    """Return when each of a shop's people works and is not taken in some days, given their weeks;
    the shop's calendar shows it.
    """
    since = clock.day_span(first)[0]
    until = clock.day_span(first + timedelta(days=days - 1))[1]
    opening = _opening(merchant_id, since, until)
    busy = _busy(weeks, since, until)
    found = {}
    for resource_id, rules in weeks.items():
        own = [row for row in exceptions if row.resource_id == resource_id]
        worked = working_spans(
            rules, opening, own, first=first, days=days - 1, zone=clock.site_zone()
        )
        within = [(max(begin, since, at), min(end, until)) for begin, end in worked]
        found[resource_id] = free_stretches(resource_id, within, busy)
    return found


def exception_for(merchant_id: int, exception_id: int) -> DayException:
    """Return what is said of a day of one of a shop's people; refuses another shop's."""
    row = fetch_one(_ONE_EXCEPTION, exception_id=exception_id, merchant_id=merchant_id)
    if row is None:
        raise NotFoundError
    return DayException(*row)
