"""Keeping searches: saving, pausing, letting go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from app.core.access import Viewer
from app.core.db import changed, insert_ignoring
from app.core.errors import FieldError, NotSignedInError
from app.core.i18n import lazy_gettext as _l
from app.notifications.errors import SavedFullError
from app.notifications.models import SavedSearch
from app.notifications.queries.saved import count_of, saved_for
from app.notifications.types.saved import MOST_SAVED, SavedPlace, kept_query


def save_search(actor: Viewer, place: SavedPlace, query: str, *, name: str, at: datetime) -> None:
    """Keep a search as it stands; kept already, it stays once. Refuses one that asks for nothing
    and more than a person may keep.
    """
    if actor.id is None:
        raise NotSignedInError
    asked = kept_query(place, query)
    if not asked:
        raise FieldError("name", _l("Narrow the list first, or look for a word."))
    row = {
        "person_id": actor.id, "place": place, "query": asked, "name": name, "is_paused": False,
        "made_at": at,
    }  # fmt: skip
    insert_ignoring(SavedSearch, [row], keys=["person_id", "place", "query"])
    # Counted afterwards: of two at once the second waits for the first, then sees it.
    if count_of(actor.id) > MOST_SAVED:
        raise SavedFullError("name")


def pause(actor: Viewer, saved_id: int, is_paused: bool) -> None:
    """Tell no more of one's own search, or again of what comes from now on."""
    saved_for(actor, saved_id)
    step = update(SavedSearch).where(SavedSearch.id == saved_id)
    changed(step.values(is_paused=is_paused))


def forget_search(actor: Viewer, saved_id: int) -> None:
    """Let one's own search go."""
    saved_for(actor, saved_id)
    changed(delete(SavedSearch).where(SavedSearch.id == saved_id))
