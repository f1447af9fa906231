"""A walk-in number on one's phone: taken, watched, given up."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, public
from app.core.db import transaction
from app.core.errors import ConflictError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import live_answer, render, said, toast
from app.merchants.queries import browsing
from app.orders.forms import NumberForm
from app.orders.queries.queues import MyNumber, number_for, number_key, queue_of
from app.orders.services import queues as services
from app.orders.views.blueprint import bp

TAKEN = toast("orders.number_taken", _l("This is your number. Keep this page open."))
GIVEN_UP = toast("orders.number_left", _l("Your number is given up."))


@bp.get("/queue/<int:merchant_id>")
@public
def queue(merchant_id: int) -> Response:
    """See how many wait at a shop, and take a number."""
    return render("orders/queue.html", form=NumberForm.posted(), **_queue(merchant_id))


@bp.post("/queue/<int:merchant_id>")
@public
def take_number(merchant_id: int) -> Response:
    """Take the next number."""
    form = NumberForm.posted()
    page = _queue(merchant_id)
    with form.shows_field_errors("orders/queue.html", **page):
        form.check()
        try:
            with transaction(once=form.key) as act:
                row = services.take_number(
                    me(),
                    merchant_id,
                    name=form.name.data or "",
                    address=request.remote_addr or "",
                    at=clock.now(),
                )
                act.leads_to(_url(row.id))
        except ConflictError as refused:
            page = _queue(merchant_id) | {"refused": refused}
            return render("orders/queue.html", 409, form=form, **page)
    return said(act.location, TAKEN)


@bp.get("/queue/numbers/<int:number_id>")
@public
def number(number_id: int) -> Response:
    """See one's number, and how many come before it."""
    return render("orders/number.html", **_number(number_for(number_id, _key())))


@bp.get("/queue/numbers/<int:number_id>/live")
@public
def number_live(number_id: int) -> Response:
    mine = number_for(number_id, _key())
    page = _number(mine)
    version = f"queue:{number_id}:{page['queue'].version if page['queue'] else 0}"
    return live_answer(version, lambda: render("orders/_number.html", **page))


@bp.post("/queue/numbers/<int:number_id>/leave")
@public
def leave_number(number_id: int) -> Response:
    """Give one's number up."""
    form = ButtonForm.posted()
    form.check()
    number_for(number_id, _key())
    with transaction(once=form.key) as act:
        services.leave_queue(number_id, at=clock.now())
        act.leads_to(_url(number_id))
    return said(act.location, GIVEN_UP)


def _queue(merchant_id: int) -> dict[str, Any]:
    shop = browsing.merchant_for(me(), merchant_id)
    return {"shop": shop, "queue": queue_of(merchant_id, at=clock.now()), "refused": None}


def _number(mine: MyNumber) -> dict[str, Any]:
    at = clock.now()
    is_today = mine.day == clock.local(at).date()
    return {
        "mine": mine,
        "shop": browsing.merchant_for(me(), mine.merchant_id),
        "queue": queue_of(mine.merchant_id, at=at),
        "is_today": is_today,
        "key": _key(),
    }


def _key() -> str:
    return request.args.get("key", "")[:32]


def _url(number_id: int) -> str:
    return url_for("orders.number", number_id=number_id, key=number_key(number_id))
