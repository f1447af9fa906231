"""The pages of orders: the basket, the checkout, the order."""

from app.orders.views import basket, checkout, order
from app.orders.views.blueprint import bp

__all__ = ["basket", "bp", "checkout", "order"]
