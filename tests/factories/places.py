"""Neighbourhoods for tests, made through the services."""

from itertools import count
from typing import Any

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import transaction
from app.places import services
from app.places.models import Neighbourhood
from app.places.types.points import Point

_numbers = count(1)
XIPU = Point(30.7667, 103.981)


def neighbourhood(name: str = "犀浦", **more: Any) -> Neighbourhood:
    """Add a neighbourhood to the town."""
    values = {
        "name": name,
        "name_en": "Xipu",
        "slug": f"xipu-{next(_numbers)}",
        "centre": XIPU,
        "at": clock.now(),
    }
    with transaction():
        return services.add_neighbourhood(SYSTEM, **(values | more))
