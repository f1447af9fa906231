"""Lists of shops and of what can be ordered, narrowed, sorted and with their map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, public
from app.core.i18n import gettext as _
from app.core.i18n import ngettext, pick
from app.core.money import Money, NotMoneyError
from app.core.pages import render
from app.core.shown import shown_moment, shown_money
from app.merchants.queries import browsing
from app.merchants.types import (
    DietaryMark,
    ListingFilter,
    ListingKind,
    Pin,
    ShopFilter,
)
from app.merchants.views.blueprint import bp, sort_asked, whole
from app.places.queries import neighbourhood_names
from app.places.types.rows import NeighbourhoodRow

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
    chosen = whole("place") or me().neighbourhood_id
    home = next((area for area in areas if area.id == chosen), None)
    return (home.lat, home.lng) if home else None


def _middle(areas: list[NeighbourhoodRow]) -> tuple[float, float] | None:
    """Return where a map of the whole town begins, for who is nowhere in it."""
    return (areas[0].lat, areas[0].lng) if areas else None


def _reach() -> int | None:
    metres = whole("within")
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
        category_id=whole("category"),
        neighbourhood_id=whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        words=_words(),
        sort=sort_asked(("near", "new", "name")),
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
        category_id=whole("category"),
        neighbourhood_id=whole("place"),
        near=_near(areas),
        is_open_now=request.args.get("open") == "1",
        kind=ListingKind(kind) if kind in set(ListingKind) else None,
        words=_words(),
        sort=sort_asked(("new", "cheap", "dear", "near")),
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
