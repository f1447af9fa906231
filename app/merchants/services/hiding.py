"""What the desk takes down: a listing is off the shelf, a shop sells nothing and has no page, until
the desk lets it stand again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.access import Viewer
from app.core.db import db
from app.merchants.models import Listing, Merchant
from app.merchants.services.finding import index_listing
from app.merchants.services.shops import note_state
from app.merchants.signals import listing_changed, merchant_suspended
from app.merchants.types import MerchantState
from app.moderation.types import Decision

SUBJECTS: dict[str, Any] = {"listing": Listing, "merchant": Merchant}


def carry_out(
    actor: Viewer, kind: str, subject_id: int, decision: Decision, *, rule: str, at: datetime
) -> None:
    """Hide or show a listing or a shop as a reviewer decided; what already stands so is left."""
    found = db.session.get(SUBJECTS[kind], subject_id, populate_existing=True)
    is_hidden = found is not None and found.hidden_at is not None
    if found is None or decision is Decision.DISMISS or is_hidden == (decision is Decision.HIDE):
        return
    if isinstance(found, Listing):
        _listing(found, is_hidden=not is_hidden, at=at)
    else:
        _shop(found, is_hidden=not is_hidden)
    found.hidden_at = None if is_hidden else at
    found.hidden_by_id = None if is_hidden else actor.id
    found.hidden_rule = None if is_hidden else rule[:200]
    db.session.flush()
    if isinstance(found, Listing):
        index_listing(found, db.session.get_one(Merchant, found.merchant_id))
        listing_changed.send(found, listing=found)
    else:
        note_state(actor, found, rule or "shown again", at)
        if found.hidden_at is not None:
            merchant_suspended.send(found, merchant=found, at=at)


def _listing(listing: Listing, *, is_hidden: bool, at: datetime) -> None:
    """Take a listing off the shelf; one that was off it before stays off when it is shown again."""
    if is_hidden:
        listing.archived_at = listing.archived_at or at
    elif listing.archived_at == listing.hidden_at:
        listing.archived_at = None


def _shop(shop: Merchant, *, is_hidden: bool) -> None:
    if is_hidden:
        shop.hidden_state, shop.state = shop.state.value, MerchantState.SUSPENDED
    elif shop.hidden_state is not None:
        if shop.state is MerchantState.SUSPENDED:
            shop.state = MerchantState(shop.hidden_state)
        shop.hidden_state = None
