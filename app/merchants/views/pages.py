"""A shop, a listing, and what somebody does there: wait, follow, read its papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.core.shown import shown_day
from app.forum.parts import talk
from app.forum.queries.threads import wants_news_of
from app.forum.services import follow as follow_thread
from app.forum.services import unfollow as unfollow_thread
from app.merchants.forms import WaitForm
from app.merchants.parts import dietary_words
from app.merchants.queries import booking, browsing, collecting
from app.merchants.queries import reviews as reviewed
from app.merchants.queries import waits as waiting
from app.merchants.queries.days import first_day, last_moment
from app.merchants.queries.figures import is_left_out, ordered_near
from app.merchants.queries.hours import by_day, spans_of
from app.merchants.queries.papers import papers_shown
from app.merchants.queries.sections import in_sections
from app.merchants.services import waits
from app.merchants.services.figures import leave_out
from app.merchants.types import (
    ListingKind,
    ListingPage,
    MerchantPage,
    MerchantState,
    ServicePlace,
)
from app.merchants.types.figures import FEWEST
from app.merchants.types.papers import PAPER_WORDS
from app.merchants.views.blueprint import bp, came_from, whole
from app.promotions.parts import running_at

IN_LINE = toast("merchants.in_line", _l("You are in line. We tell you when it is back."))
OUT_OF_LINE = toast("merchants.out_of_line", _l("You are not in line any more."))
FOLLOWS = toast("merchants.follows", _l("You will hear what is new here."))
LEFT_OUT = toast("merchants.left_out", _l("We keep to that."))
QUIET = toast("merchants.quiet", _l("You will hear no more of this shop."))


@bp.get("/<int:merchant_id>")
@public
def merchant(merchant_id: int) -> Response:
    """Show a shop: when it is open, where it is, what it offers, what is said about it."""
    at = clock.now()
    shop, head = reviewed.shop_with_reviews(me(), merchant_id, at=at)
    spans = spans_of([merchant_id], first=at, last=at + timedelta(days=7)).get(merchant_id, [])
    offers, points, said_about, follows = [], [], None, False
    if shop.state is not MerchantState.UNCLAIMED:
        offers = browsing.listings_of_merchant(merchant_id, at=at)
        points = collecting.points_for([merchant_id])[merchant_id]
        said_about = talk({merchant_id: shop.thread_id}, me())[merchant_id]
        follows = bool(shop.thread_id) and wants_news_of(me(), shop.thread_id or 0)
    week = [(shown_day(day), tuple(opened)) for day, opened in by_day(spans, at=at)]
    seen(me(), "merchant", ("merchant", merchant_id), hook=Hook.SERVICE, referrer=came_from())
    return render(
        "merchants/merchant.html", shop=shop, spans=spans, now=at, offers=offers,
        sections=in_sections(offers), points=tuple(points), talk=said_about, days=tuple(week),
        today=clock.local(at).date(),
        head=head, follows=follows, running=_running(shop, merchant_id, at),
    )  # fmt: skip


@bp.get("/listings/<int:listing_id>")
@public
def listing(listing_id: int) -> Response:
    """Show a listing with its sizes, times, price, and the button that puts it into the basket."""
    at = clock.now()
    offer, variants = browsing.listing_page(me(), listing_id, at=at)
    points, helpers, who, is_online = [], [], None, False
    times: list[Any] = []
    if offer.kind is ListingKind.SERVICE:
        found = booking.times_of(offer.id, offer, at=at)
        helpers, asked = found.people, whole("who")
        who = asked if asked in {one.id for one in helpers} else None
        times, is_online = found.of(who), found.terms.place is ServicePlace.ONLINE
    else:
        points = _times_to_collect(offer, at)
    own_waits = waiting.waits_of(me(), at=at, listing_id=listing_id)
    kept = {row.variant_id for row in own_waits if row.is_kept}
    chosen = _chosen(variants, kept)
    seen(me(), "listing", ("listing", listing_id), hook=Hook.SERVICE, referrer=came_from())
    return render(
        "merchants/listing.html", offer=offer, variants=variants, times=booking.by_day(times),
        helpers=helpers, who=who, is_online=is_online,
        points=points, talk=talk({listing_id: offer.thread_id}, me())[listing_id], now=at,
        chosen=chosen, waits={row.variant_id: row for row in own_waits}, kept=kept,
        is_there=chosen is not None and (not chosen.is_sold_out or chosen.id in kept),
        marks=dietary_words(offer.marks),
        head=reviewed.head_of_listing(me(), listing_id, at=at), one_day=timedelta(days=1),
        running=_running(offer, offer.merchant_id, at, listing_id=listing_id),
        nearby=ordered_near(me(), but=listing_id),
    )  # fmt: skip


def _running(page: MerchantPage | ListingPage, merchant_id: int, at: datetime, **of: Any) -> Any:
    """Return what runs at a shop; where nothing ever stood, nothing is asked."""
    return running_at(merchant_id, at=at, **of) if page.has_promotions else ""


def _times_to_collect(offer: ListingPage, at: datetime) -> list[Any]:
    """Return where and when something can be collected first; what is made to order, not before."""
    first = first_day(offer.lead_days, at=at)
    points = collecting.page_slots(offer.merchant_id, at=at, days=2 + offer.lead_days)
    return [
        (point, [_in_time(slot, offer.lead_days) for slot in slots if slot.day >= first])
        for point, slots in points
    ]


def _in_time(slot: Any, lead_days: int) -> Any:
    """Return a slot with the last moment at which something that needs so many days is ordered."""
    if not lead_days:
        return slot
    last = last_moment(lead_days, day=slot.day)
    return replace(slot, order_by=min(slot.order_by, last))


def _chosen(variants: list[Any], kept: set[int]) -> Any:
    """Return the size that stands chosen: the one asked for, one that is kept for the viewer, else
    the first that is there.
    """
    wanted = whole("variant")
    named = [variant for variant in variants if variant.id == wanted]
    own = [variant for variant in variants if variant.id in kept]
    there = [variant for variant in variants if not variant.is_sold_out]
    return next(iter(named or own or there or variants), None)


@bp.post("/listings/<int:listing_id>/wait")
@member
def wait(listing_id: int) -> Response:
    """Ask to be told when a size that is sold out is back, or leave the line."""
    form = WaitForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(url_for("merchants.listing", listing_id=listing_id))
        if form.leaves.data:
            waits.leave_line(me(), form.variant_id.data)
        else:
            waits.wait_for(me(), form.variant_id.data, at=clock.now())
    return said(act.location, OUT_OF_LINE if form.leaves.data else IN_LINE)


@bp.get("/waiting")
@member
def waiting_for() -> Response:
    """List what one waits for."""
    return render("merchants/waiting.html", rows=waiting.waits_of(me(), at=clock.now()))


@bp.get("/<int:merchant_id>/papers")
@public
def papers(merchant_id: int) -> Response:
    """Show what a shop trades by: the papers that the desk looked at."""
    return render(
        "merchants/papers.html",
        shop=browsing.merchant_for(me(), merchant_id),
        papers=papers_shown(merchant_id),
        words=PAPER_WORDS,
        today=clock.today(),
    )


@bp.route("/ordered-nearby", methods=["GET", "POST"])
@member
def ordered_nearby() -> Response:
    """Say why somebody is shown what neighbours order, and let them be left out of it."""
    if request.method == "GET":
        return render(
            "merchants/nearby.html",
            rows=ordered_near(me()),
            is_out=is_left_out(me()),
            fewest=FEWEST,
        )
    ButtonForm.posted().check()
    with transaction():
        leave_out(me(), request.form.get("out") == "1", at=clock.now())
    return said(url_for("merchants.ordered_nearby"), LEFT_OUT)


@bp.post("/<int:merchant_id>/follow")
@member
def follow(merchant_id: int) -> Response:
    """Follow a shop, or stop: its talk, and what it newly offers."""
    ButtonForm.posted().check()
    shop = browsing.merchant_for(me(), merchant_id)
    if shop.thread_id is None:
        raise NotFoundError
    is_quiet = bool(request.form.get("quiet"))
    with transaction():
        if is_quiet:
            unfollow_thread(me(), shop.thread_id)
        else:
            follow_thread(me(), shop.thread_id, with_news=True)
    return said(
        url_for("merchants.merchant", merchant_id=merchant_id), QUIET if is_quiet else FOLLOWS
    )
