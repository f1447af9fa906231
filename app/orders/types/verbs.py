"""What orders writes into the log and on an order's timeline."""

from __future__ import annotations

from app.core.activity.types import Hook, verb

PLACED = verb("order.placed", Hook.SERVICE)
ACCEPTED = verb("order.accepted", Hook.SERVICE)
DECLINED = verb("order.declined", Hook.SERVICE)
PREPARED = verb("order.prepared", Hook.SERVICE)
SHORTED = verb("order.shorted", Hook.SERVICE)
READY = verb("order.ready", Hook.SERVICE)
HANDED_OVER = verb("order.handed_over", Hook.SERVICE)
UNDONE = verb("order.hand_over_undone", Hook.SERVICE)
CANCELLED = verb("order.cancelled", Hook.SERVICE)
MOVED = verb("order.moved", Hook.SERVICE)
EXPIRED = verb("order.expired", Hook.SERVICE)
NO_SHOW = verb("order.no_show", Hook.SERVICE)
CLOSED = verb("order.closed", Hook.SERVICE)
REMINDED = verb("order.reminded", Hook.SERVICE)
REFUNDED = verb("order.refunded", Hook.SERVICE)
SAID_PAID = verb("order.said_paid", Hook.SERVICE)
MONEY_TAKEN = verb("order.money_taken", Hook.SERVICE)
MONEY_DISPUTED = verb("order.money_disputed", Hook.SERVICE)
MONEY_GIVEN = verb("order.money_given", Hook.SERVICE)
