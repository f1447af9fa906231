"""Timed work of the events house."""

from datetime import datetime

from app.core.access import SYSTEM
from app.core.db import transaction
from app.core.jobs.registry import every
from app.events import queries
from app.events.services.registrations import at_the_door, seat_the_line


@every(minutes=5, key="events.lines")
def look_at_lines(now: datetime) -> None:
    """Give seats that stayed free to those who have waited long enough to step past the others."""
    for gathering_id in queries.lines_to_look_at(at=now):
        with transaction():
            seat_the_line(SYSTEM, at_the_door(gathering_id), at=now, freed=False)
