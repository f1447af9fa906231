"""Kinds and states of shops, listings, requests, days and slots, and which moves are allowed."""

from __future__ import annotations

from enum import StrEnum


class MerchantState(StrEnum):
    """Where a shop stands with the site; only an active one can be ordered from."""

    UNCLAIMED = "unclaimed"
    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"


MERCHANT_MOVES: dict[MerchantState, frozenset[MerchantState]] = {
    MerchantState.UNCLAIMED: frozenset({MerchantState.ACTIVE, MerchantState.ARCHIVED}),
    MerchantState.APPLIED: frozenset({MerchantState.ACTIVE, MerchantState.ARCHIVED}),
    MerchantState.ACTIVE: frozenset({MerchantState.SUSPENDED, MerchantState.ARCHIVED}),
    MerchantState.SUSPENDED: frozenset({MerchantState.ACTIVE, MerchantState.ARCHIVED}),
    MerchantState.ARCHIVED: frozenset(),
}
SHOWN_STATES = (MerchantState.ACTIVE, MerchantState.UNCLAIMED)


class CollectMode(StrEnum):
    """Who takes the resident's money; the site never touches it in this mode."""

    MERCHANT_COLLECTS = "merchant_collects"


class NoShowRule(StrEnum):
    """What happens to an order that nobody collects: let go, or the full price stays owed."""

    LET_GO = "let_go"
    OWED = "owed"


class ListingKind(StrEnum):
    """What is sold: a thing from the shelf, or somebody's time."""

    GOODS = "goods"
    SERVICE = "service"


class ServicePlace(StrEnum):
    """Where a service is done."""

    SHOP = "shop"
    ONLINE = "online"


class DietaryMark(StrEnum):
    """What a thing to eat may say of itself; the shop answers for it."""

    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    HALAL = "halal"
    GLUTEN_FREE = "gluten_free"
    NUT_FREE = "nut_free"
    NO_ADDED_SUGAR = "no_added_sugar"
    HOT = "hot"


class PriceWay(StrEnum):
    """How prices of many things are changed: by per cent, or to one price."""

    PERCENT = "percent"
    SET = "set"


class ResourceKind(StrEnum):
    """What a service needs one of at a time."""

    PERSON = "person"
    CHAIR = "chair"
    ROOM = "room"


class RequestKind(StrEnum):
    """What somebody asks about an unclaimed page: it is mine, or take it down."""

    CLAIM = "claim"
    REMOVAL = "removal"


class RequestState(StrEnum):
    """How far such a request has come."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class SpecialDayKind(StrEnum):
    """A day that does not follow its weekday: a public holiday or a make-up work day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class SlotMeasure(StrEnum):
    """What the capacity of a pickup time counts."""

    ORDERS = "orders"
    ITEMS = "items"
    MONEY = "money"


class SlotState(StrEnum):
    """Whether a pickup slot can still be chosen, and why not."""

    FREE = "free"
    FULL = "full"
    TOO_LATE = "too_late"
    CLOSED = "closed"
