"""Listings: cards, pages, offers, filters and drafts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.core.drawings import drawing_for
from app.merchants.types.states import DietaryMark, ListingKind, MerchantState, NoShowRule


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One size or kind of a listing with its price and what is free of it (None: no limit); of a
    pack, how many packs, while its shelf and what is promised are counted in pieces.
    """

    id: int
    listing_id: int
    name_zh: str
    name_en: str
    price_minor: int
    pool_id: int | None
    free: int | None
    on_shelf: int | None = None
    promised: int = 0
    is_archived: bool = False
    pack_size: int = 1

    @property
    def is_sold_out(self) -> bool:
        """Whether none can be taken now."""
        return self.free is not None and self.free <= 0


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What orders must know of one variant to sell it: the listing, its shop and its rules."""

    variant_id: int
    listing_id: int
    merchant_id: int
    kind: ListingKind
    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    price_minor: int
    pool_id: int | None
    free: int | None
    sold_out_today: bool
    listing_archived: bool
    merchant_state: MerchantState
    merchant_zh: str
    merchant_en: str
    duration_minutes: int | None
    buffer_minutes: int
    picture_id: int | None
    category_drawing: str
    packaging_minor: int = 0
    pack_size: int = 1
    daily_total: int | None = None
    lead_days: int = 0
    rules: str = ""
    allergens: str = ""

    @property
    def is_open_shop(self) -> bool:
        """Whether its shop trades."""
        return self.merchant_state == MerchantState.ACTIVE

    @property
    def is_orderable(self) -> bool:
        """Whether it may go into an order now, stock aside."""
        return self.is_open_shop and not self.listing_archived and not self.sold_out_today


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing in a list."""

    id: int
    kind: ListingKind
    name_zh: str
    name_en: str
    price_minor: int
    price_varies: bool
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    drawing: str
    picture_id: int | None
    free: int | None
    is_sold_out: bool
    duration_minutes: int | None = None
    distance_m: int | None = None
    section_zh: str = ""
    section_en: str = ""

    @property
    def sketch(self) -> str:
        """What is drawn where there is no picture: the thing itself, else its trade."""
        return drawing_for(self.drawing, self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Everything a listing's page says, and what it needs of its shop."""

    id: int
    merchant_id: int
    kind: ListingKind
    category_id: int
    category_zh: str
    category_en: str
    drawing: str
    name_zh: str
    name_en: str
    description: str
    unit: str
    rules: str
    allergens: str
    picture_id: int | None
    thread_id: int | None
    duration_minutes: int | None
    buffer_minutes: int
    days_ahead: int
    lead_minutes: int
    is_sold_out_today: bool
    is_archived: bool
    merchant_zh: str
    merchant_en: str
    merchant_state: MerchantState
    merchant_address: str
    closed_on: date | None
    cancel_minutes: int
    no_show_rule: NoShowRule
    open_until: datetime | None
    opens_at: datetime | None
    packaging_minor: int = 0
    dietary: str = ""
    daily_total: int | None = None
    lead_days: int = 0
    more_pictures: list[int] = field(default_factory=list)
    hidden_rule: str | None = None
    is_call_out: bool = False
    is_together: bool = False
    has_promotions: bool = False
    card_uses: int | None = None
    card_days: int | None = None

    @property
    def marks(self) -> list[DietaryMark]:
        """What it may say of itself to those who eat with care."""
        return marks_of(self.dietary)

    @property
    def sketch(self) -> str:
        """What is drawn where there is no picture: the thing itself, else its trade."""
        return drawing_for(self.drawing, self.name_zh, self.name_en)

    @property
    def is_orderable(self) -> bool:
        """Whether it can go into a basket now, stock aside."""
        return (
            self.merchant_state is MerchantState.ACTIVE
            and not self.is_archived
            and not self.is_sold_out_today
        )


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """What a list of listings is narrowed to, and its order: new, cheap, dear or near."""

    category_id: int | None = None
    neighbourhood_id: int | None = None
    near: tuple[float, float] | None = None
    is_open_now: bool = False
    kind: ListingKind | None = None
    words: str = ""
    sort: str = "new"
    after: str | None = None
    # The shops with a pickup time left today, where only those are wanted.
    served: tuple[int, ...] | None = None
    within_m: int | None = None
    is_well_rated: bool = False
    min_minor: int | None = None
    max_minor: int | None = None
    mark: DietaryMark | None = None

    @property
    def lasts(self) -> bool:
        """Whether it asks for anything that holds for longer than an hour."""
        asked = (
            self.category_id, self.neighbourhood_id, self.kind, self.words, self.within_m,
            self.min_minor, self.max_minor, self.mark,
        )  # fmt: skip
        return any(one not in (None, "") for one in asked)


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One size or kind as its form gives it; `stock` None means no limit and is set only when new,
    as is `pack_size`: above one it is a pack of so many out of the first single size's stock.
    """

    price_minor: int
    name_zh: str = ""
    name_en: str = ""
    stock: int | None = None
    id: int | None = None
    pack_size: int = 1


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """A listing as its form gives it."""

    kind: ListingKind
    name_zh: str
    name_en: str
    variants: tuple[VariantDraft, ...]
    category_id: int | None = None
    description: str = ""
    unit: str = ""
    rules: str = ""
    allergens: str = ""
    picture_id: int | None = None
    duration_minutes: int | None = None
    buffer_minutes: int = 0
    days_ahead: int = 7
    lead_minutes: int = 60
    packaging_minor: int = 0
    daily_total: int | None = None
    lead_days: int = 0
    section_id: int | None = None
    resource_ids: tuple[int, ...] = ()
    position: int = 0
    dietary: tuple[DietaryMark, ...] = ()
    is_call_out: bool = False
    card_uses: int | None = None
    card_days: int | None = None
    is_draft: bool = False
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One size whose price is to change: what it is called, what it costs, what it shall cost."""

    variant_id: int
    listing_id: int
    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class PriceChangeRow:
    """A change of prices as the workbench lists it; `stays` counts prices that somebody changed
    since and that were left alone.
    """

    id: int
    made_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    applied_at: datetime | None
    undone_at: datetime | None
    lines: int
    applied: int
    name_zh: str
    name_en: str
    before_minor: int
    after_minor: int

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken back."""
        return self.undone_at is None


def marks_of(kept: str) -> list[DietaryMark]:
    """Return the dietary marks that a column keeps, in their usual order."""
    words = kept.split(",")
    return [mark for mark in DietaryMark if mark.value in words]


def kept_marks(marks: Iterable[DietaryMark]) -> str:
    """Return dietary marks as the column keeps them."""
    chosen = set(marks)
    return ",".join(mark.value for mark in DietaryMark if mark in chosen)
