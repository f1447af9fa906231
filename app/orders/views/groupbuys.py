"""Group-buys as neighbours see them: the list, one of them, and joining it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup

from app.core import clock
from app.core.access import Viewer, me, public
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import part, render, said, slot
from app.orders.forms import CountsForm
from app.orders.policies.groupbuys import can_lead, masked, next_step
from app.orders.queries import groupbuys as queries
from app.orders.services import basket
from app.orders.types.groupbuys import GroupBuyRow
from app.orders.views.blueprint import ADDED, bp, keep_token, own_basket, token


@bp.get("/group-buys")
@public
def group_buys() -> Response:
    group = request.args.get("group", "")
    mine = me().id if request.args.get("mine") and me().is_member else None
    page = queries.group_buys(
        group=group,
        leader_id=mine,
        is_new_first=request.args.get("sort") == "new" or group == "over" or bool(mine),
        after=request.args.get("after"),
    )
    return render("orders/group_buys.html", page=page, group=group, is_mine=bool(mine))


@bp.get("/group-buys/<int:group_buy_id>")
@public
def group_buy(group_buy_id: int) -> Response:
    return render("orders/group_buy.html", **_page(group_buy_id))


@bp.get("/group-buys/<int:group_buy_id>/progress")
@public
def group_buy_progress(group_buy_id: int) -> Response:
    found = queries.group_buy(group_buy_id, at=clock.now())
    return Response(progress_card(found), mimetype="text/html")


@bp.post("/group-buys/<int:group_buy_id>/join")
@public
def join_group_buy(group_buy_id: int) -> Response:
    form = CountsForm.posted()
    found = queries.group_buy(group_buy_id, at=clock.now())
    fresh = None if me().is_member or token() else basket.new_token()
    form.check()
    try:
        counts = form.counts()
        wanted = {item.variant_id: counts.get(item.variant_id, 0) for item in found.items}
        if not any(wanted.values()):
            raise FieldError("counts", _l("Say how many you want."))
    except FieldError as refused:
        page = _page(group_buy_id) | {"refused": str(refused), "typed": request.form}
        return render("orders/group_buy.html", status=422, **page)
    with transaction(once=form.key) as act:
        now = clock.now()
        holder = own_basket(me(), at=now) or fresh
        for variant_id, count in wanted.items():
            if count:
                basket.add_to_basket(
                    me(), token=holder, variant_id=variant_id, quantity=count, at=now
                )
        act.leads_to(url_for("orders.basket"))
    answer = said(act.location, ADDED)
    if fresh:
        keep_token(answer, fresh)
    return answer


@slot("thread_cards").add
def announced(_viewer: Viewer) -> list[Markup]:
    """Give the card of the group-buy that the shown thread announced."""
    thread_id = (request.view_args or {}).get("thread_id")
    found = queries.group_buy_of_thread(thread_id) if thread_id else None
    return [progress_card(found)] if found else []


@slot("listing_notes").add
def sold_together(_viewer: Viewer) -> list[Markup]:
    """Say on a listing's page that it is in a group-buy."""
    listing_id = (request.view_args or {}).get("listing_id")
    group_buy_id = queries.group_buy_of_listing(listing_id) if listing_id else None
    if group_buy_id is None:
        return []
    return [part("orders/_sold_together.html", group_buy_id=group_buy_id)]


def progress_card(found: GroupBuyRow) -> Markup:
    """Return how far a group-buy is, live where the browser can."""
    return part("orders/_progress.html", buy=found, now=clock.now(), next=next_step)


def _page(group_buy_id: int) -> dict[str, Any]:
    found = queries.group_buy(group_buy_id, at=clock.now())
    return {
        "buy": found,
        "now": clock.now(),
        "joined": queries.joined(group_buy_id),
        "masked": masked,
        "progress": progress_card(found),
        "leads": can_lead(me(), merchant_id=found.merchant_id, leader_id=found.leader_id),
        "typed": {},
    }
