"""The pages that mix houses."""

from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Response, jsonify, request, url_for

from app.accounts.parts import ROLE_NAMES
from app.accounts.queries import profile, roles_of
from app.accounts.queries.children import check_page_open
from app.core import clock
from app.core.access import me, public
from app.core.activity.seen import seen
from app.core.activity.types import Hook
from app.core.errors import NotFoundError
from app.core.facts import site, town
from app.core.i18n import gettext as _
from app.core.i18n import language, locale, pick
from app.core.lists import decode_key
from app.core.media.cards import Card, can_draw_cards, drawn_card
from app.core.pages import absolute, register_subject, render, shown_moment, shown_time
from app.core.settings import settings
from app.core.wechat.services import signature_for
from app.events.parts.cards import gathering_rows
from app.events.queries import gathered_by, gatherings_on_list
from app.forum.parts import thread_rows, waiting_rows
from app.forum.queries.threads import threads_by
from app.home import queries
from app.home.parts import share_of
from app.home.types import GROUPS, MapPoint, ShopShown
from app.merchants.queries.browsing import pins
from app.merchants.types import MerchantCard
from app.places.queries import names_of, neighbourhood_names, neighbourhoods
from app.places.types.points import Box, Point, walking_minutes
from app.places.types.ways import ways_to

bp = Blueprint("home", __name__, template_folder="templates")
register_subject("user", "home.person", "person_id")

EVERYWHERE = Box(-90, -180, 90, 180)
_DAY = {"zh_Hans": "M月d日 EEEE", "en": "EEEE d MMMM"}
_MONTH = {"zh_Hans": "y年M月", "en": "MMMM y"}


@bp.get("/")
@public
def front() -> Response:
    seen(me(), "front", hook=Hook.VISIT, referrer=request.referrer or "")
    today = queries.front_of(me(), at=clock.now())
    return render(
        "home/front.html",
        today=today,
        day=_worded(clock.now(), _DAY),
        waiting=waiting_rows(today.waiting) if today.waiting else "",
        talk=thread_rows(today.talk) if today.talk else "",
        gatherings=gathering_rows(today.gatherings) if today.gatherings else "",
        shops=tuple(_shown(shop) for shop in today.shops),
    )


def _shown(shop: MerchantCard) -> ShopShown:
    return ShopShown(
        shop.id,
        shop.picture_id,
        shop.drawing,
        shop.name_zh,
        shop.name_en,
        shop.category_zh,
        shop.category_en,
        None if shop.distance_m is None else walking_minutes(shop.distance_m),
        shown_time(shop.open_until) if shop.open_until else "",
        shown_time(shop.opens_at) if shop.opens_at else "",
    )


def _worded(moment: datetime, patterns: dict[str, str]) -> str:
    return _in_words(clock.local(moment).date(), patterns[language()], language())


@lru_cache(maxsize=256)
def _in_words(day: date, pattern: str, _language: str) -> str:
    return format_date(day, pattern, locale=locale())


@bp.get("/search")
@public
def search() -> Response:
    words = request.args.get("q", "")[:100]
    group = request.args.get("in", "")
    group = group if group in GROUPS else ""
    page = None
    groups = []
    if words.strip():
        if group:
            page = queries.found_in(words, me(), group, request.args.get("after"))
        else:
            groups = queries.found_groups(words, me())
    return render(
        "home/search.html", words=words, group=group, page=page, groups=groups, all_groups=GROUPS
    )


@bp.get("/map")
@public
def map() -> Response:
    centre = decode_key(request.args.get("at", "").replace(",", "~"), float, float)
    shapes = _shapes()
    shops = _shop_points(EVERYWHERE, centre or _middle())
    points = [*shops, *_gathering_points()]
    return render(
        "home/map.html",
        points=points,
        shapes=shapes,
        centre=list(centre) if centre and abs(centre[0]) <= 90 and abs(centre[1]) <= 180 else None,
    )


@bp.get("/map/shops")
@public
def map_shops() -> Response:
    """Give the shops of the part of the map that is looked at, else of all of it; refuses what is
    no part of one.
    """
    asked = request.args.get("box")
    if asked is None:
        box = EVERYWHERE
    else:
        edges = decode_key(asked.replace(",", "~"), *[float] * 4)
        if edges is None or not all(isfinite(edge) for edge in edges):
            raise NotFoundError
        box = Box(*edges)
    middle = ((box.south + box.north) / 2, (box.west + box.east) / 2)
    return jsonify([asdict(point) for point in _shop_points(box, middle)])


@bp.get("/map/way")
@public
def way() -> Response:
    """Lead to a place in the map that somebody's phone has; refuses what is no place on earth."""
    place = _asked_place(request.args.get("to", ""))
    name = request.args.get("name", "")[:60].strip()
    return render(
        "home/way.html",
        place=place,
        name=name,
        ways=ways_to(place, name),
        points=[MapPoint(place.lat, place.lng, name, "", "", "accent", "event")],
        shapes=_shapes(),
    )


def _asked_place(text: str) -> Point:
    pair = decode_key(text.replace(",", "~"), float, float)
    place = Point(*pair) if pair else None
    if place is None or not place.is_on_earth:
        raise NotFoundError
    return place


def _shapes() -> list[dict[str, Any]]:
    mine = me().neighbourhood_id
    return [
        {"name": pick(row.name, row.name_en), "polygon": row.polygon, "mine": row.id == mine}
        for row in neighbourhoods()
        if row.polygon
    ]


def _middle() -> tuple[float, float] | None:
    """Return where the map begins: one's own neighbourhood, else the town's first."""
    places = neighbourhood_names()
    home = next((row for row in places if row.id == me().neighbourhood_id), None)
    place = home or (places[0] if places else None)
    return (place.lat, place.lng) if place else None


def _shop_points(box: Box, near: tuple[float, float] | None) -> list[MapPoint]:
    found = []
    for pin in pins(box, near=near, at=clock.now()):
        light = _("open now") if pin.is_open else _("closed now")
        found.append(
            MapPoint(
                pin.lat,
                pin.lng,
                pick(pin.name_zh, pin.name_en),
                url_for("merchants.merchant", merchant_id=pin.id),
                f"{pick(pin.category_zh, pin.category_en)} · {light}",
                "leaf" if pin.is_open else "plain",
                "shop",
            )
        )
    return sorted(found, key=lambda point: point.tone)


def _gathering_points() -> list[MapPoint]:
    return [
        MapPoint(
            row.lat,
            row.lng,
            pick(row.title, row.title_en),
            url_for("events.gathering", gathering_id=row.id),
            f"{shown_moment(row.starts_at)}–{shown_time(row.ends_at)} · {row.place}",
            "accent",
            "event",
        )
        for row in gatherings_on_list(at=clock.now()).rows
        if row.lat is not None and row.lng is not None
    ]


@bp.get("/share/<kind>/<int:subject_id>")
@public
def share(kind: str, subject_id: int) -> Response:
    """Give what chats take of a thing: a picture to press and hold, and text to copy."""
    thing = share_of(kind, subject_id)
    return render(
        "home/share.html", thing=thing, kind=kind, subject_id=subject_id, drawn=can_draw_cards()
    )


@bp.get("/share/<kind>/<int:subject_id>/poster")
@public
def poster(kind: str, subject_id: int) -> Response:
    """Give a sheet to print and to hang up."""
    return render("home/poster.html", thing=share_of(kind, subject_id))


@bp.get("/share/<kind>/<int:subject_id>.jpg")
@public
def share_picture(kind: str, subject_id: int) -> Response:
    """Draw the picture; refuses where nothing on this machine can write Chinese."""
    thing = share_of(kind, subject_id)
    drawn = drawn_card(
        Card(thing.title, thing.lines, thing.url, site().site_name, thing.hint, thing.picture)
    )
    if drawn is None:
        raise NotFoundError
    answer = Response(drawn, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@bp.get("/share/<kind>/<int:subject_id>/wechat")
@public
def share_in_wechat(kind: str, subject_id: int) -> Response:
    """Give WeChat's browser what a page says of itself, signed for the page's own address; refuses
    where WeChat lent the town nothing to sign with.
    """
    thing = share_of(kind, subject_id)
    signed = signature_for(request.args.get("url", ""), at=clock.now())
    if signed is None:
        raise NotFoundError
    picture = url_for("home.share_picture", kind=kind, subject_id=subject_id)
    answer = jsonify(
        script=url_for("home.wechat_script"),
        config={
            "appId": signed.app_id,
            "timestamp": signed.timestamp,
            "nonceStr": signed.nonce,
            "signature": signed.signature,
        },
        says={
            "title": thing.title,
            "desc": "\n".join(thing.lines) or site().site_name,
            "link": thing.url,
            "imgUrl": absolute(picture) if can_draw_cards() else "",
        },
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/share/wechat.js")
@public
def wechat_script() -> Response:
    """Serve WeChat's own script from here, where the operator put it, so that nobody is sent to
    a third party for it.
    """
    if not settings().tells_wechat:
        raise NotFoundError
    script = Path(settings().wechat_script).read_bytes()
    answer = Response(script, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@bp.get("/open-elsewhere")
@public
def elsewhere() -> Response:
    """Give the address of a file of ours to copy, where an app's browser saves none; refuses
    others' addresses.
    """
    to = request.args.get("to", "")
    if not to.startswith("/") or to.startswith("//") or "\\" in to or not to.isprintable():
        raise NotFoundError
    return render("home/elsewhere.html", address=absolute(to))


@bp.get("/people/<int:person_id>")
@public
def person(person_id: int) -> Response:
    check_page_open(me(), person_id)
    who = profile(person_id)
    said: Any = threads_by(person_id, viewer=me(), after=request.args.get("after"))
    place = names_of([who.neighbourhood_id] if who.neighbourhood_id else [])
    roles = [row.role for row in roles_of(person_id) if row.taken_at is None]
    return render(
        "home/person.html",
        who=who,
        since=_worded(who.joined_at, _MONTH),
        place=place.get(who.neighbourhood_id or 0),
        roles=[ROLE_NAMES[one] for one in dict.fromkeys(roles) if one in ROLE_NAMES],
        page=said,
        said=thread_rows(said.rows) if said else "",
        gatherings=gathered_by(person_id),
        gathering_rows=gathering_rows,
    )


@bp.get("/charter")
@public
def charter() -> Response:
    """Show what the people here promise each other; there is none where nobody wrote one."""
    told = town()
    words = pick(told.charter, told.charter_en)
    if not words:
        raise NotFoundError
    return render("home/charter.html", words=words, tone=pick(told.tone, told.tone_en))


@bp.get("/about")
@public
def about() -> Response:
    return render("home/about.html")
