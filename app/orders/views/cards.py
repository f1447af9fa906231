"""The punch cards somebody has."""

from __future__ import annotations

from flask import Response

from app.core import clock
from app.core.access import me, member
from app.core.pages import render
from app.orders.parts import qr_of
from app.orders.queries.cards import cards_of
from app.orders.views.blueprint import bp


@bp.get("/cards")
@member
def my_cards() -> Response:
    """See one's cards with their codes, those that can be used first."""
    now = clock.now()
    cards = sorted(cards_of(me().id or 0), key=lambda card: not card.is_alive(now))
    return render("orders/cards.html", cards=cards, qr_of=qr_of, now=now)
