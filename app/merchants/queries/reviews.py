"""Reviews: what stands under a shop and a listing, what one may write, what a shop answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select, true, tuple_

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.db import UtcDateTime, db, fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.i18n import pick
from app.core.lists import Page, decode_key, instant, keyset
from app.merchants.models import Merchant, Review
from app.merchants.policies import reviewing
from app.merchants.queries.browsing.pages import shop_page, shop_seen
from app.merchants.types import (
    MerchantPage,
    ReviewFigures,
    ReviewFilter,
    ReviewHead,
    ReviewRow,
    ReviewShowing,
    ReviewSort,
    ReviewView,
)
from app.merchants.types.reviews import MEAN_FROM, STARS
from app.moderation.types import Reportable

LATEST = 3
LIST_SIZE = 20
AT: Any = bindparam("at", type_=UtcDateTime)
SUBJECT: Any = bindparam("subject_id")
_COLUMNS: Any = (
    Review.id, Review.order_id, Review.merchant_id, Merchant.name_zh, Merchant.name_en,
    Review.listing_id, Review.name_zh, Review.name_en, Review.person_id, User.name,
    User.avatar_picture_id, Review.earned_at, Review.opens_at, Review.void_at, Review.stars,
    Review.body, Review.wrote_at, Review.showing, Review.word, Review.word_at, Review.answer,
    Review.answered_at, Review.answer_showing,
)  # fmt: skip


def _rows(*more: Any) -> Any:
    wanted = select(*_COLUMNS, *more).join(Merchant, Merchant.id == Review.merchant_id)
    return wanted.outerjoin(User, User.id == Review.person_id)


def _public() -> ColumnElement[bool]:
    """Everybody may read it: written, open, collected still, not held and not taken away."""
    return and_(
        Review.wrote_at.is_not(None),
        Review.opens_at <= AT,
        Review.void_at.is_(None),
        Review.showing == ReviewShowing.SHOWN,
    )


def shop_with_reviews(
    viewer: Viewer, merchant_id: int, *, at: datetime
) -> tuple[MerchantPage, ReviewHead]:
    """Return a shop's page with the figures of its reviews and the latest of them, in one
    statement; refuses as `merchant_for` does.
    """
    values = {"merchant_id": merchant_id, "subject_id": merchant_id}
    rows = fetch(_shop_with_head(), at=at, size=LATEST, **values)
    width = len(shop_page().selected_columns)
    shop = shop_seen(viewer, rows[0][:width] if rows else None)
    return shop, _head(viewer, [row[width:] for row in rows], at)


def head_of_listing(viewer: Viewer, listing_id: int, *, at: datetime) -> ReviewHead:
    """Return the figures of a listing's reviews and the latest of them; one statement."""
    return _head(viewer, fetch(_head_of_listing(), subject_id=listing_id, at=at, size=LATEST), at)


def _head(viewer: Viewer, rows: Sequence[Any], at: datetime) -> ReviewHead:
    if not rows:
        return ReviewHead(ReviewFigures(), ())
    few = len(STARS)
    counts: Any = tuple(count or 0 for count in rows[0][:few])
    latest = [ReviewRow(*row[few:]) for row in rows if row[few] is not None]
    seen = tuple(reviewing.seen_by(viewer, row, at=at) for row in latest)
    return ReviewHead(ReviewFigures(counts), seen)


def _sums_and_latest(kind: str) -> tuple[Any, Any]:
    """Return the subquery of a subject's figures and the select of its latest reviews' ids."""
    about = (_subject(kind), _public())
    sums = (func.sum(case((Review.stars == n, 1), else_=0)).label(f"n{n}") for n in STARS)
    latest = select(Review.id).where(*about)
    latest = latest.order_by(Review.wrote_at.desc(), Review.id.desc()).limit(bindparam("size"))
    return select(*sums).where(*about).subquery(), latest


@cache
def _head_of_listing() -> Any:
    figures, latest = _sums_and_latest("listing")
    wanted = select(*(figures.c[f"n{n}"] for n in STARS), *_COLUMNS).select_from(Review)
    wanted = wanted.join(Merchant, Merchant.id == Review.merchant_id)
    wanted = wanted.outerjoin(User, User.id == Review.person_id).join(figures, true())
    return wanted.where(Review.id.in_(latest)).order_by(Review.wrote_at.desc(), Review.id.desc())


@cache
def _shop_with_head() -> Any:
    figures, latest = _sums_and_latest("merchant")
    of_shop = and_(Review.merchant_id == Merchant.id, Review.id.in_(latest))
    wanted = shop_page().add_columns(*(figures.c[f"n{n}"] for n in STARS), *_COLUMNS)
    wanted = wanted.join(figures, true()).outerjoin(Review, of_shop)
    wanted = wanted.outerjoin(User, User.id == Review.person_id)
    return wanted.order_by(Review.wrote_at.desc(), Review.id.desc())


def _subject(kind: str) -> ColumnElement[bool]:
    column: Any = Review.merchant_id if kind == "merchant" else Review.listing_id
    found: ColumnElement[bool] = column == SUBJECT
    return found


def figures_of(merchant_id: int, *, at: datetime, listing_id: int | None = None) -> ReviewFigures:
    """Return how many public reviews gave how many stars; one statement."""
    kind, number = ("listing", listing_id) if listing_id else ("merchant", merchant_id)
    found = dict(map(tuple, fetch(_figures(kind), subject_id=number, at=at)))
    counts: Any = tuple(found.get(stars, 0) for stars in STARS)
    return ReviewFigures(counts)


@cache
def _figures(kind: str) -> Any:
    wanted = select(Review.stars, func.count()).where(_subject(kind), _public())
    return wanted.group_by(Review.stars)


class RatingRow(NamedTuple):
    """A shop's public reviews: how many, and their mean in tenths of a star."""

    merchant_id: int
    reviews: int
    tenths: int


def ratings_now(*, at: datetime) -> list[RatingRow]:
    """Return how every shop is rated that has enough public reviews for a mean. One statement."""
    return [
        RatingRow(row[0], row[1], round(10 * row[2] / row[1])) for row in fetch(_ratings(), at=at)
    ]


@cache
def _ratings() -> Any:
    count = func.count(Review.id)
    return (
        select(Review.merchant_id, count, func.sum(Review.stars))
        .where(_public())
        .group_by(Review.merchant_id)
        .having(count >= MEAN_FROM)
    )


def reviews_of(
    viewer: Viewer, merchant_id: int, chosen: ReviewFilter, *, at: datetime
) -> Page[ReviewRow]:
    """Return a page of a shop's public reviews, narrowed and ordered as chosen."""
    wanted = _rows().where(Review.merchant_id == merchant_id, _public())
    if chosen.listing_id is not None:
        wanted = wanted.where(Review.listing_id == chosen.listing_id)
    if chosen.stars is not None:
        wanted = wanted.where(Review.stars == chosen.stars)
    page = _paged(wanted, chosen.sort, chosen.after, at)
    return Page([reviewing.seen_by(viewer, row, at=at) for row in page.rows], page.next_key)


def reviews_for_shop(
    merchant_id: int, view: ReviewView, chosen: ReviewFilter, *, at: datetime
) -> Page[ReviewRow]:
    """Return a page of reviews as the shop may read them: to answer, still blind, or all that are
    open.
    """
    wanted = _rows().where(Review.merchant_id == merchant_id)
    if view is ReviewView.BLIND:
        wanted = wanted.where(
            Review.opens_at > AT, Review.word_at.is_(None), Review.void_at.is_(None)
        )
        found = wanted.order_by(Review.earned_at.desc(), Review.id.desc())
        last = decode_key(chosen.after, instant, int)
        if last is not None:
            found = found.where(tuple_(Review.earned_at, Review.id) < last)
        rows = [ReviewRow(*row) for row in _fetched(found.limit(LIST_SIZE + 1), at)]
        page = keyset(rows, LIST_SIZE, lambda row: (row.earned_at, row.id))
    else:
        wanted = wanted.where(_public())
        if view is ReviewView.OPEN:
            wanted = wanted.where(Review.answered_at.is_(None))
        if chosen.stars is not None:
            wanted = wanted.where(Review.stars == chosen.stars)
        page = _paged(wanted, chosen.sort, chosen.after, at)
    return Page([reviewing.blind(row, at=at) for row in page.rows], page.next_key)


def _paged(wanted: Any, sort: ReviewSort, after: str | None, at: datetime) -> Page[ReviewRow]:
    by: Any = (Review.wrote_at, Review.id)
    kinds: Any = (instant, int)
    if sort is not ReviewSort.NEW:
        up = sort is ReviewSort.LOW
        # Fewer stars first is the same order as more of what is missing to five.
        by = ((5 - Review.stars) if up else Review.stars, *by)
        kinds = (int, *kinds)
    last = decode_key(after, *kinds)
    if last is not None:
        wanted = wanted.where(tuple_(*by) < tuple(last))
    wanted = wanted.order_by(*(column.desc() for column in by)).limit(LIST_SIZE + 1)
    rows = [ReviewRow(*row) for row in _fetched(wanted, at)]

    def key(row: ReviewRow) -> tuple[Any, ...]:
        if sort is ReviewSort.NEW:
            return (row.wrote_at, row.id)
        stars = row.stars or 0
        return (5 - stars if sort is ReviewSort.LOW else stars, row.wrote_at, row.id)

    return keyset(rows, LIST_SIZE, key)


def _fetched(wanted: Any, at: datetime) -> Any:
    return db.session.execute(wanted, {"at": at})


def review_for(viewer: Viewer, review_id: int, *, at: datetime) -> ReviewRow:
    """Return one review as the viewer may read it; refuses, as if it were not there, one that they
    may not.
    """
    return reviewing.seen_by(viewer, _one(review_id), at=at)


def own_review(viewer: Viewer, review_id: int, *, at: datetime) -> ReviewRow:
    """Return one's own right to a review, with what one wrote."""
    row = _one(review_id)
    if viewer.id is None or row.person_id != viewer.id:
        raise NotFoundError
    return reviewing.seen_by(viewer, row, at=at)


def _one(review_id: int) -> ReviewRow:
    row = fetch_one(_by_id(), review_id=review_id)
    if row is None:
        raise NotFoundError
    return ReviewRow(*row)


@cache
def _by_id() -> Any:
    return _rows().where(Review.id == bindparam("review_id"))


def rights_of_order(viewer: Viewer, order_id: int, *, at: datetime) -> list[ReviewRow]:
    """Return what a member may review, or reviewed, of their order; one statement."""
    if viewer.id is None:
        return []
    found = fetch(_of_order(), order_id=order_id, person_id=viewer.id)
    return [reviewing.seen_by(viewer, ReviewRow(*row), at=at) for row in found]


@cache
def _of_order() -> Any:
    mine = (Review.order_id == bindparam("order_id"), Review.person_id == bindparam("person_id"))
    return _rows().where(*mine, Review.void_at.is_(None)).order_by(Review.line_id)


def review_facts(review_id: int) -> tuple[int, str, str, int | None, datetime] | None:
    """Return of which shop and thing a review is, whose, and when it opens, for notices."""
    columns: Any = (
        Review.merchant_id, Review.name_zh, Review.name_en, Review.person_id, Review.opens_at,
    )  # fmt: skip
    row = db.session.execute(select(*columns).where(Review.id == review_id)).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3], row[4])


def bodies_of(listing_id: int) -> set[str]:
    """Return the words of all reviews of a listing."""
    wanted = select(Review.body).where(
        Review.listing_id == listing_id, Review.wrote_at.is_not(None)
    )
    return set(db.session.scalars(wanted))


def reportable_review(viewer: Viewer, review_id: int) -> Reportable:
    """Return what a report on a review shows; refuses one that the viewer may not read."""
    row = _readable(viewer, review_id)
    said = f"{'★' * (row.stars or 0)} {row.body}".strip()
    is_taken = row.showing is ReviewShowing.HIDDEN
    return Reportable(_title(row), said[:400], row.person_id, is_taken=is_taken)


def reportable_answer(viewer: Viewer, review_id: int) -> Reportable:
    """Return what a report on the shop's words under a review shows."""
    row = _readable(viewer, review_id)
    said = "\n".join(filter(None, [row.word, row.answer]))
    if not said:
        raise NotFoundError
    columns = select(Review.answered_by_id, Review.word_by_id).where(Review.id == review_id)
    by = db.session.execute(columns).one()
    is_taken = row.answer_showing is ReviewShowing.HIDDEN
    return Reportable(_title(row), said[:400], by[0] or by[1], is_taken=is_taken)


def _readable(viewer: Viewer, review_id: int) -> ReviewRow:
    return review_for(viewer, review_id, at=clock.now())


def _title(row: ReviewRow) -> str:
    return f"{pick(row.merchant_zh, row.merchant_en)} · {pick(row.name_zh, row.name_en)}"
