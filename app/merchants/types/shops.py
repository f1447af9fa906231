"""Shops: cards, pages, filters, drafts and policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.merchants.types.states import CollectMode, MerchantState, NoShowRule


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A shop's promises and policies, to be frozen on an order."""

    merchant_id: int
    accept_minutes: int
    cancel_minutes: int
    no_show_rule: NoShowRule
    grace_minutes: int
    collect_mode: CollectMode
    pay_code_text: str
    pay_picture_id: int | None


@dataclass(frozen=True, slots=True)
class MerchantCard:
    """A shop in a list: enough for its card, its distance and its light."""

    id: int
    name_zh: str
    name_en: str
    state: MerchantState
    category_id: int
    category_zh: str
    category_en: str
    drawing: str
    neighbourhood_id: int | None
    address: str
    lat: float | None
    lng: float | None
    picture_id: int | None
    open_until: datetime | None
    opens_at: datetime | None
    distance_m: int | None = None


@dataclass(frozen=True, slots=True)
class MerchantPage:
    """Everything a shop's page says beside its hours and listings."""

    id: int
    name_zh: str
    name_en: str
    state: MerchantState
    category_id: int
    category_zh: str
    category_en: str
    drawing: str
    description: str
    address: str
    lat: float | None
    lng: float | None
    neighbourhood_id: int | None
    neighbourhood_zh: str | None
    neighbourhood_en: str | None
    phone: str
    opening_hours: str
    closed_on: date | None
    accept_minutes: int
    cancel_minutes: int
    no_show_rule: NoShowRule
    grace_minutes: int
    pay_code_text: str
    pay_picture_id: int | None
    picture_id: int | None
    thread_id: int | None
    source: str
    source_key: str | None
    applied_by: int | None
    rush_minutes: int | None = None
    rush_until: datetime | None = None
    away_from: date | None = None
    away_until: date | None = None
    away_note: str | None = None
    hidden_rule: str | None = None
    has_promotions: bool = False

    def is_away(self, today: date) -> bool:
        """Whether it is closed for some days that this day is one of."""
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= today <= self.away_until

    def will_be_away(self, today: date) -> bool:
        """Whether it is, or has said that it will be, away."""
        return self.away_until is not None and today <= self.away_until

    @property
    def is_orderable(self) -> bool:
        """Whether orders can be placed here at all."""
        return self.state is MerchantState.ACTIVE


@dataclass(frozen=True, slots=True)
class ShopFilter:
    """What a list of shops is narrowed to, and its order: near, open, new or name."""

    category_id: int | None = None
    neighbourhood_id: int | None = None
    near: tuple[float, float] | None = None
    is_open_now: bool = False
    words: str = ""
    sort: str = "near"
    after: str | None = None
    # The shops with a pickup time left today, where only those are wanted.
    served: tuple[int, ...] | None = None
    within_m: int | None = None
    is_well_rated: bool = False


@dataclass(frozen=True, slots=True)
class Loosened:
    """How many rows an empty list would have without one of its filters."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A shop on the map."""

    id: int
    name_zh: str
    name_en: str
    lat: float
    lng: float
    category_zh: str
    category_en: str
    is_open: bool
    is_claimed: bool
    # How many of the listings that were asked for it has, and the lowest price of them.
    fitting: int = 0
    from_minor: int = 0


@dataclass(frozen=True, slots=True)
class MerchantDraft:
    """What a shop says of itself, as a form or an import gives it."""

    name_zh: str
    name_en: str
    category_id: int
    description: str = ""
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    neighbourhood_id: int | None = None
    phone: str = ""
    opening_hours: str = ""
    accept_minutes: int = 30
    cancel_minutes: int = 60
    no_show_rule: NoShowRule = NoShowRule.LET_GO
    grace_minutes: int = 60
    pay_code_text: str = ""
    pay_picture_id: int | None = None
    picture_id: int | None = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One shop as a file gives it, under the key by which a second run knows it again."""

    source_key: str
    name_zh: str
    name_en: str
    category: str
    description: str = ""
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    phone: str = ""
    opening_hours: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file held and the site did not take, with its reason."""

    source_key: str
    name: str
    reason: str
    line: int = 0
