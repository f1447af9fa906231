"""Goods made to order: the name of what a shop makes of one thing for one day."""

from __future__ import annotations

from datetime import date


def day_key(listing_id: int, day: date) -> str:
    """Return the key of the pool of what a shop makes of a listing for one day."""
    return f"{listing_id}:{day.isoformat()}"
