"""The counter without a network: what a device keeps, what it sends later, the conflicts."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, jsonify, request, url_for

from app.core import clock
from app.core.access import csrf_token, me, staff_of
from app.core.db import transaction
from app.core.errors import BadRequestError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.core.pages import render, said, toast
from app.orders.queries.offline import ROUNDS, KeptOrder, orders_to_keep
from app.orders.services import offline as services
from app.orders.types import OfflineItem
from app.workbench.views.blueprint import bp

SEEN = toast("workbench.seen", _l("Taken off the list."))
KEPT_FOR = timedelta(hours=24)
MOST = 200


@bp.get("/<int:merchant_id>/counter/offline")
@staff_of("merchant_id")
def offline(merchant_id: int) -> Response:
    """Give the page that a device keeps; it holds nobody's data itself."""
    return render("workbench/offline.html", merchant_id=merchant_id)


@bp.get("/<int:merchant_id>/counter/today.json")
@staff_of("merchant_id")
def offline_orders(merchant_id: int) -> Response:
    """Give a device what it needs of today's orders, for a day at the most."""
    at, salt = clock.now(), secrets.token_bytes(16)
    kept = [_told(one) for one in orders_to_keep(merchant_id, salt=salt, at=at)]
    answer = jsonify(
        made=at.isoformat(), until=(at + KEPT_FOR).isoformat(), csrf=csrf_token(me()),
        salt=salt.hex(), rounds=ROUNDS, orders=kept,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/<int:merchant_id>/counter/queue")
@staff_of("merchant_id")
def send_queue(merchant_id: int) -> Response:
    """Take in what a device noted, each by itself; say which of it arrived and what to look at."""
    done = []
    for item in _items():
        with transaction():
            hand = services.take_in(me(), merchant_id, item, at=clock.now())
            done.append({"key": item.key, "conflict": hand.conflict})
    return jsonify(done=done)


@bp.post("/<int:merchant_id>/counter/queue/<int:hand_id>/seen")
@staff_of("merchant_id")
def offline_seen(merchant_id: int, hand_id: int) -> Response:
    """Take a conflict off the list."""
    ButtonForm.posted().check()
    with transaction():
        services.mark_seen(me(), merchant_id, hand_id, at=clock.now())
    return said(url_for("workbench.counter", merchant_id=merchant_id), SEEN)


def _told(order: KeptOrder) -> dict[str, Any]:
    starts_at, ends_at = order.slot_starts_at, order.slot_ends_at
    when = ""
    if starts_at and ends_at:
        when = f"{clock.local(starts_at):%H:%M}–{clock.local(ends_at):%H:%M}"
    return {
        "id": order.id, "name": order.name, "number": order.number, "code": order.code,
        "what": order.what, "pieces": order.pieces, "when": when,
        "owed": str(Money(order.owed_minor)) if order.owed_minor else "",
    }  # fmt: skip


def _items() -> list[OfflineItem]:
    """Read what a device sends; refuses (BadRequestError) what no device of ours would."""
    try:
        sent = json.loads(request.get_data(cache=False, as_text=True)[:100_000])
        if not isinstance(sent, list):
            raise TypeError
        return [
            OfflineItem(
                key=_text(one["key"]), order_id=_whole(one["order"]), given_at=_instant(one["at"]),
                pieces=_whole(one["pieces"]), is_paid=one["paid"] is True,
            )
            for one in sent[:MOST]
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError, RecursionError) as wrong:
        raise BadRequestError from wrong


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.isascii():
        raise ValueError
    if not value.replace("-", "").isalnum():
        raise ValueError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError
    return value


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError
    return instant.astimezone(UTC)
