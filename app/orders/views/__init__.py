"""The pages of orders: the basket, the checkout, the order, its cases."""

from app.orders.views import basket, cases, checkout, order, standing
from app.orders.views.blueprint import bp

__all__ = ["basket", "bp", "cases", "checkout", "order", "standing"]
