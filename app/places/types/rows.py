"""Words and rows of places."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from app.places.types.points import Point


class PinSource(enum.StrEnum):
    """Who set the coordinates of an address."""

    MANUAL = "manual"
    GEOCODER = "geocoder"
    IMPORTED = "imported"


@dataclass(frozen=True)
class NeighbourhoodRow:
    """What pages need to name a neighbourhood and to draw it."""

    id: int
    name: str
    name_en: str | None
    slug: str
    lat: float
    lng: float
    polygon: Sequence[Sequence[float]] | None = None
    position: int = 0
    is_archived: bool = False

    @property
    def point(self) -> Point:
        """The middle of the neighbourhood."""
        return Point(self.lat, self.lng)


@dataclass(frozen=True)
class AddressRow:
    """What pages need to show an address."""

    id: int
    label: str | None
    text: str
    detail: str | None
    contact_name: str | None
    phone: str | None
    neighbourhood_id: int | None
    lat: float | None
    lng: float | None
    pin_source: PinSource | None

    @property
    def point(self) -> Point | None:
        """Where the pin stands, if there is one."""
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)


@dataclass(frozen=True)
class Found:
    """What the geocoder found for a question."""

    point: Point
    label: str


@dataclass(frozen=True)
class Kept:
    """An answer of the geocoder that was kept; `found` is None where it knew no such place."""

    found: Found | None
