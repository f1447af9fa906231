"""The right to review what was collected: given by the hand-over, resting when it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.merchants.services.reviews import earn_reviews, lose_reviews
from app.merchants.types import CollectedLine
from app.orders.models import Order, OrderLine


def give_rights(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Let a member review each line of which something went over the counter, once a line."""
    if order.person_id is None:
        return
    collected = [
        CollectedLine(line.id, order.id, line.listing_id, line.name_zh, line.name_en)
        for line in lines
    ]
    earn_reviews(order.person_id, order.merchant_id, collected, at=at)


def rest_rights(lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Let the rights rest on lines of which nothing is collected any more."""
    lose_reviews([line.id for line in lines if not line.handed_over], at=at)
