"""The shop's own coupons and offers: the list, a new one, one with its uses, its end."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import render, said, toast
from app.merchants.queries import browsing, keeping
from app.promotions import queries, services
from app.promotions.parts import console
from app.workbench.views.blueprint import bp

MADE = toast("workbench.promotion_made", _l("It is made and runs in its time."))
STOPPED = toast("workbench.promotion_stopped", _l("Stopped. Orders that have it keep it."))


@bp.get("/<int:merchant_id>/promotions")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def promotions(merchant_id: int) -> Response:
    """List the shop's coupons and offers."""
    standing, sort = request.args.get("state", ""), request.args.get("sort", "new")
    rows = queries.promotions_of(merchant_id, standing=standing, sort=sort, at=clock.now())
    table = console.table_part(rows, endpoint="workbench.promotion", merchant_id=merchant_id)
    return render(
        "workbench/promotions.html", merchant_id=merchant_id, has_rows=bool(rows), table=table,
        state=standing, sort=sort,
    )  # fmt: skip


@bp.route("/<int:merchant_id>/promotions/new", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_promotion(merchant_id: int) -> Response:
    """Make a coupon or an offer."""
    at, shop = clock.now(), browsing.merchant_for(me(), merchant_id)
    form = console.fresh_form(at)
    coupons = queries.promotions_of(merchant_id, standing="running", at=at)
    form.offer(
        things=[
            (row.id, pick(row.name_zh, row.name_en))
            for row in keeping.shelf_of(merchant_id)
            if not row.is_archived
        ],
        categories=[(row[0], pick(row[2], row[3])) for row in browsing.categories()],
        rewards=console.names_of(coupons),
    )
    page: dict[str, Any] = {"merchant_id": merchant_id, "piece": console.form_part}
    if request.method == "GET":
        return render("workbench/new_promotion.html", form=form, **page)
    with form.shows_field_errors("workbench/new_promotion.html", **page):
        form.check()
        draft = form.draft(merchant_id, (shop.name_zh, shop.name_en))
        with transaction(once=form.key) as act:
            made = services.make_promotion(me(), draft, at=at)
            there = url_for(
                "workbench.promotion", merchant_id=merchant_id, promotion_id=made.id
            )  # fmt: skip
            act.leads_to(there)
    return said(act.location, MADE)


@bp.get("/<int:merchant_id>/promotions/<int:promotion_id>")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def promotion(merchant_id: int, promotion_id: int) -> Response:
    """Show one, what of it is used, and by whom."""
    row = queries.promotion_of(merchant_id, promotion_id, at=clock.now())
    state = request.args.get("state", "")
    uses = queries.uses_of(promotion_id, state=state, after=request.args.get("after"))
    stop = url_for(
        "workbench.stop_promotion", merchant_id=merchant_id, promotion_id=promotion_id
    )  # fmt: skip
    piece = console.one_part(row, uses, state=state, stop=stop)
    return render("workbench/promotion.html", merchant_id=merchant_id, row=row, piece=piece)


@bp.post("/<int:merchant_id>/promotions/<int:promotion_id>/stop")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def stop_promotion(merchant_id: int, promotion_id: int) -> Response:
    """End one now."""
    form = ButtonForm.posted()
    form.check()
    queries.promotion_of(merchant_id, promotion_id, at=clock.now())
    with transaction(once=form.key) as act:
        services.stop_promotion(me(), promotion_id, at=clock.now())
        act.leads_to(url_for("workbench.promotions", merchant_id=merchant_id))
    return said(act.location, STOPPED)
