"""The resident's side of proposals: yes or no in one tap, quotes, and asking for one."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Viewer, me, member, public
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, register_subject, render, said, slot, toast
from app.merchants.queries.selling import names_of
from app.orders.forms import AskForm, PayWayForm
from app.orders.queries.orders import order_page
from app.orders.queries.proposals import (
    order_of_change,
    quote_for,
    quotes_in_thread,
    quotes_of,
)
from app.orders.services import proposals, quotes
from app.orders.types.proposals import PROPOSAL_WORDS
from app.orders.views.blueprint import bp
from app.payments.types import PayWay

register_subject("proposal", "orders.quote", "proposal_id")
YES = toast("orders.proposal_accepted", _l("Agreed. It is in your order now."))
NO = toast("orders.proposal_declined", _l("Declined. The shop knows."))
ORDERED = toast("orders.quote_ordered", _l("Ordered. The shop knows."))
ASKED = toast("orders.quote_asked", _l("Sent. You hear when the shop answers."))


@bp.post("/proposals/<int:proposal_id>/accept")
@public
def accept_proposal(proposal_id: int) -> Response:
    """Take what the shop proposed, in one tap."""
    form = ButtonForm.posted()
    form.check()
    order_id = _order(proposal_id)
    with transaction(once=form.key) as act:
        act.leads_to(url_for("orders.order", order_id=order_id, key=_key()))
        proposals.accept(me(), proposal_id, key=_key(), at=clock.now())
    return said(act.location, YES)


@bp.post("/proposals/<int:proposal_id>/decline")
@public
def decline_proposal(proposal_id: int) -> Response:
    """Say no to a change of an order."""
    form = ButtonForm.posted()
    form.check()
    order_id = _order(proposal_id)
    with transaction(once=form.key) as act:
        act.leads_to(url_for("orders.order", order_id=order_id, key=_key()))
        proposals.decline(me(), proposal_id, key=_key(), at=clock.now())
    return said(act.location, NO)


@bp.get("/quotes")
@member
def my_quotes() -> Response:
    """List what I asked for and was offered."""
    is_oldest, is_open = request.args.get("sort") == "old", request.args.get("group") == "open"
    page = quotes_of(
        me().id or 0, is_open=is_open, is_oldest_first=is_oldest, after=request.args.get("after")
    )
    return render(
        "orders/quotes.html",
        page=page,
        is_open=is_open,
        is_oldest=is_oldest,
        state_words=PROPOSAL_WORDS,
        now=clock.now(),
    )


@bp.get("/quotes/<int:proposal_id>")
@member
def quote(proposal_id: int) -> Response:
    """Show a quote to the one it is for."""
    found = quote_for(me(), proposal_id)
    form = PayWayForm.posted(pay_way=PayWay.CASH.value)
    at = clock.now()
    return render("orders/quote.html", quote=found, form=form, now=at, state_words=PROPOSAL_WORDS)


@bp.post("/quotes/<int:proposal_id>/order")
@member
def order_quote(proposal_id: int) -> Response:
    """Order a quote, in one tap."""
    quote_for(me(), proposal_id)
    form = PayWayForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        made = quotes.order_quote(
            me(), proposal_id, pay_way=PayWay(form.pay_way.data), at=clock.now()
        )
        act.leads_to(url_for("orders.order", order_id=made.id))
    return said(act.location, ORDERED)


@bp.post("/quotes/<int:proposal_id>/decline")
@member
def decline_quote(proposal_id: int) -> Response:
    """Say no to a quote."""
    form = ButtonForm.posted()
    form.check()
    quote_for(me(), proposal_id)
    with transaction(once=form.key) as act:
        act.leads_to(url_for("orders.my_quotes"))
        quotes.decline(me(), proposal_id, at=clock.now())
    return said(act.location, NO)


@bp.post("/quotes/<int:proposal_id>/again")
@member
def ask_again(proposal_id: int) -> Response:
    """Ask for the same once more, after a quote ended."""
    form = ButtonForm.posted()
    form.check()
    quote_for(me(), proposal_id)
    with transaction(once=form.key) as act:
        made = quotes.ask_again(me(), proposal_id, at=clock.now())
        act.leads_to(url_for("orders.quote", proposal_id=made.id))
    return said(act.location, ASKED)


@bp.route("/quotes/ask/<int:merchant_id>", methods=["GET", "POST"])
@member
def ask_quote(merchant_id: int) -> Response:
    """Ask a shop what something would cost."""
    shop = names_of([merchant_id]).get(merchant_id)
    if shop is None:
        raise NotFoundError
    form = AskForm.posted()
    page: dict[str, Any] = {"shop": shop, "merchant_id": merchant_id}
    if request.method == "GET":
        return render("orders/ask_quote.html", form=form, **page)
    with form.shows_field_errors("orders/ask_quote.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            made = quotes.ask(me(), merchant_id, wish=form.wish.data or "", at=clock.now())
            act.leads_to(url_for("orders.quote", proposal_id=made.id))
    return said(act.location, ASKED)


@slot("thread_offers").add
def _quotes_of_thread(viewer: Viewer) -> list[Link]:
    """Lead whoever asked in a thread to the quotes they have there."""
    thread_id = (request.view_args or {}).get("thread_id")
    if viewer.id is None or thread_id is None:
        return []
    return [
        Link(
            url_for("orders.quote", proposal_id=row.id),
            _("A quote for you from %(shop)s", shop=row.merchant_zh or row.merchant_en),
        )
        for row in quotes_in_thread(viewer.id, thread_id)
    ]


def _order(proposal_id: int) -> int:
    """Return the order a proposal would change, to those who may open it."""
    order_id = order_of_change(proposal_id)
    order_page(me(), order_id, key=_key())
    return order_id


def _key() -> str | None:
    return request.args.get("key", "")[:64] or None
