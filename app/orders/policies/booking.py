"""Whether a booked time may still be changed by its buyer."""

from __future__ import annotations

from datetime import datetime

from app.orders import policies
from app.orders.errors import CannotRebookError
from app.orders.models import Order, OrderLine
from app.orders.types import LineKind, OrderState


def can_rebook(order: Order, line: OrderLine, at: datetime) -> bool:
    """Whether the buyer may choose another time: as long as cancelling would be free, by the
    policy frozen on the order.
    """
    is_open = order.state in {OrderState.PLACED, OrderState.ACCEPTED}
    is_waiting = line.kind == LineKind.SERVICE and bool(line.to_prepare + line.ready)
    is_before = line.starts_at is not None and at < line.starts_at
    return is_open and is_waiting and is_before and not policies.is_late(order, at)


def check_can_rebook(order: Order, line: OrderLine, at: datetime) -> None:
    """Refuse to change what is over, no booked time, or too near."""
    if not can_rebook(order, line, at):
        raise CannotRebookError(details=[policies.how_it_stands(order.state)])
