"""The residents' pages of merchants: browse, listings, a shop, a listing, applications
and claims.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock
from app.core.access import me, member, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import ngettext, pick
from app.core.money import Money, NotMoneyError
from app.core.pages import register_subject, render, said, toast
from app.core.shown import shown_day, shown_moment, shown_money
from app.forum.parts import talk
from app.forum.queries.threads import wants_news_of
from app.forum.services import follow as follow_thread
from app.forum.services import unfollow as unfollow_thread
from app.merchants.forms import ApplicationForm, RequestForm, ReviewForm, WaitForm
from app.merchants.parts import dietary_words
from app.merchants.queries import booking, browsing, collecting
from app.merchants.queries import reviews as reviewed
from app.merchants.queries import waits as waiting
from app.merchants.queries.days import first_day, last_moment
from app.merchants.queries.figures import is_left_out, ordered_near
from app.merchants.queries.hours import by_day, spans_of
from app.merchants.queries.papers import papers_shown
from app.merchants.queries.sections import in_sections
from app.merchants.services import reviews, shops, waits
from app.merchants.services.figures import leave_out
from app.merchants.types import (
    DietaryMark,
    ListingFilter,
    ListingKind,
    ListingPage,
    MerchantDraft,
    MerchantPage,
    MerchantState,
    Pin,
    RequestKind,
    ReviewFilter,
    ReviewSort,
    ServicePlace,
    ShopFilter,
)
from app.merchants.types.figures import FEWEST
from app.merchants.types.papers import PAPER_WORDS, PaperDraft, PaperKind
from app.places.queries import neighbourhood_names, neighbourhoods
from app.places.types.rows import NeighbourhoodRow
from app.promotions.parts import running_at

bp = Blueprint("merchants", __name__, url_prefix="/merchants", template_folder="templates")
register_subject("merchant", "merchants.merchant", "merchant_id")
register_subject("listing", "merchants.listing", "listing_id")
register_subject("review", "merchants.review", "review_id")
register_subject("review_answer", "merchants.review", "review_id")
NARROWING = {
    "category",
    "place",
    "open",
    "sort",
    "kind",
    "pickup",
    "within",
    "mark",
    "view",
    "rated",
}
REACHES = (500, 1000, 2000, 5000)
DEAREST = 10**9
IN_LINE = toast("merchants.in_line", _l("You are in line. We tell you when it is back."))
OUT_OF_LINE = toast("merchants.out_of_line", _l("You are not in line any more."))
APPLIED = toast("merchants.applied", _l("Your application is with the operator."))
ASKED = toast("merchants.asked", _l("Your request is with the operator."))
REVIEWED = toast("merchants.reviewed", _l("Thank you. It is written down."))
TAKEN_BACK = toast("merchants.taken_back", _l("Your review is taken back."))
FOLLOWS = toast("merchants.follows", _l("You will hear what is new here."))
LEFT_OUT = toast("merchants.left_out", _l("We keep to that."))
QUIET = toast("merchants.quiet", _l("You will hear no more of this shop."))


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


def _middle(areas: list[NeighbourhoodRow]) -> tuple[float, float] | None:
    """Return where a map of the whole town begins, for who is nowhere in it."""
    return (areas[0].lat, areas[0].lng) if areas else None


def _sort(options: tuple[str, ...]) -> str:
    chosen = request.args.get("sort", "")
    return chosen if chosen in options else options[0]


def _reach() -> int | None:
    metres = _whole("within")
    return metres if metres in REACHES else None


def _minor(name: str) -> int | None:
    """Return a price that was typed into the address, or None where it is none."""
    text = request.args.get(name, "").strip().replace("，", ".").replace(",", ".")
    if not text or len(text) > 10:
        return None
    try:
        amount = Money.of(text).minor
    except NotMoneyError:
        return None
    return amount if 0 <= amount <= DEAREST else None


def _served(at: datetime) -> tuple[int, ...] | None:
    """Return the shops that can be collected from today, where only those are asked for."""
    is_asked = request.args.get("pickup") == "today"
    return browsing.shops_to_collect_from_today(at=at) if is_asked else None


def _is_map() -> bool:
    return request.args.get("view") == "map"


def _points(pins: list[Pin]) -> list[dict[str, Any]]:
    """Return shops as the map shows them: what fits there, from which price on."""
    return [
        {
            "lat": pin.lat,
            "lng": pin.lng,
            "title": pick(pin.name_zh, pin.name_en),
            "url": url_for("merchants.merchant", merchant_id=pin.id),
            "note": _noted(pin),
            "tone": "leaf" if pin.is_open else "plain",
            "kind": "shop",
        }
        for pin in pins
    ]


def _noted(pin: Pin) -> str:
    light = _("open now") if pin.is_open else _("closed now")
    if not pin.fitting:
        return f"{pick(pin.category_zh, pin.category_en)} · {light}"
    fits = ngettext("%(num)s thing to order", "%(num)s things to order", pin.fitting)
    return f"{fits} · {_('from %(price)s', price=shown_money(pin.from_minor))} · {light}"


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
    areas, at = neighbourhood_names(), clock.now()
    chosen = ShopFilter(
        category_id=_whole("category"),
        neighbourhood_id=_whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        words=_words(),
        sort=_sort(("near", "new", "name")),
        after=request.args.get("after"),
        served=_served(at),
        within_m=_reach(),
        is_well_rated=request.args.get("rated") == "1",
    )
    page = browsing.shops(me(), chosen, at=at)
    openings = {shop.opens_at for shop in page.rows}
    return render(
        "merchants/browse.html",
        page=page,
        opens={opens_at: shown_moment(opens_at) if opens_at else "" for opens_at in openings},
        chosen=chosen,
        categories=tuple(browsing.categories()),
        areas=tuple(areas),
        asked=_asked(),
        points=_points(browsing.shop_pins(chosen, page, middle=_middle(areas), at=at))
        if _is_map()
        else None,
        looser=() if page else browsing.shops_without_each(me(), chosen, at=at),
    )


@bp.get("/listings")
@public
def listings() -> Response:
    """List what can be ordered."""
    areas, at = neighbourhood_names(), clock.now()
    kind, mark = request.args.get("kind", ""), request.args.get("mark", "")
    chosen = ListingFilter(
        category_id=_whole("category"),
        neighbourhood_id=_whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        kind=ListingKind(kind) if kind in set(ListingKind) else None,
        words=_words(),
        sort=_sort(("new", "cheap", "dear", "near")),
        after=request.args.get("after"),
        served=_served(at),
        within_m=_reach(),
        is_well_rated=request.args.get("rated") == "1",
        min_minor=_minor("min"),
        max_minor=_minor("max"),
        mark=DietaryMark(mark) if mark in set(DietaryMark) else None,
    )
    page = browsing.listings(me(), chosen, at=at)
    return render(
        "merchants/listings.html",
        page=page,
        points=_points(browsing.listing_pins(chosen, page, middle=_middle(areas), at=at))
        if _is_map()
        else None,
        looser=() if page else browsing.listings_without_each(me(), chosen, at=at),
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
    shop, head = reviewed.shop_with_reviews(me(), merchant_id, at=at)
    spans = spans_of([merchant_id], first=at, last=at + timedelta(days=7)).get(merchant_id, [])
    offers, points, said_about, follows = [], [], None, False
    if shop.state is not MerchantState.UNCLAIMED:
        offers = browsing.listings_of_merchant(merchant_id, at=at)
        points = collecting.points_for([merchant_id])[merchant_id]
        said_about = talk({merchant_id: shop.thread_id}, me())[merchant_id]
        follows = bool(shop.thread_id) and wants_news_of(me(), shop.thread_id or 0)
    week = [(shown_day(day), tuple(opened)) for day, opened in by_day(spans, at=at)]
    seen(me(), "merchant", ("merchant", merchant_id), hook=Hook.SERVICE, referrer=_from())
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
        helpers, asked = found.people, _whole("who")
        who = asked if asked in {one.id for one in helpers} else None
        times, is_online = found.of(who), found.terms.place is ServicePlace.ONLINE
    else:
        points = _times_to_collect(offer, at)
    own_waits = waiting.waits_of(me(), at=at, listing_id=listing_id)
    kept = {row.variant_id for row in own_waits if row.is_kept}
    chosen = _chosen(variants, kept)
    seen(me(), "listing", ("listing", listing_id), hook=Hook.SERVICE, referrer=_from())
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
    wanted = _whole("variant")
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
                me(), draft_of(form), application=form.application.data or "", at=clock.now(),
                papers=_papers(form),
            )  # fmt: skip
            act.leads_to(url_for("merchants.merchant", merchant_id=shop.id))
    return said(act.location, APPLIED)


def _papers(form: ApplicationForm) -> list[tuple[str, PaperDraft]]:
    """Return the papers that an application names, each with the field that its number is in."""
    holder = (form.holder.data or form.name_zh.data or form.name_en.data or "").strip()
    typed = (("licence", PaperKind.LICENCE), ("permit", PaperKind.FOOD_PERMIT))
    return [
        (field, PaperDraft(kind, number, holder))
        for field, kind in typed
        if (number := (form[field].data or "").strip())
    ]


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


@bp.get("/<int:merchant_id>/reviews")
@public
def shop_reviews(merchant_id: int) -> Response:
    """List what is written about a shop, or about one thing of it."""
    at = clock.now()
    shop = browsing.merchant_for(me(), merchant_id)
    stars = _whole("stars")
    chosen = ReviewFilter(
        stars=stars if stars in range(1, 6) else None,
        listing_id=_whole("listing"),
        sort=ReviewSort(_sort(tuple(ReviewSort))),
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
