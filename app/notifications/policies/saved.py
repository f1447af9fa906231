"""Whether a new thing is what a saved search looks for; the lists themselves ask in SQL."""

from __future__ import annotations

from app.core.money import Money, NotMoneyError
from app.core.search.words import marked, terms_of
from app.notifications.types.saved import FOUND_IN, Found, SavedPlace, SavedRow
from app.places.types.points import Point, distance


def fits(saved: SavedRow, found: Found) -> bool:
    """Whether the thing stands in the saved list, by everything that lasts."""
    asked = saved.asked
    if not all(marked(term) in found.text for term in terms_of(asked.get("q", ""))):
        return False
    if saved.place is SavedPlace.SEARCH:
        return found.kind in FOUND_IN.get(asked.get("in", ""), ())
    return found.kind == "listing" and _is_on_shelf(asked, found) and _is_near(asked, found)


def _is_on_shelf(asked: dict[str, str], found: Found) -> bool:
    marks = found.dietary.split(",")
    wanted = asked.get("mark", "")
    # What is vegan is vegetarian, too.
    has_mark = wanted in marks or (wanted == "vegetarian" and "vegan" in marks)
    low, high = _minor(asked.get("min")), _minor(asked.get("max"))
    return (
        asked.get("category", str(found.category_id)) == str(found.category_id)
        and asked.get("place", str(found.neighbourhood_id)) == str(found.neighbourhood_id)
        and asked.get("kind", found.listing_kind) == found.listing_kind
        and (not wanted or has_mark)
        and (low is None or found.price_minor >= low)
        and (high is None or found.price_minor <= high)
    )


def _is_near(asked: dict[str, str], found: Found) -> bool:
    if "within" not in asked or "near" not in asked:
        return True
    lat, _comma, lng = asked["near"].partition(",")
    try:
        here, reach = Point(float(lat), float(lng)), int(asked["within"])
    except ValueError:
        return True
    if found.lat is None or found.lng is None:
        return False
    return distance(here, Point(found.lat, found.lng)) <= reach


def _minor(text: str | None) -> int | None:
    try:
        return Money.of(text).minor if text else None
    except NotMoneyError:
        return None
