"""The residents' pages of merchants, by subject, on one blueprint."""

from app.merchants.views import asking, lists, pages, reviewing
from app.merchants.views.blueprint import bp

__all__ = ["asking", "bp", "lists", "pages", "reviewing"]
