"""Who may write, meet and answer a review, and what each may read of it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.core.access import Viewer
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import ReviewBlindError, ReviewOverError
from app.merchants.models import Review
from app.merchants.policies.selling import SHELF
from app.merchants.types import ReviewRow, ReviewShowing
from app.merchants.types.reviews import STARS, WRITABLE


def is_of_shop(viewer: Viewer, merchant_id: int) -> bool:
    """Whether the viewer works in the shop, and so is the other side."""
    return viewer.is_staff_of(merchant_id, *SHELF)


def seen_by(viewer: Viewer, row: ReviewRow, *, at: datetime) -> ReviewRow:
    """Return what this viewer may read of a review; refuses, as if it were not there, what is not
    theirs to read.

    Until it opens each side reads its own words alone, whatever other rights it has.
    """
    is_own = viewer.id is not None and viewer.id == row.person_id
    is_shops = viewer.is_staff_of(row.merchant_id)
    if row.is_public(at):
        is_shown = is_own or is_shops or row.answer_showing is ReviewShowing.SHOWN
        return row if is_shown else replace(row, answer="", answered_at=None, word="", word_at=None)
    if is_own:
        return row if row.is_open(at) else replace(row, word="", word_at=None)
    if viewer.is_reviewer and not is_shops and row.is_written:
        return row
    raise NotFoundError


def blind(row: ReviewRow, *, at: datetime) -> ReviewRow:
    """Return what the shop may read: that there is a review, and once it is open what it says."""
    if row.is_open(at) and row.showing is ReviewShowing.SHOWN and row.void_at is None:
        return row
    return replace(row, stars=None, body="")


def check_writes(actor: Viewer, review: Review, *, at: datetime) -> None:
    """Refuse others than who collected, the shop's own people, and what is open, late or void."""
    if actor.id is None or review.person_id != actor.id:
        raise NotFoundError
    if actor.is_staff_of(review.merchant_id):
        raise NotAllowedError(_l("Nobody reviews the shop they work in."))
    is_late = review.wrote_at is None and at > review.earned_at + WRITABLE
    is_open = review.wrote_at is not None and review.opens_at <= at
    if review.void_at is not None or is_late or is_open:
        raise ReviewOverError(review_id=review.id)
    if review.showing is ReviewShowing.HIDDEN:
        raise ReviewOverError(review_id=review.id)


def check_stars(stars: int) -> None:
    """Refuse what is not one star to five."""
    if stars not in STARS:
        raise FieldError("stars", _l("Please choose one of these."))


def check_meets(actor: Viewer, review: Review, *, at: datetime) -> None:
    """Refuse others than the shop's people, and a word first where the window is over."""
    if not is_of_shop(actor, review.merchant_id):
        raise NotAllowedError
    if review.void_at is not None or review.word_at is not None or review.opens_at <= at:
        raise ReviewBlindError(review_id=review.id)


def check_answers(actor: Viewer, review: Review, *, at: datetime) -> None:
    """Refuse others than the shop's people, and an answer to what is not open."""
    if not is_of_shop(actor, review.merchant_id):
        raise NotAllowedError
    is_there = review.wrote_at is not None and review.opens_at <= at
    if not is_there or review.void_at is not None or review.showing is not ReviewShowing.SHOWN:
        raise ReviewBlindError(review_id=review.id)
    if review.answer_showing is ReviewShowing.HIDDEN:
        raise ReviewBlindError(review_id=review.id)
