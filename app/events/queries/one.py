"""One gathering and one registration, each only for who may see it."""

from collections import namedtuple
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.access import Viewer
from app.core.db import db, fetch_one
from app.core.errors import NotFoundError
from app.core.pools.models import Pool
from app.events import policies
from app.events.models import Gathering, Registration
from app.events.types import (
    LIVE,
    GatheringState,
    GatheringView,
    MyRow,
    RegistrationState,
    RegistrationView,
    tidy_code,
)
from app.places.models import Neighbourhood

# A gathering as its page reads it: every column, and no entity of the session.
_Gathering: Any = namedtuple("_Gathering", Gathering.__table__.columns.keys())  # type: ignore[misc]
_WIDTH = len(_Gathering._fields)


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


@cache
def _view() -> Any:
    """Build the statement of a gathering's page once: building it costs more than asking it."""
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
    return (
        select(
            *Gathering.__table__.columns,
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
            & (mine.person_id == bindparam("viewer_id"))
            & mine.state.in_(LIVE),
        )
        .where(Gathering.id == bindparam("gathering_id"))
    )


def gathering_view(viewer: Viewer, gathering_id: int) -> GatheringView:
    """Return all that a gathering's page shows, the viewer's own registration included. One
    statement.
    """
    wanted = {"gathering_id": gathering_id, "viewer_id": viewer.id or 0}
    row = fetch_one(_view(), **wanted)
    if row is None:
        raise NotFoundError
    gathering: Any = _Gathering._make(row[:_WIDTH])
    if gathering.state == GatheringState.DRAFT and not policies.can_run(viewer, gathering):
        raise NotFoundError
    facts: tuple[Any, ...] = row[_WIDTH:]
    own = RegistrationView(*facts[6:]) if facts[6] is not None else None
    shown: tuple[Any, ...] = (gathering, *facts[:6], own, policies.can_run(viewer, gathering))
    return GatheringView(*shown)


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


def may_run(viewer: Viewer, gathering: Gathering) -> bool:
    """Whether the viewer may edit the gathering and stand at its door."""
    return policies.can_run(viewer, gathering)


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
