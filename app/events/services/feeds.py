"""A person's private calendar address: made on request, ended by making a new one."""

from datetime import datetime

from sqlalchemy import update

from app.core.access import Viewer
from app.core.db import changed, db
from app.core.errors import NotSignedInError
from app.events.models import CalendarFeed


def renew_feed(person: Viewer, *, at: datetime) -> int:
    """Make the first private address, or a new one; every older one stops to work."""
    if person.id is None:
        raise NotSignedInError
    touched = changed(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person.id)
        .values(generation=CalendarFeed.generation + 1, renewed_at=at)
    )
    if touched == 0:
        db.session.add(CalendarFeed(person_id=person.id, generation=1, renewed_at=at))
        db.session.flush()
    feed = db.session.get_one(CalendarFeed, person.id, populate_existing=True)
    return feed.generation
