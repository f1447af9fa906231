"""The checkout's pages: fifteen minutes to choose a time, say who comes and how to pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Response, redirect, request, url_for

from app.core import clock
from app.core.access import me, member, public
from app.core.db import transaction
from app.core.errors import (
    BadRequestError,
    ConflictError,
    FieldError,
    InvalidFormError,
    NotFoundError,
)
from app.core.forms import ButtonForm
from app.core.pages import render, said
from app.merchants.queries.collecting import slots_of_shops
from app.merchants.types import PointRow, SlotChoice
from app.orders.errors import CheckoutOverError
from app.orders.forms import CodeForm, CouponForm, PlaceForm
from app.orders.parts import why_not
from app.orders.policies import guest_key
from app.orders.queries.baskets import checkout_for, checkout_quote
from app.orders.queries.days import limited
from app.orders.queries.deliveries import chosen_ways, ways_to
from app.orders.queries.orders import orders_of_checkout
from app.orders.services.checkout import leave_checkout, place_orders
from app.orders.services.deliveries import fees_of
from app.orders.services.reductions import choose_coupon, take_code
from app.orders.types import CheckoutRow, CheckoutState, Contact, Quote, SlotDay, SlotWish, Way
from app.orders.views.blueprint import (
    COUPON_CHOSEN,
    LEFT,
    PLACED,
    bp,
    know_basket,
    later,
    token,
)
from app.payments.types import PayWay

PAGE = ("checkout", "quote", "slots", "now", "one_day", "seconds", "ways", "to", "why_not")


@bp.get("/checkout/<int:checkout_id>")
@public
def checkout(checkout_id: int) -> Response:
    now = clock.now()
    found, quote = checkout_quote(me(), checkout_id, token(), at=now)
    if found.state == CheckoutState.PLACED:
        return redirect(url_for("orders.placed", checkout_id=checkout_id), 303)  # type: ignore[return-value]
    if found.state != CheckoutState.OPEN or found.expires_at <= now:
        return render("orders/checkout_over.html", status=409, error=CheckoutOverError())
    know_basket(quote)
    form = PlaceForm.for_shops(_shops(quote), is_guest=me().is_guest)
    shown = form.posted(name=me().name or None)
    return render("orders/checkout.html", form=shown, **_page(found, quote, now, {}))


@bp.post("/checkout/<int:checkout_id>")
@public
def place(checkout_id: int) -> Response:
    now = clock.now()
    shops = _posted_shops()
    form = PlaceForm.for_shops(shops, is_guest=me().is_guest).posted()
    to = _to(shops)
    wishes = {shop_id: wish for shop_id in shops if (wish := _wish(shop_id, to.get(shop_id)))}
    page = later(lambda: _again(checkout_id, shops, now, to), *PAGE)
    if "way" in request.form:  # another way to get it: shown with what was typed, nothing is done
        ButtonForm.posted().check()
        return render("orders/checkout.html", form=form, **page)
    with form.shows_field_errors("orders/checkout.html", **page):
        form.check()
        try:
            with transaction():
                orders = place_orders(
                    me(),
                    checkout_id,
                    token=token(),
                    wishes=wishes,
                    contact=Contact(form.name.data, form.phone.data or "", form.mail.data or ""),
                    pay_way=PayWay(form.pay_way.data),
                    note=form.note.data or "",
                    expected_total=_total(form.expected_total.data),
                    seen_terms=form.seen_terms.data or "",
                    at=now,
                )
        except CheckoutOverError as over:
            if over.data.get("state") == CheckoutState.PLACED:  # the same form came before
                rows = orders_of_checkout(checkout_id)
                return redirect(_after(checkout_id, [row.id for row in rows]), 303)  # type: ignore[return-value]
            return render("orders/checkout_over.html", status=409, error=over)
        except ConflictError as moved:
            return render("orders/checkout.html", status=409, form=form, moved=moved, **page)
    return said(_after(checkout_id, [order.id for order in orders]), PLACED)


@bp.post("/checkout/<int:checkout_id>/leave")
@public
def leave(checkout_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        leave_checkout(me(), checkout_id, token=token(), at=clock.now())
    return said(url_for("orders.basket"), LEFT)


@bp.post("/checkout/<int:checkout_id>/coupon")
@public
def coupon(checkout_id: int) -> Response:
    """Choose the coupon of one shop's order, or none."""
    checkout_for(me(), checkout_id, token())
    form = CouponForm.posted()
    form.check()
    shop_id, promotion_id = form.shop_id.data, form.promotion_id.data
    with transaction():
        choose_coupon(me(), checkout_id, shop_id, promotion_id, token=token())
    return said(url_for("orders.checkout", checkout_id=checkout_id), COUPON_CHOSEN)


@bp.post("/checkout/<int:checkout_id>/code")
@member
def code(checkout_id: int) -> Response:
    """Take the coupon of a code and let the order have it where it fits."""
    now, form = clock.now(), CodeForm.posted()
    checkout_for(me(), checkout_id, token())
    page = later(lambda: _whole(checkout_id, now), *PAGE, "form")
    try:
        form.check()
        with transaction():
            take_code(me(), checkout_id, form.code.data or "", token=token(), at=now)
    except InvalidFormError:
        return render("orders/checkout.html", status=422, code_form=form, **page)
    except FieldError as wrong:
        form.code.errors = [str(wrong)]
        return render("orders/checkout.html", status=422, code_form=form, **page)
    except ConflictError as moved:
        return render("orders/checkout.html", status=409, code_form=form, moved=moved, **page)
    return said(url_for("orders.checkout", checkout_id=checkout_id), COUPON_CHOSEN)


@bp.get("/placed/<int:checkout_id>")
@public
def placed(checkout_id: int) -> Response:
    found = checkout_for(me(), checkout_id, token())
    if found.state != CheckoutState.PLACED:
        raise NotFoundError
    orders = orders_of_checkout(checkout_id)
    keys = {row.id: guest_key(row.number) for row in orders if row.person_id is None}
    return render("orders/placed.html", orders=orders, keys=keys)


def _after(checkout_id: int, order_ids: list[int]) -> str:
    """A member's single order is its own page; several, and a guest's with its key, are listed
    first.
    """
    if len(order_ids) == 1 and me().is_member:
        return url_for("orders.order", order_id=order_ids[0])
    return url_for("orders.placed", checkout_id=checkout_id)


def _posted_shops() -> list[int]:
    """The shops whose pickup times the page asked for, also where none was ticked."""
    sent = request.form.get("shops", "").split(",")[:50]
    return [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 10]


def _again(
    checkout_id: int, shops: list[int], now: datetime, to: Mapping[int, int]
) -> dict[str, Any]:
    """The checkout as it stands for a refused form's page; one that is over says so, and a form
    that left out a shop did not come from the page.
    """
    found, quote = checkout_quote(me(), checkout_id, token(), at=now)
    if not set(_shops(quote)) <= set(shops):
        raise BadRequestError
    return _page(found, quote, now, to)


def _whole(checkout_id: int, now: datetime) -> dict[str, Any]:
    """The checkout with a fresh form, for a page on which another form was refused."""
    found, quote = checkout_quote(me(), checkout_id, token(), at=now)
    form = PlaceForm.for_shops(_shops(quote), is_guest=me().is_guest).asked(name=me().name)
    return _page(found, quote, now, {}) | {"form": form}


def _shops(quote: Quote) -> list[int]:
    return [shop.merchant_id for shop in quote.shops if shop.needs_slot]


def _wish(merchant_id: int, address_id: int | None) -> SlotWish | None:
    key = request.form.get(f"slot_{merchant_id}", "")[:80]
    point = _number(key.split(":", 1)[0])
    return SlotWish(point, key, address_id) if point else None


def _to(shops: list[int]) -> dict[int, int]:
    """To which address each shop shall bring its goods: as sent, or as just chosen."""
    sent = {shop_id: _number(request.form.get(f"to_{shop_id}", "")) for shop_id in shops}
    shop, _colon, address = request.form.get("way", "").partition(":")
    if (chosen := _number(shop)) in sent:
        sent[chosen] = _number(address)
    return {shop_id: address_id for shop_id, address_id in sent.items() if address_id}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _total(text: str | None) -> int:
    sent = (text or "")[:18]
    return int(sent) if sent.isascii() and sent.isdigit() else -1


def _page(found: CheckoutRow, quote: Quote, now: datetime, to: Mapping[int, int]) -> dict[str, Any]:
    shops = _shops(quote)
    ways = ways_to(me(), quote)
    chosen = chosen_ways(ways, to)
    quote = quote.with_fees(fees_of(chosen))
    offered = (
        slots_of_shops(shops, loads=quote.loads, at=now, with_delivery=bool(chosen))
        if shops
        else {}
    )
    return {
        "ways": ways,
        "to": {shop_id: way.address.id for shop_id, way in chosen.items()},
        "why_not": why_not,
        "checkout": found,
        "quote": quote,
        "slots": {
            shop_id: [
                (point, _by_day(choices))
                for point, choices in points
                if _is_meant(point, chosen.get(shop_id))
            ]
            for shop_id, points in limited(quote, offered, at=now).items()
        },
        "now": now,
        "one_day": timedelta(days=1),
        "seconds": max(0, int((found.expires_at - now).total_seconds())),
    }


def _is_meant(point: PointRow, way: Way | None) -> bool:
    if way is None or way.reach is None:
        return not point.delivers
    return point.id == way.reach.point_id


def _by_day(choices: list[SlotChoice]) -> list[SlotDay]:
    return [SlotDay(day, tuple(times)) for day, times in groupby(choices, key=lambda one: one.day)]
