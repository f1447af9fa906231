"""The morning page: all numbers of the shelf on one screen, drafts put up with the same button."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.errors import BelowPromisedError
from app.merchants.queries import browsing, keeping
from app.merchants.queries.shelf import last_counts
from app.merchants.services import listings, shelf
from app.merchants.types import ListingKind
from app.orders.queries.orders import numbers_of
from app.workbench.forms import MorningForm
from app.workbench.views.blueprint import bp

OPENED = toast("workbench.opened", _l("The numbers stand. Have a good day."))


@bp.route("/<int:merchant_id>/morning", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER, Role.CLERK)
def morning(merchant_id: int) -> Response:
    """Set today's numbers for everything at once."""
    page = _page(merchant_id)
    if request.method == "GET":
        return render("workbench/morning.html", **page)
    form = MorningForm.posted()
    form.check()
    counts = form.counts(page["sizes_by_id"])
    if form.wrong:
        return render("workbench/morning.html", 422, wrong=form.wrong, sent=request.form, **page)
    drafts = {row.id for row in page["drafts"]} & set(request.form.getlist("draft", type=int))
    try:
        with transaction(once=form.key) as act:
            at = clock.now()
            shelf.count_shelf(me(), merchant_id, counts, at=at)
            for listing_id in sorted(drafts):
                listings.publish_listing(me(), listing_id, at=at)
            act.leads_to(url_for("workbench.today", merchant_id=merchant_id))
    except BelowPromisedError as low:
        return render(
            "workbench/morning.html", 409, promised=low.data, sent=request.form,
            numbers=numbers_of(low.data["order_ids"]), **page,
        )  # fmt: skip
    return said(act.location, OPENED)


def _page(merchant_id: int) -> dict[str, Any]:
    at = clock.now()
    today = clock.local(at).date()
    rows = keeping.shelf_of(merchant_id, with_drafts=True)
    found = browsing.variants_of([row.id for row in rows], at=at)
    sizes = {key: [size for size in of if size.pack_size == 1] for key, of in found.items()}
    goods = [row for row in rows if row.kind is ListingKind.GOODS and not row.is_draft]
    by_id = {size.id: size for row in goods for size in sizes[row.id]}
    return {
        "merchant_id": merchant_id,
        "today": today,
        "goods": goods,
        "sizes": sizes,
        "sizes_by_id": by_id,
        "drafts": [row for row in rows if row.is_draft],
        "before": last_counts(list(by_id), before=today),
        "copies": request.args.get("numbers") == "before",
    }
