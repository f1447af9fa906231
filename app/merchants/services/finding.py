"""What can be found of shops and listings: one search document each, gone when they are
not shown.
"""

from __future__ import annotations

from app.core.db import db
from app.core.search import services as search
from app.merchants.models import Category, Listing, Merchant
from app.merchants.queries.finding import both, listing_document, merchant_document
from app.merchants.types import SHOWN_STATES, MerchantState

__all__ = ["both", "index_listing", "index_merchant"]


def index_merchant(merchant: Merchant) -> None:
    """Put a shown shop into the index, or take one out that is not shown."""
    if merchant.state not in SHOWN_STATES:
        search.drop("merchant", merchant.id)
        return
    category = db.session.get_one(Category, merchant.category_id)
    search.put_many([merchant_document(merchant, category)])


def index_listing(listing: Listing, merchant: Merchant) -> None:
    """Put a listing that can be ordered into the index, or take out one that cannot."""
    if listing.archived_at is not None or merchant.state is not MerchantState.ACTIVE:
        search.drop("listing", listing.id)
        return
    search.put_many([listing_document(listing, merchant)])
