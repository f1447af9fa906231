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
