"""Lists and pages of shops and listings, by noun; statements do not grow with rows."""

from app.merchants.queries.browsing.listings import (
    listing_pins,
    listings,
    listings_of_merchant,
    listings_without_each,
)
from app.merchants.queries.browsing.pages import listing_page, merchant_for, variants_of
from app.merchants.queries.browsing.pins import pins
from app.merchants.queries.browsing.shops import (
    categories,
    shop_pins,
    shops,
    shops_of_the_hour,
    shops_without_each,
)
from app.merchants.queries.browsing.today import shops_to_collect_from_today

__all__ = [
    "categories",
    "listing_page",
    "listing_pins",
    "listings",
    "listings_of_merchant",
    "listings_without_each",
    "merchant_for",
    "pins",
    "shop_pins",
    "shops",
    "shops_of_the_hour",
    "shops_to_collect_from_today",
    "shops_without_each",
    "variants_of",
]
