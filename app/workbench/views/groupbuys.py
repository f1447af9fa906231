"""A shop's group-buys: the list, a new one from something on the shelf, and one more like it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import render, said, toast
from app.merchants.queries import browsing, keeping
from app.merchants.queries.collecting import points_for
from app.merchants.types import ListingKind
from app.orders.queries import groupbuys as queries
from app.orders.services.groupbuys import open_group_buy
from app.orders.types.groupbuys import GroupBuyRow
from app.workbench.forms import GroupBuyForm, local_minutes, plain_amount
from app.workbench.views.blueprint import bp

OPENED = toast(
    "workbench.group_buy_opened", _l("The group-buy is set up. Send the neighbours its text.")
)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
PAGE = "workbench/group_buy.html"


@bp.get("/<int:merchant_id>/group-buys")
@staff_of("merchant_id")
def group_buys(merchant_id: int) -> Response:
    """List the shop's group-buys, and what one could be made of."""
    group = request.args.get("group", "")
    page = queries.group_buys(
        group=group, merchant_id=merchant_id, is_new_first=True, after=request.args.get("after")
    )
    shelf = [
        row
        for row in keeping.shelf_of(merchant_id, with_archived=True, with_drafts=True)
        if row.kind is ListingKind.GOODS
    ]
    return render(
        "workbench/group_buys.html", merchant_id=merchant_id, page=page, group=group, shelf=shelf
    )


@bp.route("/<int:merchant_id>/group-buys/of/<int:listing_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_group_buy(merchant_id: int, listing_id: int) -> Response:
    """Let something on the shelf be ordered together; `again` begins with an earlier one."""
    listing = keeping.listing_of(merchant_id, listing_id)
    now = clock.now()
    sizes = [
        one
        for one in browsing.variants_of([listing_id], at=now).get(listing_id, [])
        if not one.is_archived
    ]
    again = request.args.get("again", "")
    earlier = _earlier(merchant_id, listing_id, again, now)
    form: GroupBuyForm = GroupBuyForm.posted(**_values(earlier, sizes, now))
    form.point_id.choices = [
        (point.id, pick(point.name_zh, point.name_en))
        for point in points_for([merchant_id])[merchant_id]
    ]
    page: dict[str, Any] = {"merchant_id": merchant_id, "listing": listing, "sizes": sizes}
    if request.method == "GET":
        return render(PAGE, form=form, **page)
    with form.shows_field_errors(PAGE, **page):
        form.check()
        draft = form.draft(listing_id, [one.id for one in sizes])
        with transaction(once=form.key) as act:
            made = open_group_buy(me(), merchant_id, draft, at=now)
            act.leads_to(url_for("orders.lead", group_buy_id=made.id))
    return said(act.location, OPENED)


def _earlier(merchant_id: int, listing_id: int, again: str, now: datetime) -> GroupBuyRow | None:
    if not (again.isascii() and again.isdigit() and len(again) < 10):
        return None
    found = queries.led_group_buy(me(), int(again), at=now)
    same = (found.merchant_id, found.listing_id) == (merchant_id, listing_id)
    return found if same else None


def _values(earlier: GroupBuyRow | None, sizes: list[Any], now: datetime) -> dict[str, Any]:
    """Return what the form begins with: an earlier one moved on by whole weeks, or two days from
    now.
    """
    if earlier is None:
        start = now.replace(minute=0, second=0, microsecond=0)
        times = (
            start,
            start + 2 * DAY,
            start + 3 * DAY,
            start + 3 * DAY + timedelta(hours=2),
        )
        return dict(zip(_TIMES, map(local_minutes, times), strict=True))
    weeks = WEEK * (max(0, (now - earlier.opens_at) // WEEK) + 1)
    times = (earlier.opens_at, earlier.cut_off_at, earlier.starts_at, earlier.ends_at)
    values: dict[str, Any] = {
        name: local_minutes(time + weeks) for name, time in zip(_TIMES, times, strict=True)
    }
    values |= {
        "measure": earlier.measure.value,
        "threshold": earlier.threshold,
        "point_id": earlier.point_id,
        "share": earlier.share_bp / 100,
    }
    items = {item.variant_id: item for item in earlier.items}
    for number, size in enumerate(sizes):
        item = items.get(size.id)
        if item is None:
            continue
        values |= {
            f"item_{number}_case": item.case_size,
            f"item_{number}_tolerance": item.tolerance,
        }
        for place, step in enumerate(item.steps, start=1):
            values[f"item_{number}_from_{place}"] = step.at_least
            values[f"item_{number}_price_{place}"] = plain_amount(step.price_minor)
    return values


_TIMES = ("opens_at", "cut_off_at", "starts_at", "ends_at")
