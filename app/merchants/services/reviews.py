"""Reviews: the right comes with what was collected, each side writes blind, the shop may answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, moved
from app.core.errors import NotFoundError
from app.forum.services.judging import Judged, judged
from app.merchants.errors import ReviewBlindError, ReviewOverError
from app.merchants.models import Merchant, Review
from app.merchants.policies import reviewing
from app.merchants.queries.selling import staff_ids_of
from app.merchants.types import (
    REVIEW_ANSWERED,
    REVIEW_MET,
    REVIEW_TAKEN_BACK,
    REVIEWED,
    CollectedLine,
    ReviewShowing,
)
from app.merchants.types.reviews import ANSWER_LENGTH, BLIND, REVIEW_LENGTH
from app.moderation import services as moderation
from app.moderation.types import Decision

# What a review and the shop's words under it are called where they are reported and decided on.
COLUMNS = {"review": Review.showing, "review_answer": Review.answer_showing}


def earn_reviews(
    person_id: int, merchant_id: int, lines: Sequence[CollectedLine], *, at: datetime
) -> None:
    """Write down that a member may review what they collected, once a line; the shop's own people
    may not.
    """
    if person_id in staff_ids_of([merchant_id]).get(merchant_id, ()):
        return
    rows: list[dict[str, Any]] = [
        {
            "line_id": line.line_id,
            "order_id": line.order_id,
            "merchant_id": merchant_id,
            "listing_id": line.listing_id,
            "person_id": person_id,
            "name_zh": line.name_zh,
            "name_en": line.name_en,
            "earned_at": at,
            "opens_at": at + BLIND,
            "body": "",
            "word": "",
            "answer": "",
            "showing": ReviewShowing.SHOWN,
            "answer_showing": ReviewShowing.SHOWN,
        }
        for line in lines
    ]
    if insert_ignoring(Review, rows, keys=["line_id"]) < len(rows):
        again = Review.line_id.in_([line.line_id for line in lines])
        changed(update(Review).where(again, Review.void_at.is_not(None)).values(void_at=None))


def lose_reviews(line_ids: Sequence[int], *, at: datetime) -> None:
    """Let rights rest because nothing of these lines is collected any more; collecting brings them
    back with what was written.
    """
    if line_ids:
        changed(update(Review).where(Review.line_id.in_(line_ids)).values(void_at=at))


def write_review(
    actor: Viewer, review_id: int, *, stars: int, body: str, at: datetime
) -> Review:  # fmt: skip
    """Write what one thinks of what one collected, or change it while it is blind.

    It opens at once where the shop wrote first or the window is over. Refuses others, the shop's
    own people, what is open, too late or not collected, and words that are not printed here.
    """
    review = _review(review_id)
    reviewing.check_writes(actor, review, at=at)
    reviewing.check_stars(stars)
    text = _judged(actor, body, "body", REVIEW_LENGTH)
    is_first = review.wrote_at is None
    moved(
        update(Review)
        .where(
            Review.id == review_id,
            Review.void_at.is_(None),
            or_(Review.wrote_at.is_(None), Review.opens_at > at),
        )
        .values(
            stars=stars,
            body=text.text,
            wrote_at=at,
            showing=_showing(text),
            opens_at=_opens(Review.word_at.is_not(None), at),
        ),
        ReviewOverError(review_id=review_id),
    )
    db.session.refresh(review)
    if text.is_held:
        _to_reviewers("review", review, text, author_id=actor.id, at=at)
    _note(actor, REVIEWED, review, at=at, first=is_first, held=text.is_held)
    return review


def take_back(actor: Viewer, review_id: int, *, at: datetime) -> Review:
    """Take one's own words and stars away, at any time, and the shop's answer with them.

    While it is blind they may be written again; what was open is gone for good, so that nobody
    writes anew after reading the other side.
    """
    review = _review(review_id)
    if actor.id is None or review.person_id != actor.id or review.wrote_at is None:
        raise NotFoundError
    if review.showing is ReviewShowing.HIDDEN:
        raise ReviewOverError(review_id=review_id)
    nothing = {"stars": None, "body": "", "wrote_at": None, "showing": ReviewShowing.SHOWN}
    rests = case((Review.opens_at <= at, at), else_=None)
    gone = {"void_at": rests, "answer": "", "answered_at": None, "answered_by_id": None}
    mine = (Review.id == review_id, Review.wrote_at.is_not(None))
    moved(
        update(Review).where(*mine).values(**nothing, **gone),
        ReviewOverError(review_id=review_id),
    )
    db.session.refresh(review)
    moderation.withdraw("review", review_id)
    _note(actor, REVIEW_TAKEN_BACK, review, at=at)
    return review


def meet_review(actor: Viewer, review_id: int, text: str, *, at: datetime) -> Review:
    """Write the shop's word about a hand-over before it may read the buyer's; where both wrote, the
    review opens at once.
    """
    review = _review(review_id)
    reviewing.check_meets(actor, review, at=at)
    said = judged(actor, text, "text", ANSWER_LENGTH)
    moved(
        update(Review)
        .where(Review.id == review_id, Review.word_at.is_(None), Review.opens_at > at)
        .values(
            word=said.text,
            word_at=at,
            word_by_id=actor.id,
            answer_showing=_showing(said),
            opens_at=_opens(Review.wrote_at.is_not(None), at),
        ),
        ReviewBlindError(review_id=review_id),
    )
    db.session.refresh(review)
    if said.is_held:
        _to_reviewers("review_answer", review, said, author_id=actor.id, at=at)
    _note(actor, REVIEW_MET, review, at=at)
    return review


def answer_review(actor: Viewer, review_id: int, text: str, *, at: datetime) -> Review:
    """Answer an open review in the shop's name, or write the answer anew."""
    review = _review(review_id)
    reviewing.check_answers(actor, review, at=at)
    said = judged(actor, text, "text", ANSWER_LENGTH)
    is_first = review.answered_at is None
    showing = ReviewShowing.HELD if said.is_held else review.answer_showing
    review.answer, review.answered_at, review.answered_by_id = said.text, at, actor.id
    review.answer_showing = showing
    db.session.flush()
    if said.is_held:
        _to_reviewers("review_answer", review, said, author_id=actor.id, at=at)
    _note(actor, REVIEW_ANSWERED, review, at=at, first=is_first, held=said.is_held)
    return review


def carry_out(kind: str, review_id: int, decision: Decision) -> None:
    """Show or hide what a reviewer decided about: a review, or the shop's words under it."""
    if decision is Decision.DISMISS:
        return
    showing = ReviewShowing.HIDDEN if decision is Decision.HIDE else ReviewShowing.SHOWN
    changed(update(Review).where(Review.id == review_id).values({COLUMNS[kind]: showing}))


def _review(review_id: int) -> Review:
    review = db.session.get(Review, review_id, populate_existing=True)
    if review is None:
        raise NotFoundError
    return review


def _judged(actor: Viewer, text: str, field: str, limit: int) -> Judged:
    """Stars may stand without words; a silenced person gives neither."""
    if text.strip():
        return judged(actor, text, field, limit)
    moderation.judged("", actor)
    return Judged("")


def _showing(said: Judged) -> ReviewShowing:
    return ReviewShowing.HELD if said.is_held else ReviewShowing.SHOWN


def _opens(other_wrote: Any, at: datetime) -> Any:
    """The instant at which it opens, now that one side writes: at once where the other did."""
    return case((other_wrote & (Review.opens_at > at), at), else_=Review.opens_at)


def _to_reviewers(
    kind: str, review: Review, said: Judged, *, author_id: int | None, at: datetime
) -> None:
    excerpt, words = said.text[:400], said.words
    moderation.hold(kind, review.id, at=at, author_id=author_id, excerpt=excerpt, words=words)


def _note(actor: Viewer, verb: Any, review: Review, *, at: datetime, **more: Any) -> None:
    shop = db.session.get_one(Merchant, review.merchant_id)
    data = {"merchant_id": review.merchant_id, "listing_id": review.listing_id, **more}
    record(actor, verb, ("review", review.id), at=at, place=shop.neighbourhood_id, data=data)
