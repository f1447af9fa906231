"""What orders announces, each after flush and inside the transaction."""

from __future__ import annotations

from app.core.signals import signal

order_placed = signal("order_placed", "After an order is placed, with order=Order, at, actor.")
order_accepted = signal("order_accepted", "After the shop accepts, with order=Order, at, actor.")
order_ready = signal("order_ready", "After the last piece lies ready, with order=Order, at, actor.")
order_handed_over = signal(
    "order_handed_over",
    "After pieces went over the counter, with order=Order, hand_over=HandOver, "
    "lines=[(line_id, quantity)], at, actor.",
)
hand_over_undone = signal(
    "hand_over_undone",
    "After a hand-over is taken back, with order=Order, hand_over=HandOver, "
    "lines=[(line_id, quantity)], at, actor.",
)
order_cancelled = signal(
    "order_cancelled",
    "After an order is cancelled, declined or expired before it was collected, "
    "with order=Order, at, actor, reason.",
)
no_show_recorded = signal(
    "no_show_recorded",
    "After pieces stayed uncollected past the grace, with order=Order, "
    "lines=[(line_id, quantity)], at.",
)
order_closed = signal("order_closed", "After nothing is left to happen, with order=Order, at.")
