"""Kinds, states, verbs and the frozen rows that merchants hands to the pages and to orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb
from app.core.drawings import drawing_for


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
    """What is sold: a thing from the shelf or somebody's time."""

    GOODS = "goods"
    SERVICE = "service"


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


class SlotState(StrEnum):
    """Whether a pickup slot can still be chosen, and why not."""

    FREE = "free"
    FULL = "full"
    TOO_LATE = "too_late"
    CLOSED = "closed"


QUANTUM_MINUTES = 15
SLOT_POOL = "slot"
STOCK_POOL = "stock"
QUANTUM_POOL = "quantum"
SPAN_DAYS = 14
STAFF_ROLES = ("owner", "manager", "clerk", "courier")

APPLIED = verb("merchant.applied", Hook.SERVICE)
APPROVED = verb("merchant.approved", Hook.SERVICE, privileged=True)
STATE_CHANGED = verb("merchant.state_changed", Hook.SERVICE, privileged=True)
PROFILE_CHANGED = verb("merchant.changed", Hook.SERVICE)
HOURS_CHANGED = verb("merchant.hours_changed", Hook.SERVICE)
CLOSED_TODAY = verb("merchant.closed_today", Hook.SERVICE)
TERMS_SET = verb("merchant.terms_set", Hook.SERVICE, privileged=True)
REQUESTED = verb("merchant.requested", Hook.SERVICE)
REQUEST_DECIDED = verb("merchant.request_decided", Hook.SERVICE, privileged=True)
IMPORTED = verb("merchant.imported", Hook.SERVICE)
STAFF_GIVEN = verb("merchant.staff_given", Hook.SERVICE, privileged=True)
STAFF_TAKEN = verb("merchant.staff_taken", Hook.SERVICE, privileged=True)
POINT_CHANGED = verb("merchant.point_changed", Hook.SERVICE)
CATEGORY_CHANGED = verb("merchant.category_changed", Hook.SERVICE)
LISTED = verb("listing.opened", Hook.SERVICE)
LISTING_CHANGED = verb("listing.changed", Hook.SERVICE)
LISTING_ARCHIVED = verb("listing.archived", Hook.SERVICE)
STOCK_SET = verb("listing.stock_set", Hook.SERVICE)
SOLD_OUT = verb("listing.sold_out", Hook.SERVICE)


@dataclass(frozen=True, slots=True)
class OpeningSpan:
    """A stretch of time in which a shop is open, as aware instants."""

    starts_at: datetime
    ends_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OpenState:
    """Open or not at one instant, and when that changes next."""

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One size or kind of a listing with its price and what is free of it (None: no limit)."""

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

    @property
    def is_orderable(self) -> bool:
        """Whether it may go into an order now, stock aside."""
        return (
            self.merchant_state == MerchantState.ACTIVE
            and not self.listing_archived
            and not self.sold_out_today
        )


@dataclass(frozen=True, slots=True)
class TermsRow:
    """The commission that stands for a shop at an instant, in basis points."""

    merchant_id: int
    commission_bp: int
    valid_from: datetime | None


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
class SlotChoice:
    """One pickup slot with its free places; `reason` is a sentence where it cannot be chosen."""

    key: str
    point_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    state: SlotState
    reason: str
    order_by: datetime
    pool_id: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether it can be chosen now."""
        return self.state == SlotState.FREE


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """One bookable start of a service and the resources that are free for all of it."""

    listing_id: int
    starts_at: datetime
    ends_at: datetime
    busy_until: datetime
    resource_ids: tuple[int, ...]
    quanta: tuple[str, ...]

    @property
    def key(self) -> str:
        """The value a form posts for this time."""
        return self.starts_at.strftime("%Y%m%dT%H%MZ")


@dataclass(frozen=True, slots=True)
class PointRow:
    """A pickup point as pages and orders show it; merchant_id None means the site's own."""

    id: int
    merchant_id: int | None
    name_zh: str
    name_en: str
    address: str
    lat: float | None
    lng: float | None
    note: str
    lead_minutes: int
    cut_off_days: int
    cut_off_minute: int | None
    days_ahead: int
    is_archived: bool = False


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

    @property
    def sketch(self) -> str:
        """What is drawn where there is no picture: the thing itself, else its trade."""
        return drawing_for(self.drawing, self.name_zh, self.name_en)


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
    merchant_lat: float | None
    merchant_lng: float | None
    closed_on: date | None
    cancel_minutes: int
    no_show_rule: NoShowRule
    open_until: datetime | None
    opens_at: datetime | None
    packaging_minor: int = 0

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
class VariantDraft:
    """One size or kind as its form gives it; `stock` None means no limit and is set only
    when new.
    """

    price_minor: int
    name_zh: str = ""
    name_en: str = ""
    stock: int | None = None
    id: int | None = None


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
    resource_ids: tuple[int, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """On one weekday (0 is Monday) from one minute of the day to another."""

    weekday: int
    starts_minute: int
    ends_minute: int


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """A person, chair or room with its weekly working time (none: the shop's hours)."""

    kind: ResourceKind
    name_zh: str
    name_en: str = ""
    weekly: tuple[WeeklyHours, ...] = ()
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SlotRuleDraft:
    """Every week on this weekday, slots of one length, each for so many orders."""

    weekday: int
    starts_minute: int
    ends_minute: int
    slot_minutes: int = 30
    capacity: int = 10


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A pickup point as its form gives it."""

    name_zh: str
    name_en: str = ""
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    neighbourhood_id: int | None = None
    note: str = ""
    lead_minutes: int = 60
    cut_off_days: int = 0
    cut_off_minute: int | None = None
    days_ahead: int = 6
    rules: tuple[SlotRuleDraft, ...] = ()


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
