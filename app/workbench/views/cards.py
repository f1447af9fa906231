"""A punch card at the counter: used, a use taken back, the rest paid back."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from app.core import clock
from app.core.access import me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.orders.queries.cards import shop_card
from app.orders.services import cards as services
from app.workbench.forms.orders import PayBackForm
from app.workbench.views.blueprint import bp
from app.workbench.views.proposals import DECIDERS

USED = toast("workbench.card_used", _l("One use is taken."))
UNUSED = toast("workbench.card_unused", _l("Taken back: the use is on the card again."))
PAID_BACK = toast(
    "workbench.card_paid_back", _l("The card is over. The money is owed to the buyer.")
)


@bp.get("/<int:merchant_id>/counter/card/<int:card_id>")
@staff_of("merchant_id")
def card(merchant_id: int, card_id: int) -> Response:
    """See how often a card can still be used."""
    page = _page(merchant_id, card_id)
    return render("workbench/card.html", form=PayBackForm.posted(), **page)


@bp.post("/<int:merchant_id>/counter/card/<int:card_id>/use")
@staff_of("merchant_id")
def use_card(merchant_id: int, card_id: int) -> Response:
    """Punch the card once."""
    form = ButtonForm.posted()
    form.check()
    shop_card(me(), merchant_id, card_id)
    try:
        with transaction(once=form.key) as act:
            services.use_card(me(), card_id, at=clock.now())
            act.leads_to(_url(merchant_id, card_id))
    except ConflictError as refused:
        page = _page(merchant_id, card_id) | {"refused": refused}
        return render("workbench/card.html", 409, form=PayBackForm.posted(), **page)
    return said(act.location, USED)


@bp.post("/<int:merchant_id>/counter/card/<int:card_id>/undo/<int:use_id>")
@staff_of("merchant_id")
def undo_use(merchant_id: int, card_id: int, use_id: int) -> Response:
    """Take a use back."""
    form = ButtonForm.posted()
    form.check()
    _card, uses = shop_card(me(), merchant_id, card_id)
    if use_id not in {one.id for one in uses}:
        raise NotFoundError
    with transaction(once=form.key) as act:
        services.undo_use(me(), use_id, at=clock.now())
        act.leads_to(_url(merchant_id, card_id))
    return said(act.location, UNUSED)


@bp.post("/<int:merchant_id>/counter/card/<int:card_id>/pay-back")
@staff_of("merchant_id", *DECIDERS)
def pay_back(merchant_id: int, card_id: int) -> Response:
    """End the card and owe the money of its unused uses."""
    form = PayBackForm.posted()
    page = _page(merchant_id, card_id)
    with form.shows_field_errors("workbench/card.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            services.pay_back(me(), card_id, reason=form.reason.data or "", at=clock.now())
            act.leads_to(_url(merchant_id, card_id))
    return said(act.location, PAID_BACK)


def _page(merchant_id: int, card_id: int) -> dict[str, Any]:
    found, uses = shop_card(me(), merchant_id, card_id)
    return {
        "merchant_id": merchant_id, "card": found, "uses": uses, "now": clock.now(),
        "refused": None,
        "may_pay_back": me().is_operator or me().is_staff_of(merchant_id, *DECIDERS),
    }  # fmt: skip


def _url(merchant_id: int, card_id: int) -> str:
    return url_for("workbench.card", merchant_id=merchant_id, card_id=card_id)
