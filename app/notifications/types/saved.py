"""Searches that are saved: where they stand, what of their address counts, what a thing offers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

# So many searches a person may keep.
MOST_SAVED = 10
NAME_LENGTH = 80


class SavedPlace(StrEnum):
    """Which list or search is kept."""

    LISTINGS = "listings"
    SEARCH = "search"


# What of an address says what is looked for. What only holds for an hour (open now, pickup today),
# an order and a place in a list do not.
ASKED: dict[SavedPlace, tuple[str, ...]] = {
    SavedPlace.LISTINGS: ("q", "category", "place", "kind", "mark", "min", "max", "near", "within"),
    SavedPlace.SEARCH: ("q", "in"),
}
# Which findable things a search of the whole town looks among, by the group that is shown.
FOUND_IN = {
    "": ("listing", "thread", "gathering"),
    "talk": ("thread",),
    "listings": ("listing",),
    "events": ("gathering",),
}
LASTING = 400


def kept_query(place: SavedPlace, query: str) -> str:
    """Return what of an address's query is worth keeping, in one fixed order; "" for nothing."""
    found = dict(parse_qsl(query[:2000]))
    asked = [(name, found[name].strip()) for name in ASKED[place] if found.get(name, "").strip()]
    if place is SavedPlace.SEARCH and "q" not in dict(asked):
        return ""
    text = urlencode(asked)
    is_odd = any("\x00" in value for _name, value in asked)
    return "" if is_odd or len(text) > LASTING else text


class SavedRow(NamedTuple):
    """One saved search."""

    id: int
    person_id: int
    place: SavedPlace
    query: str
    name: str
    is_paused: bool
    made_at: datetime

    @property
    def asked(self) -> dict[str, str]:
        """What it asks for, by name."""
        return dict(parse_qsl(self.query))


class Found(NamedTuple):
    """A new thing as the index and, for a listing, its shelf know it."""

    kind: str
    subject_id: int
    text: str
    title: str
    title_en: str = ""
    category_id: int | None = None
    neighbourhood_id: int | None = None
    listing_kind: str = ""
    price_minor: int = 0
    dietary: str = ""
    lat: float | None = None
    lng: float | None = None
