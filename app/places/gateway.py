"""The one door to the geocoder: Nominatim, Photon or Baidu through geopy, or a twin."""

from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from app.core.errors import OutsideDownError
from app.core.settings import settings
from app.places.types.points import Datum, Point, box_around, to_wgs84
from app.places.types.rows import Found

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
            domain=domain, scheme=parts.scheme, user_agent=agent, timeout=settings().outside_seconds
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


class PhotonGeocoder:
    """A Photon anywhere; it looks around a point first and forgives typing errors."""

    def __init__(self, url: str, *, agent: str) -> None:
        """Prepare for the geocoder at `url` (scheme, host and perhaps a path)."""
        from geopy.geocoders import Photon  # noqa: PLC0415 - as above

        parts = urlsplit(url)
        domain = f"{parts.netloc}{parts.path}".rstrip("/")
        self._photon = Photon(
            domain=domain, scheme=parts.scheme, user_agent=agent, timeout=settings().outside_seconds
        )

    def find(self, question: str, *, near: Point | None, language: str) -> Found | None:
        """Ask, and refuse with `OutsideDownError` what is no answer.

        Photon knows names in few languages (not Chinese) and answers 400 to any other, so it is
        asked for the names as they are on the spot.
        """
        from geopy.exc import GeopyError  # noqa: PLC0415 - as above

        bias = (near.lat, near.lng) if near else None
        try:
            place = self._photon.geocode(question, location_bias=bias)
            return _found(place)
        except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as silent:
            raise OutsideDownError from silent


class BaiduGeocoder:
    """Baidu's geocoder; its places come in BD-09 and are turned at this door."""

    def __init__(self, url: str, *, agent: str) -> None:
        """Prepare for `url`, whose query holds the key (`ak`) and perhaps its secret (`sk`)."""
        from geopy.geocoders import BaiduV3  # noqa: PLC0415 - as above

        parts = urlsplit(url)
        keys = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._baidu = BaiduV3(
            keys.get("ak", ""),
            security_key=keys.get("sk"),
            scheme=parts.scheme,
            user_agent=agent,
            timeout=settings().outside_seconds,
        )
        self._baidu.api = f"{parts.scheme}://{parts.netloc}{self._baidu.api_path}"

    def find(self, question: str, *, near: Point | None, language: str) -> Found | None:
        """Ask, and refuse with `OutsideDownError` what is no answer; it knows no nearness."""
        from geopy.exc import GeopyError  # noqa: PLC0415 - as above

        try:
            place = self._baidu.geocode(question)
            found = _found(place)
        except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as silent:
            raise OutsideDownError from silent
        return found and Found(to_wgs84(found.point, Datum.BD09), question)


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


KINDS: dict[str, type[PhotonGeocoder | BaiduGeocoder]] = {
    "photon": PhotonGeocoder,
    "baidu": BaiduGeocoder,
}


def geocoder() -> Geocoder:
    """Return the geocoder of the settings, by what stands before its address: photon+, baidu+."""
    url = settings().geocoder_url
    if url == FAKE_URL:
        return FakeGeocoder()
    agent = f"Linli/0.1 ({settings().base_url})"
    kind, plus, address = url.partition("+")
    return KINDS[kind](address, agent=agent) if plus else NominatimGeocoder(url, agent=agent)
