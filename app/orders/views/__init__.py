"""The pages of orders: the basket, the checkout, the order, its cases, group-buys."""

from app.orders.views import (
    basket,
    booking,
    cards,
    cases,
    checkout,
    closings,
    groupbuys,
    leading,
    order,
    proposals,
    queues,
    standing,
)
from app.orders.views.blueprint import bp

__all__ = [
    "basket",
    "booking",
    "bp",
    "cards",
    "cases",
    "checkout",
    "closings",
    "groupbuys",
    "leading",
    "order",
    "proposals",
    "queues",
    "standing",
]
