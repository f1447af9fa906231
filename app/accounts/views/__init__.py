"""The pages of accounts, by subject, on one blueprint."""

from flask import Flask

from app.accounts.views import (
    children,
    entering,
    numbers,
    own,
    passkeys,
    people,
    proving,
    texts,
    ways,
    whose,
)
from app.accounts.views.people import bp

__all__ = [
    "bp",
    "children",
    "connect",
    "entering",
    "numbers",
    "own",
    "passkeys",
    "people",
    "proving",
    "texts",
    "ways",
    "whose",
]


def connect(app: Flask) -> None:
    """Tell the ground who a session belongs to, and open the town's texts."""
    people.connect(app)
    proving.connect(app)
    texts.connect(app)
