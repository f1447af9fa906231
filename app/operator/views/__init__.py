"""The operator's pages, by subject, on one blueprint."""

from app.operator.views import money, people, review, shops, today, town, trail
from app.operator.views.blueprint import bp

__all__ = ["bp", "money", "people", "review", "shops", "today", "town", "trail"]
