"""What the desk at the door sees, and which lines have free seats."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.db import db
from app.core.pools.models import Pool
from app.events.models import Gathering, Registration
from app.events.types import (
    LIVE,
    DeskCounts,
    DeskRow,
    GatheringState,
    RegistrationState,
    tidy_code,
)

_NAME = func.coalesce(User.name, Registration.walk_in_name)


@cache
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
