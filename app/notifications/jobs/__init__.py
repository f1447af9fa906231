"""What the notifications house does in the worker, by subject."""

from app.notifications.jobs import alarms, channels, following, sights
from app.notifications.jobs.following import follow

__all__ = ["alarms", "channels", "follow", "following", "sights"]
