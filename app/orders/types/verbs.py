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
ON_WAY = verb("order.on_way", Hook.SERVICE)
NOT_DELIVERED = verb("order.not_delivered", Hook.SERVICE)
LEFT_WITH = verb("order.left_with", Hook.SERVICE)
CLOSED = verb("order.closed", Hook.SERVICE)
REMINDED = verb("order.reminded", Hook.SERVICE)
REFUNDED = verb("order.refunded", Hook.SERVICE)
SAID_PAID = verb("order.said_paid", Hook.SERVICE)
MONEY_TAKEN = verb("order.money_taken", Hook.SERVICE)
MONEY_DISPUTED = verb("order.money_disputed", Hook.SERVICE)
MONEY_GIVEN = verb("order.money_given", Hook.SERVICE)
TIMES_SET = verb("merchant.preparation_times_set", Hook.SERVICE)
CASE_OPENED = verb("order.case_opened", Hook.SERVICE)
CASE_OFFERED = verb("order.case_offered", Hook.SERVICE)
CASE_AGREED = verb("order.case_agreed", Hook.SERVICE)
CASE_DECLINED = verb("order.case_declined", Hook.SERVICE)
CASE_WITHDRAWN = verb("order.case_withdrawn", Hook.SERVICE)
CASE_TO_DESK = verb("order.case_to_desk", Hook.SERVICE)
CASE_RULED = verb("order.case_ruled", Hook.SERVICE)
CASE_REPLACED = verb("order.case_replaced", Hook.SERVICE)
CASE_CLOSED = verb("order.case_closed", Hook.SERVICE)
CASE_GOODS = verb("order.case_goods", Hook.SERVICE)
PRICE_LOWERED = verb("order.price_lowered", Hook.SERVICE)
GROUP_BUY_OPENED = verb("group_buy.opened", Hook.SERVICE)
GROUP_BUY_REACHED = verb("group_buy.reached", Hook.SERVICE)
GROUP_BUY_FAILED = verb("group_buy.failed", Hook.SERVICE)
GROUP_BUY_ARRIVED = verb("group_buy.arrived", Hook.SERVICE)
GROUP_BUY_CLOSED = verb("group_buy.closed", Hook.SERVICE)
CASE_VERBS = (
    *(CASE_OPENED, CASE_OFFERED, CASE_AGREED, CASE_DECLINED, CASE_WITHDRAWN),
    *(CASE_TO_DESK, CASE_RULED, CASE_REPLACED, CASE_CLOSED, CASE_GOODS),
)
