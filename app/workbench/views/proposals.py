"""The shop's side of proposals: adding lines, offering a substitute, quotes."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from wtforms import SelectChoice

from app.core import clock
from app.core.access import Role, Viewer, me, staff_of
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.money import Money
from app.core.pages import Link, render, said, slot, toast
from app.forum.queries.threads import thread_for
from app.merchants.queries import keeping
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.selling import offers_for, shops_of
from app.merchants.types import ListingKind, OfferRow
from app.orders.queries.orders import shop_order
from app.orders.queries.proposals import order_of_change, quotes_by, shop_quote
from app.orders.services import proposals, quotes
from app.orders.services.quotes import QuoteDraft
from app.orders.types import LineKind, LineRow
from app.orders.types.proposals import PROPOSAL_WORDS, ProposedLine
from app.workbench.forms import minor_of, plain_amount
from app.workbench.forms.proposals import LinesForm, QuoteForm, SubstituteForm
from app.workbench.views.blueprint import bp

DECIDERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
SENT = toast("workbench.proposed", _l("Sent. The buyer answers on the phone."))
TAKEN_BACK = toast("workbench.proposal_withdrawn", _l("Taken back."))


@bp.route("/<int:merchant_id>/orders/<int:order_id>/propose", methods=["GET", "POST"])
@staff_of("merchant_id", *DECIDERS)
def propose(merchant_id: int, order_id: int) -> Response:
    """Add lines to an order, for the buyer to accept."""
    found = shop_order(me(), merchant_id, order_id)
    form = LinesForm.posted()
    page: dict[str, Any] = {"merchant_id": merchant_id, "order": found}
    if request.method == "GET":
        return render("workbench/propose.html", form=form, **page)
    with form.shows_field_errors("workbench/propose.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(_order(merchant_id, order_id))
            words = form.words.data or ""
            proposals.propose(me(), order_id, form.lines(), words=words, at=clock.now())
    return said(act.location, SENT)


@bp.route("/<int:merchant_id>/orders/<int:order_id>/instead/<int:line_id>", methods=["GET", "POST"])
@staff_of("merchant_id", *DECIDERS)
def substitute(merchant_id: int, order_id: int, line_id: int) -> Response:
    """Offer something else for pieces that are short."""
    found = shop_order(me(), merchant_id, order_id)
    line = next((one for one in found.lines if one.id == line_id), None)
    if line is None or line.kind != LineKind.GOODS:
        raise NotFoundError
    form = _substitute_form(merchant_id, line)
    page: dict[str, Any] = {"merchant_id": merchant_id, "order": found, "line": line}
    if request.method == "GET":
        return render("workbench/substitute.html", form=form, **page)
    with form.shows_field_errors("workbench/substitute.html", **page):
        form.check()
        wanted = ProposedLine(
            minor_of(form.price.data),
            form.quantity.data,
            variant_id=form.variant_id.data,
            line_id=line_id,
            replaces=form.count.data,
        )
        with transaction(once=form.key) as act:
            act.leads_to(_order(merchant_id, order_id))
            words = form.words.data or ""
            proposals.propose(me(), order_id, [wanted], words=words, at=clock.now())
    return said(act.location, SENT)


@bp.post("/<int:merchant_id>/proposals/<int:proposal_id>/withdraw")
@staff_of("merchant_id", *DECIDERS)
def withdraw_proposal(merchant_id: int, proposal_id: int) -> Response:
    """Take a proposal back before it is answered."""
    ButtonForm.posted().check()
    order_id = order_of_change(proposal_id)
    shop_order(me(), merchant_id, order_id)
    with transaction():
        proposals.withdraw(me(), proposal_id, at=clock.now())
    return said(_order(merchant_id, order_id), TAKEN_BACK)


@bp.get("/<int:merchant_id>/quotes")
@staff_of("merchant_id")
def quotes_list(merchant_id: int) -> Response:
    """List what the shop was asked for and quoted."""
    is_oldest, is_open = request.args.get("sort") == "old", request.args.get("group") == "open"
    after = request.args.get("after")
    return render(
        "workbench/quotes.html",
        merchant_id=merchant_id,
        page=quotes_by(merchant_id, is_open=is_open, is_oldest_first=is_oldest, after=after),
        is_open=is_open,
        is_oldest=is_oldest,
        state_words=PROPOSAL_WORDS,
        now=clock.now(),
    )


@bp.get("/<int:merchant_id>/quotes/<int:proposal_id>")
@staff_of("merchant_id")
def quote_page(merchant_id: int, proposal_id: int) -> Response:
    """Show one quote, or what was asked with the form to answer it."""
    found = shop_quote(me(), merchant_id, proposal_id)
    return render("workbench/quote.html", form=QuoteForm.posted(), **_quote(merchant_id, found))


@bp.post("/<int:merchant_id>/quotes/<int:proposal_id>")
@staff_of("merchant_id", *DECIDERS)
def answer_quote(merchant_id: int, proposal_id: int) -> Response:
    """Give the price that was asked for."""
    found = shop_quote(me(), merchant_id, proposal_id)
    form = QuoteForm.posted()
    with form.shows_field_errors("workbench/quote.html", **_quote(merchant_id, found)):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("workbench.quotes_list", merchant_id=merchant_id))
            at = clock.now()
            quotes.answer(me(), proposal_id, _draft(form), at=at)
    return said(act.location, SENT)


@bp.post("/<int:merchant_id>/quotes/<int:proposal_id>/withdraw")
@staff_of("merchant_id", *DECIDERS)
def withdraw_quote(merchant_id: int, proposal_id: int) -> Response:
    """Take a quote back, or say that the shop cannot help."""
    ButtonForm.posted().check()
    shop_quote(me(), merchant_id, proposal_id)
    with transaction():
        quotes.withdraw(me(), proposal_id, at=clock.now())
    return said(url_for("workbench.quotes_list", merchant_id=merchant_id), TAKEN_BACK)


@bp.route("/<int:merchant_id>/threads/<int:thread_id>/quote", methods=["GET", "POST"])
@staff_of("merchant_id", *DECIDERS)
def quote_thread(merchant_id: int, thread_id: int) -> Response:
    """Answer somebody who asked in a thread with a price."""
    thread = thread_for(me(), thread_id)
    form = QuoteForm.posted()
    about = {"title": thread.title, "name": thread.author_name or ""}
    page: dict[str, Any] = {"merchant_id": merchant_id, "quote": None, "about": about}
    if request.method == "GET":
        return render("workbench/quote.html", form=form, **page)
    with form.shows_field_errors("workbench/quote.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("workbench.quotes_list", merchant_id=merchant_id))
            at = clock.now()
            quotes.quote_in_thread(me(), merchant_id, thread_id, _draft(form), at=at)
    return said(act.location, SENT)


@bp.route("/<int:merchant_id>/orders/<int:order_id>/quote", methods=["GET", "POST"])
@staff_of("merchant_id", *DECIDERS)
def quote_order(merchant_id: int, order_id: int) -> Response:
    """Give the buyer of an order a price for something else."""
    found = shop_order(me(), merchant_id, order_id)
    if found.person_id is None:
        raise NotFoundError
    form = QuoteForm.posted()
    about = {"title": found.number, "name": found.contact_name}
    page: dict[str, Any] = {"merchant_id": merchant_id, "quote": None, "about": about}
    if request.method == "GET":
        return render("workbench/quote.html", form=form, **page)
    with form.shows_field_errors("workbench/quote.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("workbench.quotes_list", merchant_id=merchant_id))
            quotes.quote_on_order(me(), order_id, _draft(form), at=clock.now())
    return said(act.location, SENT)


@slot("thread_offers").add
def _answers_with_quote(viewer: Viewer) -> list[Link]:
    """Let a shop's people answer what is asked in a thread with a price."""
    thread_id = (request.view_args or {}).get("thread_id")
    mine = [one for one in viewer.merchant_ids if viewer.is_staff_of(one, *DECIDERS)]
    if thread_id is None or not mine:
        return []
    return [
        Link(
            url_for("workbench.quote_thread", merchant_id=shop[0], thread_id=thread_id),
            _("Answer with a quote from %(shop)s", shop=pick(shop[1], shop[2])),
        )
        for shop in shops_of(viewer)
        if shop[0] in mine
    ]


def _draft(form: QuoteForm) -> QuoteDraft:
    return QuoteDraft(
        form.lines(), form.ends_at(clock.now()), form.words.data or "", form.comes_at()
    )


def _quote(merchant_id: int, found: Any) -> dict[str, Any]:
    about = {"title": found.wish, "name": found.person_name}
    return {
        "merchant_id": merchant_id,
        "quote": found,
        "about": about,
        "state_words": PROPOSAL_WORDS,
        "now": clock.now(),
    }


def _substitute_form(merchant_id: int, line: LineRow) -> SubstituteForm:
    """The form with what the shelf has left; as many, at the price that was agreed."""
    form = SubstituteForm.posted(
        count=line.to_prepare,
        quantity=line.to_prepare,
        price=plain_amount(line.unit_minor),
    )
    ids = [row.id for row in keeping.shelf_of(merchant_id) if row.kind == ListingKind.GOODS]
    at = clock.now()
    sizes = variants_of(ids, at=at)
    found = offers_for([size.id for one in ids for size in sizes.get(one, ())], at=at)
    form.variant_id.choices = [
        SelectChoice(offer.variant_id, _told(offer))
        for offer in found.values()
        if offer.is_orderable
        and (offer.free is None or offer.free > 0)
        and offer.variant_id != line.variant_id
    ]
    return form


def _told(offer: OfferRow) -> str:
    name = " ".join(
        filter(None, [pick(offer.name_zh, offer.name_en), pick(offer.variant_zh, offer.variant_en)])
    )
    cost = Money(offer.price_minor).format()
    if offer.free is None:
        return f"{name} · {cost}"
    return _("%(name)s · %(price)s · %(n)s left", name=name, price=cost, n=offer.free)


def _order(merchant_id: int, order_id: int) -> str:
    return url_for("workbench.order", merchant_id=merchant_id, order_id=order_id)
