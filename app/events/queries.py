"""Reads of the events house: lists, one gathering, one's own, the desk's list, calendars."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.lists import Page, decode_key, instant, keyset
from app.core.pools.models import Pool
from app.events import policies
from app.events.models import CalendarFeed, Gathering, Registration
from app.events.types import (
    LIVE,
    CalendarRow,
    DeskCounts,
    DeskRow,
    GatheringKind,
    GatheringRow,
    GatheringState,
    GatheringView,
    MyRow,
    RegistrationState,
    RegistrationView,
    tidy_code,
)
from app.places.models import Neighbourhood

LIST_SIZE = 24
_SHOWN = (GatheringState.PUBLISHED, GatheringState.CANCELLED)


def gathering_for(viewer: Viewer, gathering_id: int) -> Gathering:
    """Return a gathering; a draft only to those who run it."""
    gathering = db.session.get(Gathering, gathering_id)
    if gathering is None:
        raise NotFoundError
    if gathering.state == GatheringState.DRAFT and not policies.can_run(viewer, gathering):
        raise NotFoundError
    return gathering


def gathering_to_run(viewer: Viewer, gathering_id: int) -> Gathering:
    """Return a gathering to whoever may edit it and stand at its door; refuses everybody else."""
    gathering = gathering_for(viewer, gathering_id)
    policies.check_can_run(viewer, gathering)
    return gathering


def gathering_view(viewer: Viewer, gathering_id: int) -> GatheringView:
    """Return all that a gathering's page shows, the viewer's own registration included. One
    statement.
    """
    mine = aliased(Registration)
    waiting = (
        select(func.coalesce(func.sum(Registration.party), 0))
        .where(
            Registration.gathering_id == Gathering.id,
            Registration.state == RegistrationState.WAITING,
        )
        .scalar_subquery()
    )
    before_me = (
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.gathering_id == Gathering.id,
            Registration.state == RegistrationState.WAITING,
            tuple_(Registration.waiting_since, Registration.id)
            < tuple_(mine.waiting_since, mine.id),
        )
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            Gathering,
            Neighbourhood.name,
            Neighbourhood.name_en,
            User.name,
            Pool.total,
            Pool.taken,
            waiting,
            mine.id,
            mine.state,
            mine.party,
            mine.code,
            mine.arrived_at,
            mine.passed_over,
            before_me,
        )
        .join(User, User.id == Gathering.organiser_id)
        .join(Pool, Pool.id == Gathering.pool_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Gathering.neighbourhood_id)
        .outerjoin(
            mine,
            (mine.gathering_id == Gathering.id)
            & (mine.person_id == (viewer.id or 0))
            & mine.state.in_(LIVE),
        )
        .where(Gathering.id == gathering_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    gathering = row[0]
    if gathering.state == GatheringState.DRAFT and not policies.can_run(viewer, gathering):
        raise NotFoundError
    facts: tuple[Any, ...] = tuple(row)
    own = RegistrationView(*facts[7:]) if facts[7] is not None else None
    return replace(GatheringView(*facts[:7]), own=own, may_run=policies.can_run(viewer, gathering))


def _rows() -> Any:
    waiting = (
        select(func.count())
        .select_from(Registration)
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
    query = _rows().where(
        Gathering.state.in_(_SHOWN),
        Gathering.ends_at < at if is_past else Gathering.ends_at >= at,
    )
    if kind is not None:
        query = query.where(Gathering.kind == kind)
    if neighbourhood_id is not None:
        query = query.where(Gathering.neighbourhood_id == neighbourhood_id)
    if is_newest and not is_past:
        last = decode_key(after, int)
        query = query.order_by(Gathering.id.desc())
        if last:
            query = query.where(Gathering.id < last[0])
        rows = [GatheringRow(*row) for row in db.session.execute(query.limit(size + 1))]
        return keyset(rows, size, lambda row: (row.id,))
    place = tuple_(Gathering.starts_at, Gathering.id)
    decoded = decode_key(after, instant, int)
    key = None
    if decoded is not None:
        key = tuple_(literal(decoded[0], Gathering.starts_at.type), literal(decoded[1]))
    if is_past:
        query = query.order_by(Gathering.starts_at.desc(), Gathering.id.desc())
        query = query if key is None else query.where(place < key)
    else:
        query = query.order_by(Gathering.starts_at, Gathering.id)
        query = query if key is None else query.where(place > key)
    rows = [GatheringRow(*row) for row in db.session.execute(query.limit(size + 1))]
    return keyset(rows, size, lambda row: (row.starts_at, row.id))


def gatherings_soon(*, at: datetime, days: int = 7, limit: int = 3) -> list[GatheringRow]:
    """Return what takes place in the next days, soonest first; where nothing does, the next ones
    there are.
    """
    query = _rows().where(
        Gathering.state == GatheringState.PUBLISHED,
        Gathering.ends_at >= at,
        Gathering.starts_at < at + timedelta(days=days * 4),
    )
    query = query.order_by(Gathering.starts_at, Gathering.id).limit(limit)
    return [GatheringRow(*row) for row in db.session.execute(query)]


def drafts_of(viewer: Viewer) -> list[GatheringRow]:
    """Return the drafts that the viewer may finish, newest first."""
    if not policies.can_make(viewer):
        return []
    query = _rows().where(Gathering.state == GatheringState.DRAFT)
    if not viewer.has_role("operator", "planner"):
        query = query.where(Gathering.organiser_id == viewer.id)
    query = query.order_by(Gathering.id.desc()).limit(LIST_SIZE)
    return [GatheringRow(*row) for row in db.session.execute(query)]


def gatherings_by_id(gathering_ids: Iterable[int]) -> dict[int, GatheringRow]:
    """Return rows of gatherings by id, whatever their state, in one statement."""
    wanted = sorted(set(gathering_ids))
    if not wanted:
        return {}
    rows = db.session.execute(_rows().where(Gathering.id.in_(wanted)))
    return {row[0]: GatheringRow(*row) for row in rows}


def gatherings_on_day(start: datetime, end: datetime) -> list[GatheringRow]:
    """Return what starts within a span (a day of the town), soonest first."""
    query = _rows().where(
        Gathering.state == GatheringState.PUBLISHED,
        Gathering.starts_at >= start,
        Gathering.starts_at < end,
    )
    return [
        GatheringRow(*row)
        for row in db.session.execute(query.order_by(Gathering.starts_at, Gathering.id))
    ]


def registrations_of(viewer: Viewer, *, at: datetime, limit: int = 50) -> list[MyRow]:
    """Return the viewer's registrations: what is to come first, then what was."""
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.state,
            Registration.party,
            Registration.code,
            Registration.arrived_at,
            Gathering.id,
            Gathering.title,
            Gathering.title_en,
            Gathering.kind,
            Gathering.state,
            Gathering.place,
            Gathering.starts_at,
            Gathering.ends_at,
        )
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .where(Registration.person_id == (viewer.id or 0))
        .order_by(Gathering.starts_at.desc(), Registration.id.desc())
        .limit(limit)
    )
    found = [MyRow(*tuple(row)) for row in rows]
    to_come = [row for row in reversed(found) if row.ends_at >= at]
    return to_come + [row for row in found if row.ends_at < at]


def registration_for(viewer: Viewer, registration_id: int) -> tuple[Registration, Gathering]:
    """Return one's own registration with its gathering; those who run it see it too."""
    row = db.session.execute(
        select(Registration, Gathering)
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .where(Registration.id == registration_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    registration, gathering = row
    if registration.person_id != viewer.id and not policies.can_run(viewer, gathering):
        raise NotFoundError
    return registration, gathering


def registration_by_code(code: str) -> tuple[int, int, int | None] | None:
    """Return (registration, gathering, person) behind a code, or None."""
    row = db.session.execute(
        select(Registration.id, Registration.gathering_id, Registration.person_id).where(
            Registration.code == (tidy_code(code) or "")
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


_NAME = func.coalesce(User.name, Registration.walk_in_name)


def _desk() -> Any:
    let_in_by = aliased(User)
    return (
        select(
            Registration.id,
            Registration.person_id,
            _NAME,
            Registration.party,
            Registration.code,
            Registration.state,
            Registration.arrived,
            Registration.arrived_at,
            let_in_by.name,
        )
        .outerjoin(User, User.id == Registration.person_id)
        .outerjoin(let_in_by, let_in_by.id == Registration.arrived_by_id)
    )


def desk_rows(gathering_id: int, words: str = "", *, limit: int = 500) -> list[DeskRow]:
    """Return who is expected, not there yet first; `words` is part of a name or of a code."""
    query = (
        _desk()
        .where(Registration.gathering_id == gathering_id, Registration.state.in_(LIVE))
        .order_by(
            case((Registration.state == RegistrationState.WAITING, 1), else_=0),
            case((Registration.arrived_at.is_(None), 0), else_=1),
            func.lower(_NAME),
            Registration.id,
        )
        .limit(limit)
    )
    if words:
        code = tidy_code(words) or "".join(words.upper().split())
        query = query.where(
            or_(
                _NAME.icontains(words, autoescape=True),
                Registration.code.startswith(code, autoescape=True),
            )
        )
    return [DeskRow(*row) for row in db.session.execute(query)]


def desk_row(registration_id: int) -> DeskRow:
    """Return one party as the desk sees it."""
    return DeskRow(*db.session.execute(_desk().where(Registration.id == registration_id)).one())


def may_run(viewer: Viewer, gathering: Gathering) -> bool:
    """Whether the viewer may edit the gathering and stand at its door."""
    return policies.can_run(viewer, gathering)


def desk_counts(gathering_id: int) -> DeskCounts:
    """Return how many people are expected, there, waiting, and how many seats are free. One
    statement.
    """
    confirmed = Registration.state == RegistrationState.CONFIRMED
    row = db.session.execute(
        select(
            Gathering.moves,
            Pool.total,
            Pool.taken,
            func.coalesce(func.sum(case((confirmed, Registration.party), else_=0)), 0),
            func.coalesce(func.sum(Registration.arrived), 0),
            func.coalesce(
                func.sum(
                    case(
                        (Registration.state == RegistrationState.WAITING, Registration.party),
                        else_=0,
                    )
                ),
                0,
            ),
        )
        .join(Pool, Pool.id == Gathering.pool_id)
        .outerjoin(
            Registration,
            (Registration.gathering_id == Gathering.id) & Registration.state.in_(LIVE),
        )
        .where(Gathering.id == gathering_id)
        .group_by(Gathering.id, Gathering.moves, Pool.total, Pool.taken)
    ).one()
    return DeskCounts(*row)


def people_of(gathering_id: int) -> list[tuple[int, int, RegistrationState]]:
    """Return (person, registration, state) of all who come or wait; walk-ins cannot be told."""
    rows = db.session.execute(
        select(Registration.person_id, Registration.id, Registration.state)
        .where(
            Registration.gathering_id == gathering_id,
            Registration.state.in_(LIVE),
            Registration.person_id.is_not(None),
        )
        .order_by(Registration.id)
    )
    return [(person, number, state) for person, number, state in rows if person is not None]


def lines_to_look_at(*, at: datetime) -> list[int]:
    """Return the gatherings to come where somebody waits while seats are free."""
    waiting = (
        select(Registration.id)
        .where(
            Registration.gathering_id == Gathering.id,
            Registration.state == RegistrationState.WAITING,
        )
        .exists()
    )
    rows = db.session.scalars(
        select(Gathering.id)
        .join(Pool, Pool.id == Gathering.pool_id)
        .where(
            Gathering.state == GatheringState.PUBLISHED,
            Gathering.ends_at > at,
            or_(Pool.total.is_(None), Pool.taken < Pool.total),
            waiting,
        )
        .order_by(Gathering.id)
    )
    return list(rows)


def gathered_by(person_id: int, *, limit: int = 6) -> list[GatheringRow]:
    """Return where a person was or is going, latest first, for a public profile: only what was
    attended.
    """
    query = (
        _rows()
        .join(Registration, Registration.gathering_id == Gathering.id)
        .where(
            Registration.person_id == person_id,
            Registration.arrived_at.is_not(None),
            Gathering.state != GatheringState.DRAFT,
        )
        .order_by(Gathering.starts_at.desc(), Gathering.id.desc())
        .limit(limit)
    )
    return [GatheringRow(*row) for row in db.session.execute(query)]


def calendar_rows(
    *,
    since: datetime,
    person_id: int | None = None,
    gathering_id: int | None = None,
    limit: int = 500,
) -> Sequence[CalendarRow]:
    """Return what a calendar shows: published and called-off gatherings, of one person where it is
    given.
    """
    query = (
        select(
            Gathering.id,
            Gathering.uid,
            Gathering.title,
            Gathering.title_en,
            Gathering.description,
            Gathering.description_en,
            Gathering.state,
            Gathering.place,
            Gathering.lat,
            Gathering.lng,
            Gathering.kind,
            Gathering.starts_at,
            Gathering.ends_at,
            Gathering.sequence,
            Gathering.created_at,
            Gathering.changed_at,
            Gathering.cancelled_because,
        )
        .where(Gathering.state != GatheringState.DRAFT, Gathering.ends_at >= since)
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(limit)
    )
    if gathering_id is not None:
        query = query.where(Gathering.id == gathering_id)
    elif person_id is None:
        query = query.where(Gathering.state.in_(_SHOWN))
    if person_id is not None:
        query = query.join(Registration, Registration.gathering_id == Gathering.id).where(
            Registration.person_id == person_id,
            Registration.state == RegistrationState.CONFIRMED,
        )
    return [CalendarRow(*tuple(row)) for row in db.session.execute(query)]


def calendar_version(*, since: datetime, person_id: int | None = None) -> str:
    """Return a text that changes whenever the calendar would; cheap, so that unchanged is a 304."""
    query = select(func.count(), func.max(Gathering.changed_at), func.max(Gathering.id)).where(
        Gathering.state != GatheringState.DRAFT, Gathering.ends_at >= since
    )
    if person_id is not None:
        query = query.join(Registration, Registration.gathering_id == Gathering.id).where(
            Registration.person_id == person_id,
            Registration.state == RegistrationState.CONFIRMED,
        )
    found: tuple[Any, ...] = tuple(db.session.execute(query).one())
    return ":".join(str(part) for part in found)


def feed_generation(person_id: int) -> int | None:
    """Return which generation of a person's private calendar address is valid, or None."""
    return db.session.scalar(
        select(CalendarFeed.generation).where(CalendarFeed.person_id == person_id)
    )
