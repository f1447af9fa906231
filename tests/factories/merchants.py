"""Shops, listings and pickup points for tests, made through the services."""

from datetime import datetime
from itertools import count
from typing import Any

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import transaction
from app.merchants.models import Listing, Merchant, PickupPoint, Resource
from app.merchants.services import categories, listings, points, shops
from app.merchants.types import (
    ListingDraft,
    ListingKind,
    MerchantDraft,
    PointDraft,
    ResourceDraft,
    ResourceKind,
    SlotRuleDraft,
    VariantDraft,
    WeeklyHours,
)

_numbers = count(1)


def trades() -> dict[str, int]:
    """Make the town's first trades; return the id by short name."""
    with transaction():
        return categories.make_first_categories()


def shop(
    name: str | None = None, *, owner: Any = None, at: datetime | None = None, **more: Any
) -> Merchant:
    """Open a shop that is always open, at once; `owner` is a person or an id."""
    trade = trades()[more.pop("trade", "bakery")]
    values: dict[str, Any] = {
        "name_zh": name or f"麦田面包房 {next(_numbers)}",
        "name_en": "Wheatfield",
        "category_id": trade,
        "address": "校园路口 1 号",
        "lat": 30.7667,
        "lng": 103.981,
        "opening_hours": "24/7",
    } | more
    with transaction():
        return shops.create_merchant(
            SYSTEM, MerchantDraft(**values), at=at or clock.now(),
            owner_id=getattr(owner, "id", owner),
        )  # fmt: skip


def goods(
    merchant: Merchant | int,
    *,
    price: int = 2600,
    stock: int | None = 7,
    variants: tuple[VariantDraft, ...] | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Listing:
    """Put goods with one size (or the given ones) on a shop's shelf."""
    values: dict[str, Any] = {"name_zh": "乡村酸面包", "name_en": "Country sourdough"} | more
    draft = ListingDraft(
        ListingKind.GOODS, variants=variants or (VariantDraft(price, stock=stock),), **values
    )
    with transaction():
        return listings.open_listing(
            SYSTEM, getattr(merchant, "id", merchant), draft, at=at or clock.now()
        )  # fmt: skip


def service(
    merchant: Merchant | int,
    resources: tuple[int, ...],
    *,
    price: int = 8000,
    minutes: int = 30,
    buffer: int = 0,
    at: datetime | None = None,
    **more: Any,
) -> Listing:
    """Offer a service that these resources carry out."""
    values: dict[str, Any] = {"name_zh": "剪发", "name_en": "Haircut"} | more
    draft = ListingDraft(
        ListingKind.SERVICE, variants=(VariantDraft(price),), duration_minutes=minutes,
        buffer_minutes=buffer, resource_ids=resources, **values,
    )  # fmt: skip
    with transaction():
        return listings.open_listing(
            SYSTEM, getattr(merchant, "id", merchant), draft, at=at or clock.now()
        )  # fmt: skip


def resource(
    merchant: Merchant | int, *, weekly: tuple[WeeklyHours, ...] = (), name: str = "周师傅"
) -> Resource:
    """Add a person who carries out services."""
    draft = ResourceDraft(ResourceKind.PERSON, name, weekly=weekly)
    with transaction():
        return listings.save_resource(
            SYSTEM, getattr(merchant, "id", merchant), draft, at=clock.now()
        )  # fmt: skip


def point(
    merchant: Merchant | int | None,
    *,
    capacity: int = 3,
    rules: tuple[SlotRuleDraft, ...] | None = None,
    at: datetime | None = None,
    **more: Any,
) -> PickupPoint:
    """Add a pickup point with the same slots every day: 08:00 to 20:00, an hour each."""
    every_day = tuple(SlotRuleDraft(day, 8 * 60, 20 * 60, 60, capacity) for day in range(7))
    values: dict[str, Any] = {
        "name_zh": "店门口",
        "name_en": "At the shop",
        "lead_minutes": 30,
    } | more
    merchant_id = getattr(merchant, "id", merchant)
    with transaction():
        return points.save_point(
            SYSTEM, merchant_id, PointDraft(rules=every_day if rules is None else rules, **values),
            at=at or clock.now(),
        )  # fmt: skip
