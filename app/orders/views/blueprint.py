"""The blueprint of orders, the guest's basket cookie, and what pages say after an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.local import LocalProxy

from app.core.access import Viewer, me
from app.core.db import Count
from app.core.i18n import lazy_gettext as _l
from app.core.pages import (
    know_count,
    layout_count,
    personal_cookie,
    register_subject,
    toast,
)
from app.core.settings import settings
from app.orders.queries.baskets import basket_count
from app.orders.services.basket import KEEP_DAYS, merge_baskets
from app.orders.types import Quote

bp = Blueprint("orders", "app.orders", url_prefix="/orders", template_folder="templates")
COOKIE = "linli_basket"
personal_cookie(COOKIE)
register_subject("order", "orders.order", "order_id")
register_subject("order_case", "orders.case", "case_id")
register_subject("group_buy", "orders.group_buy", "group_buy_id")

ADDED = toast("orders.added", _l("It is in your basket."))
CHANGED = toast("orders.changed", _l("Your basket is changed."))
LEFT = toast("orders.left", _l("Nothing is held any more. Your basket is still there."))
COUPON_CHOSEN = toast("orders.coupon", _l("Reckoned anew, with the coupon as you chose."))
PLACED = toast("orders.placed", _l("Ordered. The shop knows."))
REBOOKED = toast("orders.rebooked", _l("Changed. The shop knows."))
AGAIN = toast("orders.again", _l("The next free time is in your basket."))
CANCELLED = toast("orders.cancelled", _l("The order is cancelled."))
SAID_PAID = toast("orders.said_paid", _l("The shop will check and confirm it."))
SENT = toast("orders.sent", _l("Sent. The shop reads it in its news."))
CASE_OPENED = toast("orders.case_opened", _l("The shop knows and answers within two days."))
CASE_AGREED = toast("orders.case_agreed", _l("Agreed."))
CASE_SENT = toast("orders.case_sent", _l("Sent. You hear when there is an answer."))
CASE_GONE = toast("orders.case_gone", _l("The case is withdrawn."))
RECEIVED = toast("orders.received", _l("Shared out. Everybody knows what is there for them."))
ENTERED = toast("orders.entered", _l("They are in the group-buy."))
DROPPED = toast("orders.dropped", _l("The name is gone from the list."))
CALLED_OFF = toast("orders.called_off", _l("Called off. Everybody knows, and all of it is undone."))
ANNOUNCED = toast("orders.announced", _l("Announced. The thread shows how far it is."))
DISPUTED = toast("orders.disputed", _l("The shop and the duty desk know."))


def token() -> str | None:
    """Return the guest's basket token of this request, or None."""
    return request.cookies.get(COOKIE, "")[:64] or None


def keep_token(answer: Response, value: str) -> None:
    """Give the browser the token of the basket it just began."""
    answer.set_cookie(
        COOKIE,
        value,
        max_age=KEEP_DAYS * 24 * 3600,
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_token(answer: Response) -> None:
    """Take the cookie away once its basket is the member's own."""
    answer.delete_cookie(
        COOKIE, secure=settings().is_https, httponly=True, samesite="Lax", path="/"
    )


def own_basket(viewer: Viewer, *, at: datetime) -> str | None:
    """Merge what a member chose as a guest into their own basket; return the token a guest goes on
    with.
    """
    held = token()
    if viewer.is_member and held:
        merge_baskets(viewer.id or 0, held, at=at)
        return None
    return held


def _count(viewer: Viewer) -> Count | None:
    return basket_count(viewer, token())


def later(make: Callable[[], dict[str, Any]], *names: str) -> dict[str, Any]:
    """Return values for a page shown only where a form is refused; nothing is read before."""
    made = cache(make)
    return {name: LocalProxy(lambda name=name: made()[name]) for name in names}  # type: ignore[misc]


def know_basket(quote: Quote) -> None:
    """Let the layout show the count of a basket that this page has read anyway."""
    know_count("basket", sum(line.quantity for line in quote.lines))


layout_count("basket", _count)


@bp.after_app_request
def _forget_merged(answer: Response) -> Response:
    """A member who wrote to the basket has merged it, so the guest's cookie may go."""
    wrote = request.method == "POST" and request.blueprint == "orders"
    if wrote and request.cookies.get(COOKIE) and me().is_member and answer.status_code < 400:
        forget_token(answer)
    return answer
