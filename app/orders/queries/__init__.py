"""What can be read of orders, by noun: baskets, orders, boards (the shop's side), desk (the site's
side).
"""

from app.orders.queries.baskets import basket_count, basket_quote, checkout_for, checkout_quote
from app.orders.queries.boards import board_of, counter_of, figures_of
from app.orders.queries.desk import counts_for_operator, due_order_ids, stuck_orders
from app.orders.queries.orders import (
    hand_overs_of,
    lines_of,
    open_orders_of,
    order_page,
    orders_of,
    orders_of_checkout,
    shop_order,
    shop_orders,
    timeline_of,
)

__all__ = [
    "basket_count",
    "basket_quote",
    "board_of",
    "checkout_for",
    "checkout_quote",
    "counter_of",
    "counts_for_operator",
    "due_order_ids",
    "figures_of",
    "hand_overs_of",
    "lines_of",
    "open_orders_of",
    "order_page",
    "orders_of",
    "orders_of_checkout",
    "shop_order",
    "shop_orders",
    "stuck_orders",
    "timeline_of",
]
