"""The residents' pages of promotions: own coupons, a coupon, taking it, a code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.db import transaction
from app.core.errors import ConflictError, NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, absolute, register_subject, render, said, slot, toast
from app.promotions import queries, services
from app.promotions.forms import CodeForm, TakeForm
from app.promotions.parts import condition_words, effect_words
from app.promotions.types import Kind, PromotionRow, Standing

bp = Blueprint("promotions", __name__, url_prefix="/coupons", template_folder="templates")
register_subject("promotion", "promotions.coupon", "promotion_id")
TAKEN = toast("promotions.taken", _l("It is yours. At the checkout it counts by itself."))
SHOWN = ("usable", "used", "over")


@bp.get("/")
@member
def mine() -> Response:
    """List one's coupons: those to use, those used, those that are over."""
    return render("promotions/mine.html", form=CodeForm.posted(), **_own())


@bp.post("/code")
@member
def code() -> Response:
    """Take the coupon that a code stands for."""
    form = CodeForm.posted()
    with form.shows_field_errors("promotions/mine.html", **_own()):
        form.check()
        try:
            with transaction():
                services.take_by_code(me(), form.code.data or "", at=clock.now())
        except ConflictError as moved:
            return render("promotions/mine.html", 409, form=form, moved=moved, **_own())
    return said(url_for("promotions.mine"), TAKEN)


@bp.get("/<int:promotion_id>")
@public
def coupon(promotion_id: int) -> Response:
    """Show one coupon to take; a member sees the link to pass it on."""
    return render("promotions/coupon.html", **_coupon(promotion_id, request.args.get("by", "")))


@bp.post("/<int:promotion_id>/take")
@member
def take(promotion_id: int) -> Response:
    """Take one, by the link of whoever passed it on."""
    form, at = TakeForm.posted(), clock.now()
    form.check()
    sharer = form.sharer.data or ""
    _seen(promotion_id, sharer)
    try:
        with transaction():
            sharer_id = services.sharer_in(promotion_id, sharer)
            services.take_coupon(me(), promotion_id, sharer_id=sharer_id, at=at)
    except ConflictError as moved:
        page = _coupon(promotion_id, sharer)
        return render("promotions/coupon.html", 409, moved=moved, **page)
    return said(url_for("promotions.mine"), TAKEN)


def _own() -> dict[str, Any]:
    at, shown = clock.now(), request.args.get("shown", "")
    rows = queries.coupons_of(me().id or 0, at=at)
    shown = shown if shown in SHOWN else "usable"
    lists = {
        "usable": [row for row in rows if row.is_usable(at)],
        "used": [row for row in rows if row.order_id is not None],
        "over": [row for row in rows if row.order_id is None and not row.is_usable(at)],
    }
    found = lists[shown]
    if request.args.get("sort") == "new":
        found = sorted(found, key=lambda row: row.taken_at, reverse=True)
    counts = {name: len(ones) for name, ones in lists.items()}
    return {"rows": found, "shown": shown, "counts": counts, **_words()}


def _seen(promotion_id: int, sharer: str) -> PromotionRow:
    """Return a coupon that may be seen: one that is public, or by a link, or held."""
    at = clock.now()
    row = queries.promotion_by_id(promotion_id, at=at)
    is_shared = services.sharer_in(promotion_id, sharer) is not None
    holds = me().is_member and queries.has_taken(promotion_id, me().id or 0, at=at)
    if row.kind is not Kind.COUPON or not (row.is_public or is_shared or holds):
        raise NotFoundError
    return row


def _coupon(promotion_id: int, sharer: str) -> dict[str, Any]:
    at = clock.now()
    row = _seen(promotion_id, sharer)
    own = me().id if row.reward_id is not None else None
    link = None
    if own is not None and row.standing(at) is Standing.RUNNING:
        token = services.share_token(promotion_id, own)
        path = url_for("promotions.coupon", promotion_id=promotion_id, by=token)
        link = absolute(path)
    return {
        "row": row,
        "sharer": sharer,
        "link": link,
        "reward": queries.promotion_by_id(row.reward_id, at=at) if row.reward_id else None,
        "has_one": me().is_member and queries.has_taken(promotion_id, me().id or 0, at=at),
        "is_running": row.standing(at) is Standing.RUNNING,
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {"effect": effect_words, "conditions": condition_words}


@slot("me_links").add
def _entrance(viewer: Viewer) -> Iterable[Link]:
    if viewer.is_member:
        yield Link(url_for("promotions.mine"), _("My coupons"))
