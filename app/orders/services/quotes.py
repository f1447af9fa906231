"""Quotes: a price for one buyer until a time, asked for or offered, ordered in one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from app.accounts.models import User
from app.accounts.services.children import check_may_order
from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.activity.types import Verb
from app.core.db import db, fetch_one
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.forum.models import Thread
from app.merchants.models import Merchant
from app.merchants.queries.selling import policy_columns
from app.merchants.queries.terms import commission
from app.merchants.types import MerchantState, PolicyRow
from app.orders import policies
from app.orders.errors import LineProblemError, ProposalsOpenError, WrongShopError
from app.orders.models import Order, Proposal
from app.orders.policies.proposals import over_error
from app.orders.services import moves, offers, preparation, proposals
from app.orders.services.writing import Deal, draw_numbers, settle_in, written_orders
from app.orders.types import Contact, Quote, ShopQuote
from app.orders.types.proposals import (
    PROPOSALS_OPEN,
    QUOTE_ASKED,
    QUOTE_DECLINED,
    QUOTE_ORDERED,
    QUOTE_WITHDRAWN,
    QUOTED,
    ProposalKind,
    ProposalState,
    ProposedLine,
)
from app.payments.types import PayWay

VISIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote as the shop writes it."""

    lines: Sequence[ProposedLine]
    ends_at: datetime
    words: str = ""
    starts_at: datetime | None = None


def ask(
    actor: Viewer, merchant_id: int, *, wish: str, thread_id: int | None = None, at: datetime
) -> Proposal:
    """Ask a shop for its price; refuses a shop that takes no orders, and many asked at once."""
    _check_trades(merchant_id)
    if not wish.strip():
        raise FieldError("wish", _l("Say what you need."))
    waiting = select(func.count()).where(
        Proposal.person_id == actor.id, Proposal.state == ProposalState.ASKED
    )
    if (db.session.scalar(waiting) or 0) >= PROPOSALS_OPEN:
        raise FieldError("wish", _l("You have asked several shops already. Wait for an answer."))
    asked = Proposal(
        kind=ProposalKind.QUOTE,
        state=ProposalState.ASKED,
        merchant_id=merchant_id,
        person_id=actor.id,
        thread_id=thread_id,
        wish=wish.strip()[:1000],
        made_at=at,
    )
    db.session.add(asked)
    db.session.flush()
    _record(actor, asked, QUOTE_ASKED, at=at)
    return asked


def ask_again(actor: Viewer, proposal_id: int, *, at: datetime) -> Proposal:
    """Ask the same shop for the same once more, after a quote ended; refuses while it is open."""
    old = _own(actor, proposal_id)
    if old.over_at is None and old.ends_at is not None and at < old.ends_at:
        raise ProposalsOpenError(_l("This quote still stands. Order it, or decline it first."))
    if old.state == ProposalState.ASKED:
        return old
    wish = old.wish or ", ".join(line.name_zh for line in offers.lines_of(old.id))
    return ask(actor, old.merchant_id, wish=wish, thread_id=old.thread_id, at=at)


def answer(actor: Viewer, proposal_id: int, draft: QuoteDraft, *, at: datetime) -> Proposal:
    """Give the price somebody asked for; refuses another shop's, and what was answered before."""
    asked = _of_shop(actor, proposal_id)
    _check(asked.merchant_id, draft, at)
    if asked.state != ProposalState.ASKED:
        raise over_error(asked)
    values: dict[str, Any] = {"words": draft.words.strip()[:500], "starts_at": draft.starts_at}
    offers.to_state(
        asked, ProposalState.OPEN, made_at=at, made_by=actor.id, ends_at=draft.ends_at, **values
    )
    return _written(actor, asked, draft, at)


def quote_in_thread(
    actor: Viewer, merchant_id: int, thread_id: int, draft: QuoteDraft, *, at: datetime
) -> Proposal:
    """Give a price to whoever asked in a thread, and to nobody else; refuses another's shop, one's
    own thread, and a thread whose author has no account.
    """
    thread = db.session.get(Thread, thread_id)
    is_open = thread is not None and thread.audience == "public"
    if thread is None or not is_open or thread.author_id in {None, actor.id}:
        raise NotFoundError
    return _offered(
        actor, merchant_id, draft, person_id=thread.author_id, thread=(thread.id, thread.title),
        at=at,
    )  # fmt: skip


def quote_on_order(actor: Viewer, order_id: int, draft: QuoteDraft, *, at: datetime) -> Proposal:
    """Give the buyer of an order a price for something else; refuses another shop's order, and a
    buyer without an account.
    """
    order, _lines = moves.opened(order_id)
    policies.check_decides(actor, order)
    if order.person_id is None:
        raise NotFoundError
    about = (order.thread_id, order.number)
    return _offered(actor, order.merchant_id, draft, person_id=order.person_id, thread=about, at=at)


def order_quote(actor: Viewer, proposal_id: int, *, pay_way: PayWay, at: datetime) -> Order:
    """Make an order of a quote, once, accepted already: the shop has given its word.

    Refuses everybody but the one it is for, a quote that ran out, was declined, taken back or
    ordered before, and a shop that takes no orders now.
    """
    check_may_order(actor)
    quote = _own(actor, proposal_id)
    offers.to_state(quote, ProposalState.ACCEPTED, before=at, over_at=at)
    _check_trades(quote.merchant_id)
    written = offers.lines_of(quote.id)
    total = sum((line.unit_minor + line.packaging_minor) * line.quantity for line in written)
    person = db.session.get_one(User, actor.id)
    contact = Contact(person.name, person.phone or "", person.mail or "")
    deal = Deal(actor, None, contact, pay_way, quote.wish[:500], at)
    shop = _shop_quote(quote.merchant_id, at)
    [order] = written_orders(deal, Quote((shop,)), {}, {}, numbers=draw_numbers(at))
    ends_at = quote.starts_at + VISIT if quote.starts_at else None
    moves.save(order, total_minor=total, slot_starts_at=quote.starts_at, slot_ends_at=ends_at)
    lines = proposals.joined(order, [], written)
    settle_in(deal, [order], {order.id: lines})
    quote.order_id = order.id
    _record(actor, quote, QUOTE_ORDERED, at=at)
    preparation.accept(SYSTEM, order.id, at=at)
    return order


def decline(actor: Viewer, proposal_id: int, *, at: datetime) -> Proposal:
    """Say no to a quote, or no longer want one that was asked for."""
    quote = _own(actor, proposal_id)
    offers.to_state(quote, ProposalState.DECLINED, over_at=at)
    _record(actor, quote, QUOTE_DECLINED, at=at)
    return quote


def withdraw(actor: Viewer, proposal_id: int, *, at: datetime) -> Proposal:
    """Take a quote back before it is ordered, or say that the shop cannot help."""
    quote = _of_shop(actor, proposal_id)
    offers.to_state(quote, ProposalState.WITHDRAWN, over_at=at)
    _record(actor, quote, QUOTE_WITHDRAWN, at=at)
    return quote


def _offered(
    actor: Viewer,
    merchant_id: int,
    draft: QuoteDraft,
    *,
    person_id: int | None,
    thread: tuple[int | None, str],
    at: datetime,
) -> Proposal:
    if not policies.can_decide(actor, merchant_id):
        raise WrongShopError
    _check(merchant_id, draft, at)
    made = Proposal(
        kind=ProposalKind.QUOTE,
        state=ProposalState.OPEN,
        merchant_id=merchant_id,
        person_id=person_id,
        thread_id=thread[0],
        wish=thread[1],
        words=draft.words.strip()[:500],
        starts_at=draft.starts_at,
        made_at=at,
        made_by=actor.id,
        ends_at=draft.ends_at,
    )
    db.session.add(made)
    db.session.flush()
    return _written(actor, made, draft, at)


def _written(actor: Viewer, quote: Proposal, draft: QuoteDraft, at: datetime) -> Proposal:
    proposals.written_lines(quote, draft.lines, at=at, until=draft.ends_at, is_work=True)
    _record(actor, quote, QUOTED, at=at)
    return quote


def _check(merchant_id: int, draft: QuoteDraft, at: datetime) -> None:
    _check_trades(merchant_id)
    proposals.check_shape(draft.lines)
    if any(line.variant_id or line.line_id for line in draft.lines):
        raise NotFoundError
    if draft.ends_at <= at:
        raise FieldError("days", _l("Choose a time that is still to come."))
    if draft.starts_at is not None and draft.starts_at <= at:
        raise FieldError("starts_at", _l("Choose a time that is still to come."))


def _check_trades(merchant_id: int) -> None:
    shop = db.session.get(Merchant, merchant_id)
    if shop is None:
        raise NotFoundError
    if shop.state != MerchantState.ACTIVE:
        name = pick(shop.name_zh, shop.name_en)
        raise LineProblemError(name=name, why=_("This shop takes no orders now."))


def _own(actor: Viewer, proposal_id: int) -> Proposal:
    """Return a quote that is for the actor; to anybody else it is not there."""
    quote = offers.proposal_by_id(proposal_id)
    if quote.kind != ProposalKind.QUOTE or actor.id is None or quote.person_id != actor.id:
        raise NotFoundError
    return quote


def _of_shop(actor: Viewer, proposal_id: int) -> Proposal:
    quote = offers.proposal_by_id(proposal_id)
    if quote.kind != ProposalKind.QUOTE:
        raise NotFoundError
    if not policies.can_decide(actor, quote.merchant_id):
        raise NotAllowedError
    return quote


def _shop_quote(merchant_id: int, at: datetime) -> ShopQuote:
    row = fetch_one(_TERMS, merchant_id=merchant_id, at=at)
    return ShopQuote(merchant_id, row[0], row[1], PolicyRow(*row[3:]), row[2], ())


_TERMS: Any = (
    select(Merchant.name_zh, Merchant.name_en, commission(), *policy_columns())
    .select_from(Merchant)
    .where(Merchant.id == bindparam("merchant_id"))
)


def _record(actor: Viewer, quote: Proposal, verb: Verb, *, at: datetime) -> None:
    about = {"merchant_id": quote.merchant_id, "person_id": quote.person_id}
    record(actor, verb, ("proposal", quote.id), at=at, data=about)
