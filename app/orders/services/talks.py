"""The conversation on an order: a thread that only its two sides see."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.access import GUEST, Viewer
from app.core.errors import NotAllowedError
from app.forum.models import Thread
from app.forum.queries.posts import said_by_guests
from app.forum.services import reply, thread_about
from app.orders import policies
from app.orders.errors import TooManyMessagesError
from app.orders.models import Order
from app.orders.services import moves
from app.orders.types import MESSAGES, MESSAGES_MINUTES


def open_talk(actor: Viewer, order_id: int, *, at: datetime) -> int:
    """Return the order's thread, made when one side first wants to write; refuses strangers and
    guests.
    """
    order, _lines = moves.opened(order_id)
    is_own = actor.is_member and order.person_id == actor.id
    if not (is_own or policies.can_serve(actor, order.merchant_id)):
        raise NotAllowedError
    return _thread_of(actor, order, at).id


def write_as_guest(order_id: int, body: str, *, key: str | None, at: datetime) -> None:
    """Write to the shop under the name on the order, for whoever opens it by its key.

    Refuses a key that does not open it, an order that belongs to a member, and a flood.
    """
    order, _lines = moves.opened(order_id)
    policies.check_owns(GUEST, order, key)
    thread = _thread_of(GUEST, order, at)
    since = at - timedelta(minutes=MESSAGES_MINUTES)
    if said_by_guests(thread.id, since=since) >= MESSAGES:
        raise TooManyMessagesError("body")
    reply(Viewer(name=order.contact_name), thread, body, at=at)
    moves.touch_board(order.merchant_id)


def _thread_of(actor: Viewer, order: Order, at: datetime) -> Thread:
    thread = thread_about(
        "order",
        order.id,
        title=order.number,
        audience=f"order:{order.id}",
        actor=actor,
        at=at,
    )
    moves.save(order, thread_id=thread.id)
    return thread
