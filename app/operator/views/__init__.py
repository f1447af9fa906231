"""The operator's pages, by subject, and the first start, which has a blueprint of its own."""

from flask import Flask

from app.operator.views import (
    cases,
    closings,
    gate,
    getting_in,
    identity,
    law,
    money,
    papers,
    people,
    points,
    promotions,
    review,
    shops,
    standing,
    start_places,
    today,
    town,
    trail,
)
from app.operator.views.blueprint import bp
from app.operator.views.start import start_bp

__all__ = [
    "bp",
    "cases",
    "closings",
    "getting_in",
    "identity",
    "law",
    "money",
    "papers",
    "people",
    "points",
    "promotions",
    "review",
    "shops",
    "standing",
    "start_places",
    "today",
    "town",
    "trail",
]


def connect(app: Flask) -> None:
    """Mount the first start, and lead everybody to it while the town is not open."""
    app.register_blueprint(start_bp)
    gate.connect(app)
