"""What is counted each night, here and by the houses above, and written down for lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from app.core.access import Viewer
from app.core.db import changed, db, upsert
from app.core.errors import NotSignedInError
from app.merchants.models import NearbyLeftOut, NearbyOrders, ShopRating
from app.merchants.queries.reviews import ratings_now


def write_ratings(*, at: datetime) -> None:
    """Keep how shops are rated now in the place of earlier ratings."""
    changed(delete(ShopRating))
    rows = [row._asdict() for row in ratings_now(at=at)]
    if rows:
        db.session.execute(insert(ShopRating), rows)


def set_nearby(counts: Iterable[tuple[int, int, int]]) -> None:
    """Keep neighbourhood, listing and number of people in the place of all earlier ones."""
    changed(delete(NearbyOrders))
    names = ("neighbourhood_id", "listing_id", "people")
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in counts]
    if rows:
        db.session.execute(insert(NearbyOrders), rows)


def leave_out(actor: Viewer, is_out: bool, *, at: datetime) -> None:
    """Neither count a person in what neighbours order nor show it to them, or do both again."""
    if actor.id is None:
        raise NotSignedInError
    if is_out:
        row = {"person_id": actor.id, "since": at}
        upsert(NearbyLeftOut, [row], keys=["person_id"], update=lambda new: {"since": new.since})
    else:
        changed(delete(NearbyLeftOut).where(NearbyLeftOut.person_id == actor.id))
