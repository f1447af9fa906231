"""Coupons and offers of the whole town: the site's own, and all shops' to look at and to stop."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import pick
from app.core.pages import render, said
from app.merchants.queries import browsing
from app.operator.views.blueprint import DONE, bp
from app.promotions import queries, services
from app.promotions.parts import console


@bp.get("/promotions")
@role("operator")
def promotions() -> Response:
    """List every coupon and offer of the town."""
    standing, sort = request.args.get("state", ""), request.args.get("sort", "new")
    rows = queries.promotions_of(standing=standing, sort=sort, at=clock.now())
    table = console.table_part(rows, endpoint="operator.promotion", merchant_id=None)
    return render(
        "operator/promotions.html", has_rows=bool(rows), table=table, state=standing, sort=sort
    )


@bp.route("/promotions/new", methods=["GET", "POST"])
@role("operator")
def new_promotion() -> ResponseReturnValue:
    """Make one that the site pays for, good at all shops."""
    at = clock.now()
    form = console.fresh_form(at)
    own = [
        row for row in queries.promotions_of(standing="running", at=at) if row.merchant_id is None
    ]
    categories = [(row[0], pick(row[2], row[3])) for row in browsing.categories()]
    form.offer(things=[], categories=categories, rewards=console.names_of(own))
    page: dict[str, Any] = {"piece": console.form_part}
    if request.method == "GET":
        return render("operator/new_promotion.html", form=form, **page)
    with form.shows_field_errors("operator/new_promotion.html", **page):
        form.check()
        form.funder.data = "site"
        draft = form.draft(None, ("", ""))
        with transaction(once=form.key) as act:
            made = services.make_promotion(me(), draft, at=at)
            act.leads_to(url_for("operator.promotion", promotion_id=made.id))
    return said(act.location, DONE)


@bp.get("/promotions/<int:promotion_id>")
@role("operator")
def promotion(promotion_id: int) -> Response:
    """Show one, what of it is used, and by whom."""
    row = queries.promotion_by_id(promotion_id, at=clock.now())
    state = request.args.get("state", "")
    uses = queries.uses_of(promotion_id, state=state, after=request.args.get("after"))
    stop = url_for("operator.stop_promotion", promotion_id=promotion_id)
    piece = console.one_part(row, uses, state=state, stop=stop)
    return render("operator/promotion.html", row=row, piece=piece)


@bp.post("/promotions/<int:promotion_id>/stop")
@role("operator")
def stop_promotion(promotion_id: int) -> ResponseReturnValue:
    """End one now."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.stop_promotion(me(), promotion_id, at=clock.now())
        act.leads_to(url_for("operator.promotions"))
    return said(act.location, DONE)
