"""Words and small values of places."""

import enum
from dataclasses import dataclass


class PinSource(enum.StrEnum):
    """Who set the coordinates of an address."""

    MANUAL = "manual"
    GEOCODER = "geocoder"
    IMPORT = "import"


class Datum(enum.StrEnum):
    """The datum in which a coordinate was given; we keep WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True)
class Point:
    """A place on earth in WGS-84 degrees."""

    lat: float
    lng: float


@dataclass(frozen=True)
class Box:
    """A rectangle of degrees that holds a circle; never crosses a pole."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class NeighbourhoodRow:
    """What pages need to name a neighbourhood."""

    id: int
    name: str
    name_en: str | None
    slug: str
    lat: float
    lng: float
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


@dataclass(frozen=True)
class Found:
    """What the geocoder found for a question."""

    point: Point
    label: str
