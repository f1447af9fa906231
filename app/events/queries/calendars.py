"""What calendars are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.core.db import db
from app.events.models import CalendarFeed, Gathering, Registration
from app.events.queries.lists import SHOWN
from app.events.types import (
    CalendarRow,
    GatheringState,
    RegistrationState,
)


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
        query = query.where(Gathering.state.in_(SHOWN))
    if person_id is not None:
        query = query.join(Registration, Registration.gathering_id == Gathering.id).where(
            Registration.person_id == person_id,
            Registration.state == RegistrationState.CONFIRMED,
        )
    return [CalendarRow(*tuple(row)) for row in db.session.execute(query)]


def calendar_version(*, since: datetime, person_id: int | None = None) -> str:
    """Return a text that changes whenever the calendar would; cheap, so that unchanged is a 304."""
    query: Select[*tuple[Any, ...]] = select(
        func.count(), func.max(Gathering.changed_at), func.max(Gathering.id)
    ).where(Gathering.state != GatheringState.DRAFT, Gathering.ends_at >= since)
    if person_id is not None:
        query = query.add_columns(func.max(Registration.changed_at))
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
