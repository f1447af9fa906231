"""What falls due by itself: reminders, giving up, not coming, closing. Due is `due_at <= now`,
however late.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.access import SYSTEM
from app.orders import policies
from app.orders.models import Order
from app.orders.queries.closings import open_question
from app.orders.services import endings, moves
from app.orders.types import REMINDED, REMINDERS, OrderState, Timer


def run_timer(order_id: int, *, at: datetime) -> Timer | None:
    """Do what is due on one order; does nothing where somebody was faster or it is not yet due."""
    order, lines = moves.opened(order_id)
    if order.due_at is None or order.due_at > at or order.due_what is None:
        return None
    what = order.due_what
    if what == Timer.REMIND:
        _remind(order, at)
    elif what == Timer.GIVE_UP:
        endings.expire(order_id, at=at)
    elif what == Timer.NO_SHOW:
        if open_question(order_id) is not None:
            moves.set_timer(order, None, None)  # nobody misses a time that was closed
        elif moves.waiting(lines):
            endings.mark_uncollected(SYSTEM, order_id, at=at)
        else:
            endings.end_of_pieces(SYSTEM, order, lines, at=at)
    else:
        endings.close(order_id, at=at)
    return what


def _remind(order: Order, at: datetime) -> None:
    """Remind the shop, then give up, before the buyer comes for nothing."""
    if order.state != OrderState.PLACED:
        moves.set_timer(order, None, None)
        return
    reminders = order.reminders + 1
    pause = timedelta(minutes=policies.frozen_of(order).accept_minutes)
    what = Timer.REMIND if reminders < REMINDERS else Timer.GIVE_UP
    next_at = at + pause
    if order.slot_starts_at is not None:
        last = policies.give_up_by(order.slot_starts_at, at)
        if next_at > last:
            what, next_at = Timer.GIVE_UP, last
    moves.save(order, reminders=reminders, due_what=what, due_at=next_at)
    moves.log(SYSTEM, order, REMINDED, at=at, data={"reminders": reminders})
    moves.touch_board(order.merchant_id)
