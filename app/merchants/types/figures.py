"""What neighbours order."""

from __future__ import annotations

from typing import NamedTuple

# Fewer people than these are not told of: it would say more of one of them than of the thing.
FEWEST = 5


class NearbyRow(NamedTuple):
    """A thing that people of a neighbourhood ordered."""

    listing_id: int
    name_zh: str
    name_en: str
    merchant_zh: str
    merchant_en: str
    price_minor: int
    people: int
