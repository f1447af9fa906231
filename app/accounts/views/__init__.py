"""The pages of accounts, by subject, on one blueprint."""

from flask import Flask

from app.accounts.views import entering, people, texts
from app.accounts.views.people import bp

__all__ = ["bp", "connect", "entering", "people", "texts"]


def connect(app: Flask) -> None:
    """Tell the ground who a session belongs to, and open the town's texts."""
    people.connect(app)
    texts.connect(app)
