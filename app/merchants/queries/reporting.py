"""What a report on a shop or on something it offers shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.accounts.queries import role_holders
from app.core.access import Role, Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.i18n import pick
from app.merchants.models import Listing, Merchant
from app.merchants.policies import selling
from app.moderation.types import Reportable


def reportable_listing(viewer: Viewer, listing_id: int) -> Reportable:
    """Return what a report on a listing shows, its shop's first owner as who answers for it;
    refuses one that the viewer may not see.
    """
    row = db.session.execute(
        select(Listing, Merchant).join(Merchant, Merchant.id == Listing.merchant_id)
        .where(Listing.id == listing_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFoundError
    listing, shop = row
    selling.check_sees_merchant(viewer, shop.id, shop.state)
    if listing.archived_at is not None and not selling.can_keep(viewer, shop.id):
        raise NotFoundError
    title = f"{pick(shop.name_zh, shop.name_en)} · {pick(listing.name_zh, listing.name_en)}"
    return _reportable(listing, title, shop.id)


def reportable_shop(viewer: Viewer, merchant_id: int) -> Reportable:
    """Return what a report on a shop's page shows; refuses one that the viewer may not see."""
    shop = db.session.get(Merchant, merchant_id)
    if shop is None:
        raise NotFoundError
    selling.check_sees_merchant(viewer, shop.id, shop.state)
    return _reportable(shop, pick(shop.name_zh, shop.name_en), shop.id)


def _reportable(row: Any, title: str, merchant_id: int) -> Reportable:
    owners = role_holders(Role.OWNER, scope=("merchant", merchant_id))
    author_id = min((one.user_id for one in owners), default=None)
    is_taken = row.hidden_at is not None
    return Reportable(title, row.description[:400], author_id, is_taken=is_taken)
