"""What events forget of a person who leaves: seats still held are given back."""

from datetime import datetime

from sqlalchemy import delete, select, update

from app.accounts.queries import viewer_as
from app.accounts.types import Leaving
from app.core.db import changed, db
from app.events.models import CalendarFeed, Gathering, Registration
from app.events.services.registrations import leave
from app.events.types import LIVE, GatheringState


def forget_person(leaving: Leaving, at: datetime) -> dict[str, int]:
    """Sign the person off from what has not begun, and end their private calendar address."""
    who = leaving.person_id
    coming = (
        select(Registration.id)
        .join(Gathering, Registration.gathering_id == Gathering.id)
        .where(
            Registration.person_id == who,
            Registration.state.in_(LIVE),
            Registration.arrived_at.is_(None),
            Gathering.state == GatheringState.PUBLISHED,
            Gathering.starts_at > at,
        )
    )
    ids = list(db.session.scalars(coming))
    for registration_id in ids:
        leave(viewer_as(who), registration_id, at=at)
    feeds = changed(delete(CalendarFeed).where(CalendarFeed.person_id == who))
    return {"registrations": len(ids), "calendar_feeds": feeds}


def forget_walk_ins(before: datetime) -> int:
    """Empty the names of walk-ins at events before an instant; return how many."""
    named = (Registration.walk_in_name.is_not(None)) & (Registration.walk_in_name != "–")
    old = update(Registration).where(named, Registration.created_at < before)
    return changed(old.values(walk_in_name="–"))
