"""What neighbours wrote about the shop, and what the shop says to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Viewer, me, staff_of
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.models import Review
from app.merchants.queries import reviews as reviewed
from app.merchants.services import reviews as services
from app.merchants.types import ReviewFilter, ReviewSort, ReviewView
from app.workbench.forms import AnswerForm
from app.workbench.views.blueprint import bp

SHELF = ("owner", "manager", "clerk")
ANSWERED = toast("workbench.answered", _l("Your answer stands under the review."))
MET = toast("workbench.met", _l("Your word is written down."))


def _page(merchant_id: int) -> dict[str, Any]:
    """Return the list as the address asks for it."""
    view = request.args.get("view", "")
    sort = request.args.get("sort", "")
    stars = request.args.get("stars", "")
    chosen = ReviewFilter(
        stars=int(stars) if stars in set("12345") and stars else None,
        sort=ReviewSort(sort) if sort in set(ReviewSort) else ReviewSort.NEW,
        after=request.args.get("after"),
    )
    shown = ReviewView(view) if view in set(ReviewView) else ReviewView.OPEN
    at = clock.now()
    page = reviewed.reviews_for_shop(merchant_id, shown, chosen, at=at)
    figures = reviewed.figures_of(merchant_id, at=at)
    return {
        "merchant_id": merchant_id,
        "page": page,
        "view": shown,
        "chosen": chosen,
        "figures": figures,
        "now": at,
    }


@bp.get("/<int:merchant_id>/reviews")
@staff_of("merchant_id", *SHELF)
def reviews(merchant_id: int) -> Response:
    """List the shop's reviews: to answer, still blind, or all that are open."""
    return render("workbench/reviews.html", failing=None, form=None, **_page(merchant_id))


@bp.post("/<int:merchant_id>/reviews/<int:review_id>/word")
@staff_of("merchant_id", *SHELF)
def meet_review(merchant_id: int, review_id: int) -> Response:
    """Write the shop's word before it may read the buyer's."""
    return _say(merchant_id, review_id, services.meet_review, ReviewView.BLIND, MET)


@bp.post("/<int:merchant_id>/reviews/<int:review_id>/answer")
@staff_of("merchant_id", *SHELF)
def answer_review(merchant_id: int, review_id: int) -> Response:
    """Answer a review, or write the answer anew."""
    view = ReviewView(request.args["view"]) if request.args.get("view") == "all" else None
    return _say(merchant_id, review_id, services.answer_review, view, ANSWERED)


def _say(
    merchant_id: int,
    review_id: int,
    service: Callable[..., Review],
    view: ReviewView | None,
    toast_said: str,
) -> Response:
    _check_own(me(), merchant_id, review_id)
    form = AnswerForm.posted()
    at: datetime = clock.now()
    with form.shows_field_errors("workbench/reviews.html", failing=review_id, **_page(merchant_id)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("workbench.reviews", merchant_id=merchant_id, view=view))
            service(me(), review_id, form.text.data or "", at=at)
    return said(act.location, toast_said)


def _check_own(viewer: Viewer, merchant_id: int, review_id: int) -> None:
    """Refuse, as if it were not there, a review of another shop."""
    facts = reviewed.review_facts(review_id)
    if facts is None or facts[0] != merchant_id or not viewer.is_staff_of(merchant_id, *SHELF):
        raise NotFoundError
