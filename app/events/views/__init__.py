"""The pages of events, by subject, on one blueprint."""

from app.events.views import calendars, coming, door, planning
from app.events.views.blueprint import bp

__all__ = ["bp", "calendars", "coming", "door", "planning"]
