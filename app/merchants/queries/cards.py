"""Which listings are punch cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import fetch
from app.merchants.models import CardTerms

_CARDS: Any = select(CardTerms.listing_id, CardTerms.uses, CardTerms.days).where(
    CardTerms.listing_id.in_(bindparam("ids", expanding=True))
)


def cards_among(listing_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return (uses, days) of the punch cards among listings."""
    return {row.listing_id: (row.uses, row.days) for row in fetch(_CARDS, ids=list(listing_ids))}
