"""Lists and pages of shops and listings, by noun; statements do not grow with rows."""

from app.merchants.queries.browsing.listings import listings, listings_of_merchant
from app.merchants.queries.browsing.pages import listing_page, merchant_for, variants_of
from app.merchants.queries.browsing.pins import pins
from app.merchants.queries.browsing.shops import categories, shops, shops_of_the_hour

__all__ = [
    "categories",
    "listing_page",
    "listings",
    "listings_of_merchant",
    "merchant_for",
    "pins",
    "shops",
    "shops_of_the_hour",
    "variants_of",
]
