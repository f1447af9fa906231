"""The residents' pages of merchants: browse, listings, a shop, a listing, applications
and claims.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock
from app.core.access import me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import register_subject, render, said, toast
from app.core.shown import shown_day, shown_moment
from app.forum.parts import talk
from app.merchants.forms import ApplicationForm, RequestForm
from app.merchants.queries import booking, browsing, collecting
from app.merchants.queries.hours import by_day, spans_of
from app.merchants.services import shops
from app.merchants.types import (
    ListingFilter,
    ListingKind,
    MerchantDraft,
    MerchantState,
    RequestKind,
    ShopFilter,
)
from app.places.queries import neighbourhood_names, neighbourhoods
from app.places.types.rows import NeighbourhoodRow

bp = Blueprint("merchants", __name__, url_prefix="/merchants", template_folder="templates")
register_subject("merchant", "merchants.merchant", "merchant_id")
register_subject("listing", "merchants.listing", "listing_id")
NARROWING = {"category", "place", "open", "sort", "kind"}
APPLIED = toast("merchants.applied", _l("Your application is with the operator."))
ASKED = toast("merchants.asked", _l("Your request is with the operator."))


def _whole(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _near(areas: list[NeighbourhoodRow]) -> tuple[float, float] | None:
    """Return where distances are measured from: ?near=lat,lng, else the middle of one's
    neighbourhood.
    """
    lat, _comma, lng = request.args.get("near", "").partition(",")
    try:
        near = (float(lat), float(lng))
        if -90 <= near[0] <= 90 and -180 <= near[1] <= 180:
            return near
    except ValueError:
        pass
    chosen = _whole("place") or me().neighbourhood_id
    home = next((area for area in areas if area.id == chosen), None)
    return (home.lat, home.lng) if home else None


def _sort(options: tuple[str, ...]) -> str:
    chosen = request.args.get("sort", "")
    return chosen if chosen in options else options[0]


def _from() -> str:
    return request.referrer or ""


def _asked() -> bytes | None:
    """Return what the address asks of a list, or None where people typed some of it: that is not
    worth remembering.
    """
    return request.query_string if request.args.keys() <= NARROWING else None


def _words() -> str:
    return request.args.get("q", "").strip()[:80]


@bp.get("/")
@public
def browse() -> Response:
    """Browse the town's shops."""
    areas = neighbourhood_names()
    chosen = ShopFilter(
        category_id=_whole("category"),
        neighbourhood_id=_whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        words=_words(),
        sort=_sort(("near", "new", "name")),
        after=request.args.get("after"),
    )
    page = browsing.shops(me(), chosen, at=clock.now())
    openings = {shop.opens_at for shop in page.rows}
    return render(
        "merchants/browse.html",
        page=page,
        opens={opens_at: shown_moment(opens_at) if opens_at else "" for opens_at in openings},
        chosen=chosen,
        categories=tuple(browsing.categories()),
        areas=tuple(areas),
        asked=_asked(),
    )


@bp.get("/listings")
@public
def listings() -> Response:
    """List what can be ordered."""
    areas = neighbourhood_names()
    kind = request.args.get("kind", "")
    chosen = ListingFilter(
        category_id=_whole("category"),
        neighbourhood_id=_whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        kind=ListingKind(kind) if kind in set(ListingKind) else None,
        words=_words(),
        sort=_sort(("new", "cheap", "dear", "near")),
        after=request.args.get("after"),
    )
    return render(
        "merchants/listings.html",
        page=browsing.listings(me(), chosen, at=clock.now()),
        chosen=chosen,
        categories=tuple(browsing.categories()),
        areas=tuple(areas),
        asked=_asked(),
    )


@bp.get("/<int:merchant_id>")
@public
def merchant(merchant_id: int) -> Response:
    """Show a shop: when it is open, where it is, what it offers, what is said about it."""
    at = clock.now()
    shop = browsing.merchant_for(me(), merchant_id)
    spans = spans_of([merchant_id], first=at, last=at + timedelta(days=7)).get(merchant_id, [])
    offers, points, said_about = [], [], None
    if shop.state is not MerchantState.UNCLAIMED:
        offers = browsing.listings_of_merchant(merchant_id, at=at)
        points = collecting.points_for([merchant_id])[merchant_id]
        said_about = talk({merchant_id: shop.thread_id}, me())[merchant_id]
    week = [(shown_day(day), tuple(opened)) for day, opened in by_day(spans, at=at)]
    seen(me(), "merchant", ("merchant", merchant_id), hook=Hook.SERVICE, referrer=_from())
    return render(
        "merchants/merchant.html", shop=shop, spans=spans, now=at, offers=offers,
        points=tuple(points), talk=said_about, days=tuple(week), today=clock.local(at).date(),
    )  # fmt: skip


@bp.get("/listings/<int:listing_id>")
@public
def listing(listing_id: int) -> Response:
    """Show a listing with its sizes, times, price, and the button that puts it into the basket."""
    at = clock.now()
    offer, variants = browsing.listing_page(me(), listing_id, at=at)
    times, points = [], []
    if offer.kind is ListingKind.SERVICE:
        times = booking.times_of(offer.id, offer, at=at)
    else:
        points = collecting.page_slots(offer.merchant_id, at=at)
    seen(me(), "listing", ("listing", listing_id), hook=Hook.SERVICE, referrer=_from())
    return render(
        "merchants/listing.html", offer=offer, variants=variants, times=_by_day(times),
        points=points, talk=talk({listing_id: offer.thread_id}, me())[listing_id], now=at,
        chosen=_chosen(variants),
    )  # fmt: skip


def _by_day(times: list[Any]) -> list[tuple[Any, list[Any]]]:
    days: dict[Any, list[Any]] = {}
    for time in times:
        days.setdefault(clock.local(time.starts_at).date(), []).append(time)
    return list(days.items())


def _chosen(variants: list[Any]) -> Any:
    """Return the size that stands chosen: the one asked for, else the first that is there."""
    wanted = _whole("variant")
    there = [variant for variant in variants if not variant.is_sold_out]
    named = [variant for variant in variants if variant.id == wanted]
    return next(iter(named or there or variants), None)


def _choices(form: ApplicationForm) -> None:
    trades = [(row[0], pick(row[2], row[3])) for row in browsing.categories()]
    areas = [(area.id, pick(area.name, area.name_en or "")) for area in neighbourhoods()]
    form.offer(trades, [(0, _("Elsewhere")), *areas])


@bp.route("/apply", methods=["GET", "POST"])
@member
def apply() -> Response:
    """Apply to open a shop."""
    form = ApplicationForm.posted(neighbourhood_id=me().neighbourhood_id or 0)
    _choices(form)
    if request.method == "GET":
        return render("merchants/apply.html", form=form)
    with form.shows_field_errors("merchants/apply.html"):
        form.check()
        with transaction(once=form.key) as act:
            shop = shops.apply(
                me(), draft_of(form), application=form.application.data or "", at=clock.now()
            )  # fmt: skip
            act.leads_to(url_for("merchants.merchant", merchant_id=shop.id))
    return said(act.location, APPLIED)


def draft_of(form: Any) -> MerchantDraft:
    """Return what a form says of a shop."""
    place = form.position()
    return MerchantDraft(
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        category_id=form.category_id.data,
        description=form.description.data or "",
        address=form.address.data or "",
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        neighbourhood_id=form.neighbourhood_id.data or None,
        phone=form.phone.data or "",
        opening_hours=form.opening_hours.data or "",
    )


@bp.route("/<int:merchant_id>/claim", methods=["GET", "POST"])
@member
def claim(merchant_id: int) -> Response:
    """Say that an unclaimed shop is one's own."""
    return _ask(merchant_id, RequestKind.CLAIM)


@bp.route("/<int:merchant_id>/remove", methods=["GET", "POST"])
@member
def remove(merchant_id: int) -> Response:
    """Ask that an unclaimed page be taken down."""
    return _ask(merchant_id, RequestKind.REMOVAL)


def _ask(merchant_id: int, kind: RequestKind) -> Response:
    shop = browsing.merchant_for(me(), merchant_id)
    form = RequestForm.posted()
    if request.method == "GET":
        return render("merchants/ask.html", form=form, shop=shop, kind=kind)
    with form.shows_field_errors("merchants/ask.html", shop=shop, kind=kind):
        form.check()
        with transaction(once=form.key) as act:
            shops.ask_about(
                me(), merchant_id, kind, phone=form.phone.data or "",
                licence=form.licence.data or "", message=form.message.data or "", at=clock.now(),
            )  # fmt: skip
            act.leads_to(url_for("merchants.merchant", merchant_id=merchant_id))
    return said(act.location, ASKED)
