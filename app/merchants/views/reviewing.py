"""Reviews of what was collected: read, written, taken back."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, member, public
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.forms import ReviewForm
from app.merchants.queries import browsing
from app.merchants.queries import reviews as reviewed
from app.merchants.services import reviews
from app.merchants.types import (
    ReviewFilter,
    ReviewSort,
)
from app.merchants.views.blueprint import bp, sort_asked, whole

REVIEWED = toast("merchants.reviewed", _l("Thank you. It is written down."))
TAKEN_BACK = toast("merchants.taken_back", _l("Your review is taken back."))


@bp.get("/<int:merchant_id>/reviews")
@public
def shop_reviews(merchant_id: int) -> Response:
    """List what is written about a shop, or about one thing of it."""
    at = clock.now()
    shop = browsing.merchant_for(me(), merchant_id)
    stars = whole("stars")
    chosen = ReviewFilter(
        stars=stars if stars in range(1, 6) else None,
        listing_id=whole("listing"),
        sort=ReviewSort(sort_asked(tuple(ReviewSort))),
        after=request.args.get("after"),
    )
    return render(
        "merchants/reviews.html", shop=shop, chosen=chosen, now=at,
        page=reviewed.reviews_of(me(), merchant_id, chosen, at=at),
        figures=reviewed.figures_of(merchant_id, at=at, listing_id=chosen.listing_id),
    )  # fmt: skip


@bp.get("/reviews/<int:review_id>")
@public
def review(review_id: int) -> Response:
    """Show one review with what its shop says."""
    at = clock.now()
    found = reviewed.review_for(me(), review_id, at=at)
    return render("merchants/review.html", review=found, now=at)


@bp.route("/reviews/<int:review_id>/write", methods=["GET", "POST"])
@member
def write_review(review_id: int) -> Response:
    """Write what one thinks of what one collected."""
    at = clock.now()
    found = reviewed.own_review(me(), review_id, at=at)
    form = ReviewForm.posted(stars=found.stars, body=found.body)
    page: dict[str, Any] = {"review": found, "now": at}
    if request.method == "GET":
        return render("merchants/write_review.html", form=form, **page)
    with form.shows_field_errors("merchants/write_review.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("merchants.review", review_id=review_id))
            reviews.write_review(
                me(), review_id, stars=form.stars.data, body=form.body.data or "", at=at
            )
    return said(act.location, REVIEWED)


@bp.post("/reviews/<int:review_id>/take-back")
@member
def take_back(review_id: int) -> Response:
    """Take one's own review away."""
    form = ButtonForm.posted()
    form.check()
    found = reviewed.own_review(me(), review_id, at=clock.now())
    with transaction(once=form.key) as act:
        act.leads_to(url_for("merchants.merchant", merchant_id=found.merchant_id))
        reviews.take_back(me(), review_id, at=clock.now())
    return said(act.location, TAKEN_BACK)
