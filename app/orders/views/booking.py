"""Another time for what is booked, and the same again."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, public
from app.core.db import transaction
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import ButtonForm
from app.core.pages import render, said
from app.merchants.queries.booking import Times, by_day, quanta_held, times_with
from app.orders.forms import TimeForm
from app.orders.queries.calendar import helper_of_line, holds_of_line
from app.orders.queries.orders import order_page
from app.orders.services import basket, rebooking
from app.orders.types import LineRow, OrderPage
from app.orders.views.blueprint import AGAIN, REBOOKED, bp, keep_token, own_basket, token


@bp.get("/<int:order_id>/lines/<int:line_id>/time")
@public
def new_time(order_id: int, line_id: int) -> Response:
    """Choose another time for what is booked, with the same person unless another is wished."""
    found, line = _booked(order_id, line_id)
    return render("orders/new_time.html", form=TimeForm.posted(), **_page(found, line))


@bp.post("/<int:order_id>/lines/<int:line_id>/time")
@public
def rebook(order_id: int, line_id: int) -> Response:
    """Take the other time; who comes too late sees what is free now."""
    found, line = _booked(order_id, line_id)
    form = TimeForm.posted()
    page = _page(found, line)
    with form.shows_field_errors("orders/new_time.html", **page):
        form.check()
        try:
            with transaction(once=form.key) as act:
                act.leads_to(_url(order_id))
                rebooking.rebook(
                    me(), order_id, line_id, form.time_key.data or "", key=_key(), at=clock.now()
                )
        except ConflictError as moved:
            page = _page(*_booked(order_id, line_id)) | {"moved": moved}
            return render("orders/new_time.html", 409, form=form, **page)
    return said(act.location, REBOOKED)


@bp.post("/<int:order_id>/again")
@public
def again(order_id: int) -> Response:
    """Put the same into the basket at the next time at which the same person is free."""
    form = ButtonForm.posted()
    form.check()
    order_page(me(), order_id, key=_key())
    fresh = None if me().is_member or token() else basket.new_token()
    with transaction(once=form.key) as act:
        now = clock.now()
        held = own_basket(me(), at=now) or fresh
        rebooking.book_again(me(), order_id, key=_key(), token=held, at=now)
        act.leads_to(url_for("orders.basket"))
    answer = said(act.location, AGAIN)
    if fresh:
        keep_token(answer, fresh)
    return answer


def _booked(order_id: int, line_id: int) -> tuple[OrderPage, LineRow]:
    found = order_page(me(), order_id, key=_key())
    for line in found.lines:
        if line.id == line_id and line.starts_at and line.listing_id is not None:
            return found, line
    raise NotFoundError


def _page(found: OrderPage, line: LineRow) -> dict[str, Any]:
    at = clock.now()
    mine = quanta_held(holds_of_line(line.id))
    times = times_with(line.listing_id or 0, at=at, mine=mine)
    who = _who(times, line.id)
    choices = [one for one in times.of(who) if one.starts_at != line.starts_at]
    is_late = found.accepted_at is not None and found.free_until is not None
    return {
        "order": found,
        "line": line,
        "key": _key(),
        "helpers": times.people,
        "who": who,
        "times": by_day(choices),
        "is_late": is_late and found.free_until is not None and at > found.free_until,
        "moved": None,
    }


def _who(times: Times, line_id: int) -> int | None:
    """Return who stands chosen: whom the address names, else who has it now."""
    known = {one.id for one in times.people}
    if "who" in request.args:
        asked = request.args.get("who", type=int)
        return asked if asked in known else None
    held = helper_of_line(line_id)
    return held if held in known else None


def _key() -> str | None:
    return request.args.get("key", "")[:64] or None


def _url(order_id: int) -> str:
    return url_for("orders.order", order_id=order_id, key=_key())
