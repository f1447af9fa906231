"""Punch cards as their owner and the counter see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.access import Viewer
from app.core.db import fetch, fetch_one
from app.core.errors import NotFoundError
from app.core.pools.models import Pool
from app.merchants.models import Merchant
from app.orders import policies
from app.orders.models import Card, CardUse, Order, OrderLine
from app.orders.types import UNDO_MINUTES
from app.orders.types.worth import worth_minor


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card: what it is for, its code, and how often it can still be used."""

    id: int
    code: str
    order_id: int
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    name_zh: str
    name_en: str
    contact_name: str
    uses: int
    left: int
    given_at: datetime
    expires_at: datetime
    void_at: datetime | None
    paid_back_minor: int
    price_minor: int

    @property
    def shown_code(self) -> str:
        """Its code as people read it aloud."""
        return policies.shown_code(self.code)

    @property
    def back_minor(self) -> int:
        """What its unused uses are worth."""
        return self.price_minor * self.left // self.uses

    @property
    def last_day(self) -> date:
        """The last day on which it can be used."""
        return clock.local(self.expires_at - timedelta(seconds=1)).date()

    def is_alive(self, at: datetime) -> bool:
        """Whether it can be used now."""
        return self.void_at is None and self.left > 0 and at < self.expires_at


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use that stands or was taken back."""

    id: int
    at: datetime
    undone_at: datetime | None

    @property
    def until(self) -> datetime:
        """Until when it may be taken back."""
        return self.at + timedelta(minutes=UNDO_MINUTES)


_CARD: Any = (
    select(
        Card.id, Card.code, Card.order_id, Card.merchant_id, Merchant.name_zh, Merchant.name_en,
        OrderLine.name_zh, OrderLine.name_en, Order.contact_name, Card.uses,
        Pool.total - Pool.taken, Card.given_at, Card.expires_at, Card.void_at,
        Card.paid_back_minor,
        worth_minor(OrderLine, OrderLine.quantity) // OrderLine.quantity,
    )
    .join(Pool, Pool.id == Card.pool_id)
    .join(Merchant, Merchant.id == Card.merchant_id)
    .join(OrderLine, OrderLine.id == Card.line_id)
    .join(Order, Order.id == Card.order_id)
    .order_by(Card.id.desc())
)  # fmt: skip
_OF_PERSON: Any = _CARD.where(Order.person_id == bindparam("person_id")).limit(100)
_OF_ORDER: Any = _CARD.where(Card.order_id == bindparam("order_id"))
_BY_CODE: Any = _CARD.where(Card.code == bindparam("code"))
_OF_SHOP: Any = _CARD.where(
    Card.id == bindparam("card_id"), Card.merchant_id == bindparam("merchant_id")
)
_USES: Any = (
    select(CardUse.id, CardUse.at, CardUse.undone_at)
    .where(CardUse.card_id == bindparam("card_id"))
    .order_by(CardUse.id.desc())
)


def cards_of(person_id: int) -> list[CardRow]:
    """Return somebody's cards, the newest first."""
    return [CardRow(*row) for row in fetch(_OF_PERSON, person_id=person_id)]


def cards_of_order(order_id: int) -> list[CardRow]:
    """Return the cards that came with an order."""
    return [CardRow(*row) for row in fetch(_OF_ORDER, order_id=order_id)]


def card_by_code(code: str) -> CardRow | None:
    """Return the card of a code, or None; whoever asks checks whose it is."""
    row = fetch_one(_BY_CODE, code=code) if policies.is_code(code) else None
    return CardRow(*row) if row else None


def shop_card(viewer: Viewer, merchant_id: int, card_id: int) -> tuple[CardRow, list[UseRow]]:
    """Return a card of a shop with its uses, newest first, to those who serve it."""
    row = fetch_one(_OF_SHOP, card_id=card_id, merchant_id=merchant_id)
    if row is None or not policies.can_serve(viewer, merchant_id):
        raise NotFoundError
    return CardRow(*row), [UseRow(*one) for one in fetch(_USES, card_id=card_id)]
