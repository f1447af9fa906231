"""The pictures of a listing: the first is its cover, on every card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture
from app.core.media.services import keep as keep_picture
from app.merchants.models import Listing
from app.merchants.policies import selling
from app.merchants.types import LISTING_CHANGED

MOST_PICTURES = 8


def pictures_of(listing: Listing) -> list[int]:
    """Return a listing's pictures, its cover first."""
    return [*([] if listing.picture_id is None else [listing.picture_id]), *listing.more_pictures]


def put_pictures(listing: Listing, picture_ids: Sequence[int]) -> None:
    """Let a listing have these pictures, the first as its cover."""
    listing.picture_id = picture_ids[0] if picture_ids else None
    listing.more_pictures = list(picture_ids[1:])


def add_pictures(
    actor: Viewer, listing_id: int, pictures: Sequence[PreparedPicture], *, at: datetime
) -> None:
    """Put pictures behind those that are there; refuses more than eight in all."""
    listing = _kept_by(actor, listing_id)
    there = pictures_of(listing)
    if len(there) + len(pictures) > MOST_PICTURES:
        raise FieldError("pictures", _l("Eight pictures are the most."))
    owner = ("listing", listing_id)
    new = [keep_picture(picture, owner=owner, actor=actor, at=at).id for picture in pictures]
    put_pictures(listing, [*there, *new])
    _note(actor, listing, at)


def order_pictures(
    actor: Viewer, listing_id: int, picture_ids: Sequence[int], *, at: datetime
) -> None:
    """Put the pictures in this order; refuses where others were added or taken away meanwhile."""
    listing = _kept_by(actor, listing_id)
    if sorted(picture_ids) != sorted(pictures_of(listing)):
        raise ConflictError(_l("The pictures changed meanwhile. This is how they stand now."))
    put_pictures(listing, picture_ids)
    _note(actor, listing, at)


def remove_picture(actor: Viewer, listing_id: int, picture_id: int, *, at: datetime) -> None:
    """Take a picture away; the next one becomes the cover where it was the first."""
    listing = _kept_by(actor, listing_id)
    there = pictures_of(listing)
    if picture_id not in there:
        raise NotFoundError
    put_pictures(listing, [one for one in there if one != picture_id])
    _note(actor, listing, at)


def _kept_by(actor: Viewer, listing_id: int) -> Listing:
    listing = db.session.get(Listing, listing_id, populate_existing=True)
    if listing is None:
        raise NotFoundError
    selling.check_keeps(actor, listing.merchant_id)
    return listing


def _note(actor: Viewer, listing: Listing, at: datetime) -> None:
    db.session.flush()
    record(actor, LISTING_CHANGED, ("listing", listing.id), at=at, data={"pictures": True})
