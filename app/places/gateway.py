"""The one door to the geocoder: Nominatim through geopy, or a twin that needs no network."""

from typing import Protocol
from urllib.parse import urlsplit

from app.core.errors import OutsideDownError
from app.core.settings import settings
from app.places.types.points import Point, box_around
from app.places.types.rows import Found

TIMEOUT = 10
LOOKED_AROUND = 30_000.0
FAKE_URL = "fake:"


class Geocoder(Protocol):
    """What a geocoder promises: a place, or None, or `OutsideDownError` when it is silent."""

    def find(self, question: str, *, near: Point | None, language: str) -> Found | None:
        """Return the best place for a question, preferring places near a point."""
        ...


class NominatimGeocoder:
    """A Nominatim anywhere, told who we are, in what language, and where to look first."""

    def __init__(self, url: str, *, agent: str) -> None:
        """Prepare for the geocoder at `url` (scheme, host and perhaps a path)."""
        from geopy.geocoders import Nominatim  # noqa: PLC0415 - heavy, and only jobs need it

        parts = urlsplit(url)
        domain = f"{parts.netloc}{parts.path}".rstrip("/")
        self._nominatim = Nominatim(
            domain=domain, scheme=parts.scheme, user_agent=agent, timeout=TIMEOUT
        )

    def find(self, question: str, *, near: Point | None, language: str) -> Found | None:
        """Ask, and refuse with `OutsideDownError` what is no answer."""
        from geopy.exc import GeopyError  # noqa: PLC0415 - as above

        box = box_around(near, LOOKED_AROUND) if near else None
        corners = [(box.south, box.west), (box.north, box.east)] if box else None
        try:
            place = self._nominatim.geocode(question, language=language, viewbox=corners)
            return _found(place)
        except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as silent:
            raise OutsideDownError from silent


def _found(place: object) -> Found | None:
    if place is None:
        return None
    point = Point(float(place.latitude), float(place.longitude))  # type: ignore[attr-defined]
    if not point.is_on_earth:
        raise ValueError("the geocoder named a place that is not on earth")
    return Found(point, str(place.address))  # type: ignore[attr-defined]


class FakeGeocoder:
    """A geocoder for demos and tests: finds all but what says `nowhere`, always alike."""

    def find(self, question: str, *, near: Point | None, language: str) -> Found | None:
        """Return a place near the middle that depends on the question alone."""
        if "nowhere" in question:
            return None
        middle = near or Point(30.7667, 103.981)
        step = sum(map(ord, question)) % 97 / 97 - 0.5
        return Found(Point(middle.lat + step / 100, middle.lng - step / 100), question)


def geocoder() -> Geocoder:
    """Return the geocoder of the settings."""
    url = settings().geocoder_url
    if url == FAKE_URL:
        return FakeGeocoder()
    return NominatimGeocoder(url, agent=f"Linli/0.1 ({settings().base_url})")
