"""Tables of merchants: shops, terms, listings, stock, resources, hours, pickup points, reviews."""

from app.merchants.models.calendars import CardTerms, ServiceTerms, TimeException
from app.merchants.models.delivery import DeliveryZone
from app.merchants.models.figures import NearbyLeftOut, NearbyOrders, ShopRating
from app.merchants.models.hours import Closure, OpeningSpanEntry, SchoolBreak, SpecialDay
from app.merchants.models.listings import (
    Listing,
    PriceChange,
    PriceChangeLine,
    ShelfCount,
    ShelfSection,
    Variant,
)
from app.merchants.models.papers import MerchantPaper
from app.merchants.models.reviews import Review
from app.merchants.models.shops import Category, Merchant, MerchantRequest, MerchantTerms
from app.merchants.models.times import (
    AvailabilityRule,
    ListingResource,
    MerchantPoint,
    PickupPoint,
    Resource,
    Rush,
    SlotRule,
)
from app.merchants.models.waits import StockWait

__all__ = [
    "AvailabilityRule",
    "CardTerms",
    "Category",
    "Closure",
    "DeliveryZone",
    "Listing",
    "ListingResource",
    "Merchant",
    "MerchantPaper",
    "MerchantPoint",
    "MerchantRequest",
    "MerchantTerms",
    "NearbyLeftOut",
    "NearbyOrders",
    "OpeningSpanEntry",
    "PickupPoint",
    "PriceChange",
    "PriceChangeLine",
    "Resource",
    "Review",
    "Rush",
    "SchoolBreak",
    "ServiceTerms",
    "ShelfCount",
    "ShelfSection",
    "ShopRating",
    "SlotRule",
    "SpecialDay",
    "StockWait",
    "TimeException",
    "Variant",
]
