"""The workbench's pages, by subject; all of them hang on one blueprint."""

from app.workbench.views import (
    bills,
    booking,
    calendar,
    cases,
    counter,
    customers,
    figures,
    hours,
    listings,
    morning,
    orders,
    preparing,
    prices,
    reviews,
    selling,
    shop,
    tables,
)
from app.workbench.views.blueprint import bp

__all__ = [
    "bills",
    "booking",
    "calendar",
    "bp",
    "cases",
    "counter",
    "customers",
    "figures",
    "hours",
    "listings",
    "morning",
    "orders",
    "preparing",
    "prices",
    "tables",
    "reviews",
    "selling",
    "shop",
]
