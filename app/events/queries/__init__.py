"""Reads of the events house; statements never grow with rows."""

from app.events.queries.calendars import calendar_rows, calendar_version, feed_generation
from app.events.queries.door import desk_counts, desk_row, desk_rows, lines_to_look_at
from app.events.queries.lists import (
    LIST_SIZE,
    drafts_of,
    gathered_by,
    gatherings_by_id,
    gatherings_on_day,
    gatherings_on_list,
    gatherings_soon,
)
from app.events.queries.one import (
    gathering_for,
    gathering_to_run,
    gathering_view,
    may_run,
    people_of,
    registration_by_code,
    registration_for,
    registrations_of,
)

__all__ = [
    "LIST_SIZE",
    "calendar_rows",
    "calendar_version",
    "desk_counts",
    "desk_row",
    "desk_rows",
    "drafts_of",
    "feed_generation",
    "gathered_by",
    "gathering_for",
    "gathering_to_run",
    "gathering_view",
    "gatherings_by_id",
    "gatherings_on_day",
    "gatherings_on_list",
    "gatherings_soon",
    "lines_to_look_at",
    "may_run",
    "people_of",
    "registration_by_code",
    "registration_for",
    "registrations_of",
]
