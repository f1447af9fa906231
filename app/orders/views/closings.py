"""What a buyer chooses whose pickup time was closed: another time, or the money back."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, public
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import said, toast
from app.orders.queries.closings import choices_of, open_question
from app.orders.services import closings
from app.orders.types import OrderPage
from app.orders.views.blueprint import CANCELLED, bp

MOVED = toast("orders.moved", _l("Your order has its new time."))
REFUND = "refund"


@bp.post("/<int:order_id>/choose")
@public
def choose(order_id: int) -> Response:
    """Take one of the times that are offered, or the money back, in one tap."""
    form = ButtonForm.posted()
    form.check()
    key = request.args.get("key", "")[:64] or None
    choice = request.form.get("choice", "")[:80]
    with transaction(once=form.key) as act:
        act.leads_to(url_for("orders.order", order_id=order_id, key=key))
        if choice == REFUND:
            closings.take_back(me(), order_id, key=key, at=clock.now())
        else:
            closings.choose(me(), order_id, choice, key=key, at=clock.now())
    return said(act.location, CANCELLED if choice == REFUND else MOVED)


def closing_question(found: OrderPage) -> dict[str, Any]:
    """Return what the buyer of an order is asked, with the times that are offered."""
    question = open_question(found.id) if found.slot_starts_at and found.is_open else None
    choices = choices_of(found.id, at=clock.now()) if question else []
    return {"question": question, "choices": choices}
