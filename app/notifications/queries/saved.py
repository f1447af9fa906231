"""Saved searches, and new things as they may be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.search.models import SearchDocument
from app.merchants.models import Listing, Merchant
from app.notifications.models import SavedSearch
from app.notifications.types.saved import Found, SavedPlace, SavedRow

# Who is signed in finds these; what only some may see is told to nobody here.
FOR_ALL = ("public", "members")
_COLUMNS = (
    SavedSearch.id, SavedSearch.person_id, SavedSearch.place, SavedSearch.query, SavedSearch.name,
    SavedSearch.is_paused, SavedSearch.made_at,
)  # fmt: skip


def saved_of(viewer: Viewer) -> list[SavedRow]:
    """Return what the viewer keeps, the latest first."""
    wanted = select(*_COLUMNS).where(SavedSearch.person_id == viewer.id)
    return _rows(db.session.execute(wanted.order_by(SavedSearch.id.desc())).all())


def saved_for(viewer: Viewer, saved_id: int) -> SavedRow:
    """Return one's own saved search; anybody else's is not there."""
    wanted = select(*_COLUMNS).where(SavedSearch.id == saved_id, SavedSearch.person_id == viewer.id)
    rows = _rows(db.session.execute(wanted).all())
    if not rows:
        raise NotFoundError
    return rows[0]


def count_of(person_id: int) -> int:
    """Return how many searches somebody keeps."""
    wanted = select(func.count(SavedSearch.id)).where(SavedSearch.person_id == person_id)
    return db.session.scalar(wanted) or 0


def searches_for(kind: str) -> list[SavedRow]:
    """Return every saved search that looks among things of a kind and is not paused."""
    places = [SavedPlace.SEARCH, *([SavedPlace.LISTINGS] if kind == "listing" else [])]
    wanted = select(*_COLUMNS).where(
        SavedSearch.place.in_(places), SavedSearch.is_paused.is_(False)
    )
    return _rows(db.session.execute(wanted.order_by(SavedSearch.id)).all())


def newly_found(kind: str, subject_id: int) -> Found | None:
    """Return a thing as a member may find it now, or None where they may not."""
    row = db.session.execute(
        select(SearchDocument.text, SearchDocument.title).where(
            SearchDocument.kind == kind,
            SearchDocument.subject_id == subject_id,
            SearchDocument.audience.in_(FOR_ALL),
        )
    ).one_or_none()
    if row is None:
        return None
    if kind != "listing":
        return Found(kind, subject_id, row.text, row.title)
    shelf = db.session.execute(
        select(
            Listing.name_zh, Listing.name_en, Listing.category_id, Merchant.neighbourhood_id,
            Listing.kind, Listing.min_price_minor, Listing.dietary, Merchant.lat, Merchant.lng,
        )
        .join(Merchant, Merchant.id == Listing.merchant_id)
        .where(Listing.id == subject_id, Listing.archived_at.is_(None))
    ).one_or_none()  # fmt: skip
    return None if shelf is None else Found(kind, subject_id, row.text, *shelf)


def _rows(rows: Sequence[Any]) -> list[SavedRow]:
    return [SavedRow(*row)._replace(place=SavedPlace(row.place)) for row in rows]
