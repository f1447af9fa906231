"""Lists of gatherings: to come, past, soon, on a day, by a person."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, func, select, tuple_

from app.core.access import Viewer
from app.core.db import UtcDateTime, db, fetch
from app.core.lists import Page, decode_key, instant, keyset
from app.core.pools.models import Pool
from app.events import policies
from app.events.models import Gathering, Registration
from app.events.types import (
    GatheringKind,
    GatheringRow,
    GatheringState,
    RegistrationState,
)
from app.places.models import Neighbourhood

LIST_SIZE = 24


SHOWN = (GatheringState.PUBLISHED, GatheringState.CANCELLED)


@cache
def gathering_columns() -> Any:
    """Return the select that a `GatheringRow` is read from; built once, for building costs more
    than asking.
    """
    waiting = (
        select(func.coalesce(func.sum(Registration.party), 0))
        .where(
            Registration.gathering_id == Gathering.id,
            Registration.state == RegistrationState.WAITING,
        )
        .correlate(Gathering)
        .scalar_subquery()
    )
    return (
        select(
            Gathering.id,
            Gathering.title,
            Gathering.title_en,
            Gathering.kind,
            Gathering.state,
            Gathering.place,
            Gathering.starts_at,
            Gathering.ends_at,
            Gathering.picture_id,
            Gathering.lat,
            Gathering.lng,
            Neighbourhood.name,
            Neighbourhood.name_en,
            Pool.total,
            Pool.taken,
            waiting,
        )
        .join(Pool, Pool.id == Gathering.pool_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Gathering.neighbourhood_id)
    )


def gatherings_on_list(
    *,
    at: datetime,
    is_past: bool = False,
    kind: GatheringKind | None = None,
    neighbourhood_id: int | None = None,
    is_newest: bool = False,
    after: str | None = None,
    size: int = LIST_SIZE,
) -> Page[GatheringRow]:
    """Return what is to come (soonest first, or newest made first), or what was (latest first)."""
    is_newest = is_newest and not is_past
    key = decode_key(after, int) if is_newest else decode_key(after, instant, int)
    wanted = _list(
        is_past=is_past,
        of_kind=kind is not None,
        in_neighbourhood=neighbourhood_id is not None,
        is_newest=is_newest,
        is_further=key is not None,
    )
    values = {"at": at, "kind": kind, "neighbourhood_id": neighbourhood_id, "size": size + 1}
    if key is not None:
        values |= {"last_id": key[-1], "last_at": key[0]}
    rows = [GatheringRow._make(row) for row in fetch(wanted, **values)]
    if is_newest:
        return keyset(rows, size, lambda row: (row.id,))
    return keyset(rows, size, lambda row: (row.starts_at, row.id))


@cache
def _list(
    *, is_past: bool, of_kind: bool, in_neighbourhood: bool, is_newest: bool, is_further: bool
) -> Any:
    at = bindparam("at", type_=UtcDateTime)
    query = gathering_columns().where(
        Gathering.state.in_(SHOWN), Gathering.ends_at < at if is_past else Gathering.ends_at >= at
    )
    if of_kind:
        query = query.where(Gathering.kind == bindparam("kind"))
    if in_neighbourhood:
        query = query.where(Gathering.neighbourhood_id == bindparam("neighbourhood_id"))
    if is_further:
        query = query.where(_beyond(is_past=is_past, is_newest=is_newest))
    return query.order_by(*_order(is_past=is_past, is_newest=is_newest)).limit(bindparam("size"))


def _beyond(*, is_past: bool, is_newest: bool) -> Any:
    last_id = bindparam("last_id", type_=Integer)
    if is_newest:
        return Gathering.id < last_id
    place = tuple_(Gathering.starts_at, Gathering.id)
    last = tuple_(bindparam("last_at", type_=UtcDateTime), last_id)
    return place < last if is_past else place > last


def _order(*, is_past: bool, is_newest: bool) -> tuple[Any, ...]:
    if is_newest:
        return (Gathering.id.desc(),)
    if is_past:
        return (Gathering.starts_at.desc(), Gathering.id.desc())
    return (Gathering.starts_at, Gathering.id)


def gatherings_soon(*, at: datetime, days: int = 7, limit: int = 3) -> list[GatheringRow]:
    """Return what takes place in the next days, soonest first; where nothing does, the next ones
    there are.
    """
    rows = fetch(_soon(), at=at, latest=at + timedelta(days=days * 4), size=limit)
    return [GatheringRow._make(row) for row in rows]


@cache
def _soon() -> Any:
    return (
        gathering_columns()
        .where(
            Gathering.state == GatheringState.PUBLISHED,
            Gathering.ends_at >= bindparam("at"),
            Gathering.starts_at < bindparam("latest"),
        )
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(bindparam("size"))
    )


def drafts_of(viewer: Viewer) -> list[GatheringRow]:
    """Return the drafts that the viewer may finish, newest first."""
    if not policies.can_make(viewer):
        return []
    query = gathering_columns().where(Gathering.state == GatheringState.DRAFT)
    if not viewer.has_role("operator", "planner"):
        query = query.where(Gathering.organiser_id == viewer.id)
    query = query.order_by(Gathering.id.desc()).limit(LIST_SIZE)
    return [GatheringRow._make(row) for row in db.session.execute(query)]


def gatherings_by_id(gathering_ids: Iterable[int]) -> dict[int, GatheringRow]:
    """Return rows of gatherings by id, whatever their state, in one statement."""
    wanted = sorted(set(gathering_ids))
    if not wanted:
        return {}
    rows = db.session.execute(gathering_columns().where(Gathering.id.in_(wanted)))
    return {row[0]: GatheringRow._make(row) for row in rows}


def gatherings_on_day(start: datetime, end: datetime) -> list[GatheringRow]:
    """Return what starts within a span (a day of the town), soonest first."""
    query = gathering_columns().where(
        Gathering.state == GatheringState.PUBLISHED,
        Gathering.starts_at >= start,
        Gathering.starts_at < end,
    )
    return [
        GatheringRow._make(row)
        for row in db.session.execute(query.order_by(Gathering.starts_at, Gathering.id))
    ]


def gathered_by(person_id: int, *, limit: int = 6) -> list[GatheringRow]:
    """Return where a person was or is going, latest first, for a public profile: only what was
    attended.
    """
    query = (
        gathering_columns()
        .join(Registration, Registration.gathering_id == Gathering.id)
        .where(
            Registration.person_id == person_id,
            Registration.arrived_at.is_not(None),
            Gathering.state != GatheringState.DRAFT,
        )
        .order_by(Gathering.starts_at.desc(), Gathering.id.desc())
        .limit(limit)
    )
    return [GatheringRow._make(row) for row in db.session.execute(query)]
