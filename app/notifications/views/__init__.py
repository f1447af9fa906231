"""Pages of the notifications house, by subject, on one blueprint."""

from app.notifications.views import desk, inbox, robots, saved, wishes
from app.notifications.views.blueprint import bp

__all__ = ["bp", "desk", "inbox", "robots", "saved", "wishes"]
