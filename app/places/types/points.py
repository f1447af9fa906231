"""Points on earth, the datums they are given in, and the distances between them."""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.i18n import lazy_gettext as _l

EARTH_RADIUS = 6_371_008.8
METRES_PER_DEGREE = math.pi * EARTH_RADIUS / 180
WALKED_PER_MINUTE = 80

_AXIS = 6_378_245.0
_FLATTENING = 0.006_693_421_622_965_943
_BAIDU_TURN = math.pi * 3000.0 / 180.0
_ROUNDS = 10


class Datum(enum.StrEnum):
    """The datum in which a coordinate was given; the site keeps WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


DATUM_WORDS = {
    Datum.WGS84: _l("GPS, OpenStreetMap (WGS-84)"),
    Datum.GCJ02: _l("Amap, Tencent, WeChat (GCJ-02)"),
    Datum.BD09: _l("Baidu (BD-09)"),
}


@dataclass(frozen=True)
class Point:
    """A place on earth in degrees."""

    lat: float
    lng: float

    @property
    def is_on_earth(self) -> bool:
        """Whether both degrees are finite and within their ranges."""
        return -90 <= self.lat <= 90 and -180 <= self.lng <= 180


@dataclass(frozen=True)
class Box:
    """A rectangle of degrees."""

    south: float
    west: float
    north: float
    east: float


def distance(here: Point, there: Point) -> float:
    """Return the metres between two points on a round earth (haversine)."""
    half_lat = math.radians(there.lat - here.lat) / 2
    half_lng = math.radians(there.lng - here.lng) / 2
    slope = math.cos(math.radians(here.lat)) * math.cos(math.radians(there.lat))
    chord = math.sin(half_lat) ** 2 + slope * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def box_around(centre: Point, metres: float) -> Box:
    """Return a box that holds every point within `metres` of the centre, and some more."""
    lat_span = metres / METRES_PER_DEGREE
    south, north = max(-90.0, centre.lat - lat_span), min(90.0, centre.lat + lat_span)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    lng_span = 360.0 if narrowest <= lat_span / 360 else lat_span / narrowest
    west, east = centre.lng - lng_span, centre.lng + lng_span
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return Box(south, west, north, east)


def walking_minutes(metres: float) -> int:
    """Return the minutes a calm walker needs, at least one."""
    return max(1, math.ceil(metres / WALKED_PER_MINUTE))


def is_inside(point: Point, polygon: Sequence[Sequence[float]]) -> bool:
    """Return whether the point lies inside an outline of `[lat, lng]` corners."""
    inside = False
    for corner, (lat, lng) in enumerate(polygon):
        before_lat, before_lng = polygon[corner - 1]
        if (lat > point.lat) != (before_lat > point.lat):
            crossing = (before_lng - lng) * (point.lat - lat) / (before_lat - lat) + lng
            inside ^= point.lng < crossing
    return inside


def metres_outside(point: Point, polygon: Sequence[Sequence[float]]) -> float:
    """Return how far a point lies outside an outline: the metres to its nearest edge, 0 inside."""
    if is_inside(point, polygon):
        return 0.0
    return min(
        _metres_to_edge(point, Point(*polygon[corner - 1]), Point(*polygon[corner]))
        for corner in range(len(polygon))
    )


def _metres_to_edge(point: Point, start: Point, end: Point) -> float:
    """Return the metres to a straight edge, on the flat that a town is."""
    narrow = math.cos(math.radians(point.lat))
    x1, y1 = (start.lng - point.lng) * narrow, start.lat - point.lat
    x2, y2 = (end.lng - point.lng) * narrow, end.lat - point.lat
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return METRES_PER_DEGREE * math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))


def nearest_first(start: Point, points: Sequence[Point]) -> list[int]:
    """Return the places of points in the order in which one goes from each to the nearest left."""
    left, here, found = list(range(len(points))), start, []
    while left:
        number = min(left, key=lambda one: (distance(here, points[one]), one))
        left.remove(number)
        found.append(number)
        here = points[number]
    return found


def to_wgs84(point: Point, datum: Datum) -> Point:
    """Return the point in the datum that the site keeps."""
    if datum is Datum.BD09:
        return _gcj02_to_wgs84(_bd09_to_gcj02(point))
    return _gcj02_to_wgs84(point) if datum is Datum.GCJ02 else point


def from_wgs84(point: Point, datum: Datum) -> Point:
    """Return a point that we keep in the datum that a map or a phone asks for."""
    if datum is Datum.BD09:
        return _gcj02_to_bd09(_wgs84_to_gcj02(point))
    return _wgs84_to_gcj02(point) if datum is Datum.GCJ02 else point


def _is_shifted(point: Point) -> bool:
    """GCJ-02 differs from WGS-84 only within this rectangle around China."""
    return 0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lng <= 137.8347


def _wgs84_to_gcj02(point: Point) -> Point:
    if not _is_shifted(point):
        return point
    east, north = point.lng - 105.0, point.lat - 35.0
    root = math.sqrt(abs(east))
    ripple = (20 * math.sin(6 * east * math.pi) + 20 * math.sin(2 * east * math.pi)) * 2 / 3
    lat_shift = -100 + 2 * east + 3 * north + 0.2 * north**2 + 0.1 * east * north + 0.2 * root
    lat_shift += ripple
    lat_shift += (20 * math.sin(north * math.pi) + 40 * math.sin(north / 3 * math.pi)) * 2 / 3
    lat_shift += (
        (160 * math.sin(north / 12 * math.pi) + 320 * math.sin(north * math.pi / 30)) * 2 / 3
    )
    lng_shift = 300 + east + 2 * north + 0.1 * east**2 + 0.1 * east * north + 0.1 * root + ripple
    lng_shift += (20 * math.sin(east * math.pi) + 40 * math.sin(east / 3 * math.pi)) * 2 / 3
    lng_shift += (150 * math.sin(east / 12 * math.pi) + 300 * math.sin(east / 30 * math.pi)) * 2 / 3
    radians = math.radians(point.lat)
    magic = 1 - _FLATTENING * math.sin(radians) ** 2
    lat_scale = _AXIS * (1 - _FLATTENING) / (magic * math.sqrt(magic)) * math.pi
    lng_scale = _AXIS / math.sqrt(magic) * math.cos(radians) * math.pi
    return Point(point.lat + lat_shift * 180 / lat_scale, point.lng + lng_shift * 180 / lng_scale)


def _gcj02_to_wgs84(point: Point) -> Point:
    """The shift has no closed inverse: approach it until nothing moves by a millimetre."""
    guess = point
    for _ in range(_ROUNDS):
        shifted = _wgs84_to_gcj02(guess)
        lat_off, lng_off = shifted.lat - point.lat, shifted.lng - point.lng
        guess = Point(guess.lat - lat_off, guess.lng - lng_off)
        if abs(lat_off) + abs(lng_off) < 1e-8:
            break
    return guess


def _gcj02_to_bd09(point: Point) -> Point:
    radius = math.hypot(point.lng, point.lat) + 0.00002 * math.sin(point.lat * _BAIDU_TURN)
    angle = math.atan2(point.lat, point.lng) + 0.000003 * math.cos(point.lng * _BAIDU_TURN)
    return Point(radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065)


def _bd09_to_gcj02(point: Point) -> Point:
    guess = Point(point.lat - 0.006, point.lng - 0.0065)
    for _ in range(_ROUNDS):
        turned = _gcj02_to_bd09(guess)
        lat_off, lng_off = turned.lat - point.lat, turned.lng - point.lng
        guess = Point(guess.lat - lat_off, guess.lng - lng_off)
        if abs(lat_off) + abs(lng_off) < 1e-8:
            break
    return guess
