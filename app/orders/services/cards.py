"""Punch cards: alive with the hand-over, used at the counter, paid back by what is unused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, moved
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.core.pools.errors import PoolEmptyError, PoolTooLowError
from app.core.pools.queries import free
from app.merchants.queries.cards import cards_among
from app.orders import policies
from app.orders.errors import CardOverError, NothingPaidError, UndoOverError
from app.orders.models import Card, CardUse, HandOver, Order, OrderLine
from app.orders.services import moves, sums
from app.orders.types import CARD_USE_UNDONE, CARD_USED, REFUNDED, UNDO_MINUTES, Side
from app.orders.types.worth import worth_minor
from app.payments.queries import charge_of

CARD_POOL = "card"


def give_cards(hand: HandOver, given: Sequence[tuple[OrderLine, int]], *, at: datetime) -> None:
    """Make one card of each handed-over piece that is one, valid to the end of its last day."""
    terms = cards_among([line.listing_id for line, _count in given if line.listing_id])
    for line, count in given:
        if line.listing_id not in terms:
            continue
        uses, days = terms[line.listing_id]
        last = clock.local(at).date() + timedelta(days=days)
        codes = [policies.new_code() for _ in range(count)]
        made = pools.make_pools(CARD_POOL, dict.fromkeys(codes, uses))
        db.session.add_all(
            Card(
                code=code,
                order_id=hand.order_id,
                line_id=line.id,
                hand_over_id=hand.id,
                merchant_id=hand.merchant_id,
                pool_id=made[code],
                uses=uses,
                given_at=at,
                expires_at=clock.day_span(last)[1],
            )
            for code in codes
        )
    db.session.flush()


def take_cards(hand: HandOver, *, at: datetime) -> None:
    """Let the cards of a hand-over that is undone end; refuses where one was used."""
    wanted = select(Card).where(Card.hand_over_id == hand.id, Card.void_at.is_(None))
    for card in db.session.scalars(wanted):
        try:
            pools.set_total(card.pool_id, 0)
        except PoolTooLowError as used:
            raise UndoOverError(
                _l("A punch card of this was used already, so it stays handed over.")
            ) from used
        _void(card, at)


def use_card(actor: Viewer, card_id: int, *, at: datetime) -> CardUse:
    """Punch a card once; refuses one that is used up, expired, paid back or another shop's."""
    card, order, _lines = _opened(actor, card_id)
    if at >= card.expires_at:
        raise CardOverError(details=[_l("It is past its last day.")])
    try:
        [hold] = pools.take([(card.pool_id, 1)], owner=("card", card.id), at=at)
    except PoolEmptyError as empty:
        raise CardOverError(details=[_l("All its uses are used up.")]) from empty
    used = CardUse(card_id=card.id, order_id=order.id, hold_id=hold, at=at, by_id=actor.id)
    db.session.add(used)
    db.session.flush()
    moves.log(actor, order, CARD_USED, at=at, data={"card_id": card.id})
    return used


def undo_use(actor: Viewer, use_id: int, *, at: datetime) -> CardUse:
    """Take a use back within ten minutes; refuses later, and twice."""
    used = db.session.get(CardUse, use_id)
    if used is None:
        raise NotFoundError
    card, order, _lines = _opened(actor, used.card_id)
    moved(
        update(CardUse)
        .where(
            CardUse.id == use_id,
            CardUse.undone_at.is_(None),
            CardUse.at > at - timedelta(minutes=UNDO_MINUTES),
        )
        .values(undone_at=at),
        UndoOverError(),
    )
    moves.set_on(used, undone_at=at)
    pools.release([used.hold_id])
    moves.log(actor, order, CARD_USE_UNDONE, at=at, data={"card_id": card.id})
    return used


def pay_back(actor: Viewer, card_id: int, *, reason: str, at: datetime) -> Card:
    """End a card and owe the money of its unused uses: its price times them, divided by all,
    rounded down. Refuses without a reason, where all is used, and more than came in.
    """
    card, order, lines = _opened(actor, card_id)
    policies.check_decides(actor, order)
    if not reason.strip():
        raise FieldError("reason", _l("Say why, so that the buyer understands."))
    line = moves.line_by_id(lines, card.line_id)
    unused = free([card.pool_id]).get(card.pool_id) or 0
    amount = back_minor(line, card.uses, unused)
    charge = charge_of(moves.charge_about(order))
    if unused == 0:
        raise CardOverError(details=[_l("All its uses are used up.")])
    if amount == 0 or charge.confirmed_minor == charge.refunded_minor:
        raise NothingPaidError
    pools.set_total(card.pool_id, card.uses - unused)
    _void(card, at, amount)
    sums.allow(actor, order, lines, line, amount, reason=reason, at=at)
    told = moves.quantities([(line, 1)]) | {"amount_minor": amount}
    moves.note(actor, order, REFUNDED, side=Side.SHOP, at=at, reason=reason, data=told)
    return card


def back_minor(line: OrderLine, uses: int, unused: int) -> int:
    """Return what the unused uses of one card of a line are worth."""
    price = int(worth_minor(line, line.quantity)) // line.quantity
    return price * unused // uses


def _opened(actor: Viewer, card_id: int) -> tuple[Card, Order, list[OrderLine]]:
    """Return a card with its order for one move; whoever comes second waits at the order. Refuses
    another shop's, and one that ended.
    """
    order_id = db.session.scalar(select(Card.order_id).where(Card.id == card_id))
    if order_id is None:
        raise NotFoundError
    order, lines = moves.opened(order_id)
    policies.check_serves(actor, order)
    card = db.session.get_one(Card, card_id, populate_existing=True)
    if card.void_at is not None:
        raise CardOverError(details=[_l("It was paid back or taken back.")])
    return card, order, lines


def _void(card: Card, at: datetime, paid_back_minor: int = 0) -> None:
    moved(
        update(Card)
        .where(Card.id == card.id, Card.void_at.is_(None))
        .values(void_at=at, paid_back_minor=paid_back_minor),
        CardOverError(),
    )
    moves.set_on(card, void_at=at, paid_back_minor=paid_back_minor)
