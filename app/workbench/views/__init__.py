"""The workbench's pages, by subject; all of them hang on one blueprint."""

from app.workbench.views import bills, counter, hours, listings, orders, shop
from app.workbench.views.blueprint import bp

__all__ = ["bills", "bp", "counter", "hours", "listings", "orders", "shop"]
