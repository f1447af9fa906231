"""The pages of accounts, by subject, on one blueprint."""

from app.accounts.views import people
from app.accounts.views.people import bp, connect

__all__ = ["bp", "connect", "people"]
