"""What still binds a person to events that have not begun."""

from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.events.models import Gathering, Registration
from app.events.types import LIVE, GatheringState


def led_by(person_id: int, *, at: datetime) -> list[tuple[int, str]]:
    """Return published events that the person leads and that are not over."""
    wanted = select(Gathering.id, Gathering.title).where(
        Gathering.organiser_id == person_id,
        Gathering.state == GatheringState.PUBLISHED,
        Gathering.ends_at > at,
    )
    rows = db.session.execute(wanted.order_by(Gathering.starts_at).limit(20))
    return [(row.id, row.title) for row in rows]


def coming_of(person_id: int, *, at: datetime) -> list[tuple[int, str]]:
    """Return events that the person goes to, that take place and that have not begun."""
    wanted = (
        select(Gathering.id, Gathering.title)
        .join(Registration, Registration.gathering_id == Gathering.id)
        .where(
            Registration.person_id == person_id,
            Registration.state.in_(LIVE),
            Gathering.state == GatheringState.PUBLISHED,
            Gathering.starts_at > at,
        )
    )
    rows = db.session.execute(wanted.order_by(Gathering.starts_at).limit(20))
    return [(row.id, row.title) for row in rows]
