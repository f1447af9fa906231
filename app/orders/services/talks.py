"""The conversation on an order: a thread that only its two sides see."""

from __future__ import annotations

from datetime import datetime

from app.core.access import Viewer
from app.core.errors import NotAllowedError
from app.forum.services import thread_about
from app.orders import policies
from app.orders.services import moves


def open_talk(actor: Viewer, order_id: int, *, at: datetime) -> int:
    """Return the order's thread, made when one side first wants to write; refuses strangers and
    guests.
    """
    order, _lines = moves.opened(order_id)
    is_own = actor.is_member and order.person_id == actor.id
    if not (is_own or policies.can_serve(actor, order.merchant_id)):
        raise NotAllowedError
    thread = thread_about(
        "order",
        order.id,
        title=order.number,
        audience=f"order:{order.id}",
        actor=actor,
        at=at,
    )
    moves.save(order, thread_id=thread.id)
    return thread.id
