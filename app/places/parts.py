"""How far things are, in words; and a position typed by hand, for the forms of upper houses."""

import json
import math

from wtforms import FloatField, SelectChoice, SelectField

from app.core.errors import FieldError
from app.core.forms import Form, number_range, optional
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import ngettext
from app.places.types.points import DATUM_WORDS, Datum, Point, to_wgs84, walking_minutes

WALKABLE = 3_000.0


def walk_words(metres: float) -> str:
    """Return how far it is as people say it: minutes on foot, or kilometres where nobody walks."""
    if metres > WALKABLE:
        return distance_words(metres)
    minutes = walking_minutes(metres)
    return ngettext("%(num)s minute's walk", "%(num)s minutes' walk", minutes)


def distance_words(metres: float) -> str:
    """Return a distance rounded to what an eye can tell: 460 m, 1.2 km."""
    if metres < 1000:
        return _("%(metres)s m", metres=max(10, int(round(metres, -1))))
    return _("%(kilometres)s km", kilometres=f"{metres / 1000:.1f}")


def datum_field() -> SelectField:
    """Return the field that asks which map numbers were read from."""
    hint = _l("Chinese maps shift their numbers; we shift them back.")
    choices = [SelectChoice(datum.value, words) for datum, words in DATUM_WORDS.items()]
    return SelectField(
        _l("Read from"), choices=choices, default=Datum.WGS84.value, description=hint
    )


def outline_in(text: str, datum: Datum) -> tuple[tuple[float, float], ...]:
    """Return the corners that were drawn, typed or pasted: one “latitude, longitude” a line, or
    GeoJSON, whose first area counts. Refuses (FieldError) what is neither.
    """
    typed = text.strip()
    pairs = _geojson(typed) if typed.startswith("{") else _typed_pairs(typed)
    if pairs and pairs[0] == pairs[-1]:
        pairs = pairs[:-1]
    kept = [to_wgs84(Point(lat, lng), datum) for lat, lng in pairs]
    return tuple((round(point.lat, 6), round(point.lng, 6)) for point in kept)


def _typed_pairs(text: str) -> list[tuple[float, float]]:
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            lat, lng = (float(part) for part in line.replace("，", ",").split(","))
        except ValueError:
            lat = lng = math.nan
        if not Point(lat, lng).is_on_earth:
            words = _("This line is no pair of degrees: %(line)s", line=line[:40])
            raise FieldError("outline", words)
        found.append((lat, lng))
    return found


def _geojson(text: str) -> list[tuple[float, float]]:
    """GeoJSON puts the longitude first."""
    try:
        found = json.loads(text)
        while "coordinates" not in found:
            found = found["features"][0] if "features" in found else found["geometry"]
        depth = {"Polygon": 1, "MultiPolygon": 2}[found["type"]]
        ring = found["coordinates"]
        for _level in range(depth):
            ring = ring[0]
        pairs = [(float(corner[1]), float(corner[0])) for corner in ring]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as wrong:
        raise FieldError("outline", _l("This GeoJSON holds no area.")) from wrong
    if not all(Point(*pair).is_on_earth for pair in pairs):
        raise FieldError("outline", _l("This GeoJSON holds no area."))
    return pairs


class PositionForm(Form):
    """A form with a position that may be typed, and the map it was read from."""

    lat = FloatField(
        _l("Latitude"),
        [optional(), number_range(min=-90, max=90)],
        render_kw={"inputmode": "decimal"},
    )
    lng = FloatField(
        _l("Longitude"),
        [optional(), number_range(min=-180, max=180)],
        render_kw={"inputmode": "decimal"},
    )
    datum = datum_field()

    def position(self) -> Point | None:
        """Return what was typed as WGS-84, or None; refuses (FieldError) half a position."""
        lat, lng = self.lat.data, self.lng.data
        if lat is None and lng is None:
            return None
        if lat is None or lng is None:
            raise FieldError(
                "lat" if lat is None else "lng", _l("Latitude and longitude go together.")
            )
        return to_wgs84(Point(lat, lng), Datum(self.datum.data))
