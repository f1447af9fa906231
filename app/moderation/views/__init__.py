"""The pages of moderation, by subject, on one blueprint."""

from app.moderation.views import reporting
from app.moderation.views.reporting import bp

__all__ = ["bp", "reporting"]
