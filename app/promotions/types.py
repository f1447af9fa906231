"""What a promotion is, whom it is for, who pays for it, and what it takes off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l

PROMOTION_MADE = verb("promotion.made", Hook.SERVICE, privileged=True)
PROMOTION_STOPPED = verb("promotion.stopped", Hook.SERVICE, privileged=True)
COUPON_TAKEN = verb("coupon.taken", Hook.SERVICE)
COUPON_EARNED = verb("coupon.earned", Hook.RELATION)

MOST_LEFT_OUT = 50
KEEP_DAYS = 14


class Kind(StrEnum):
    """Whether somebody takes it, or it comes by itself."""

    COUPON = "coupon"
    OFFER = "offer"


class Form(StrEnum):
    """How it makes something cheaper."""

    AMOUNT = "amount"
    PERCENT = "percent"
    NTH = "nth"
    PRICE = "price"


class Audience(StrEnum):
    """Whom it is for."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    FIRST_ORDER = "first_order"


class Funder(StrEnum):
    """Who pays what the buyer does not."""

    MERCHANT = "merchant"
    SITE = "site"


class UseState(StrEnum):
    """Where one use of a promotion stands."""

    TAKEN = "taken"
    USED = "used"
    GIVEN_BACK = "given_back"


class Standing(StrEnum):
    """Where a promotion stands by the clock."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    STOPPED = "stopped"


KIND_WORDS = {Kind.COUPON: _l("Coupon"), Kind.OFFER: _l("Automatic offer")}
FORM_WORDS = {
    Form.AMOUNT: _l("An amount off"),
    Form.PERCENT: _l("Percent off"),
    Form.NTH: _l("Every so-many-th piece cheaper"),
    Form.PRICE: _l("A price of its own"),
}
AUDIENCE_WORDS = {
    Audience.EVERYBODY: _l("Everybody"),
    Audience.MEMBERS: _l("Members of the site"),
    Audience.FIRST_ORDER: _l("A household's first order"),
}
FUNDER_WORDS = {Funder.MERCHANT: _l("The shop itself"), Funder.SITE: _l("The site itself")}
STANDING_WORDS = {
    Standing.COMING: (_l("to come"), "sky"),
    Standing.RUNNING: (_l("running"), "leaf"),
    Standing.OVER: (_l("over"), "plain"),
    Standing.STOPPED: (_l("stopped"), "plain"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A promotion as its form gives it; without a shop it is for all of them."""

    kind: Kind
    form: Form
    name_zh: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    merchant_id: int | None = None
    shop_zh: str = ""
    shop_en: str = ""
    funder: Funder = Funder.MERCHANT
    audience: Audience = Audience.EVERYBODY
    value_minor: int = 0
    percent: int = 0
    most_minor: int | None = None
    every: int = 0
    least_minor: int = 0
    category_id: int | None = None
    listing_id: int | None = None
    listing_kind: str = ""
    combines: bool = False
    is_public: bool = True
    code: str = ""
    budget: int | None = None
    per_person: int | None = 1
    keep_days: int = KEEP_DAYS
    reward_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What pricing must know of a promotion, and what somebody already holds of it."""

    id: int
    kind: Kind
    form: Form
    merchant_id: int | None
    category_id: int | None
    listing_id: int | None
    listing_kind: str
    audience: Audience
    funder: Funder
    value_minor: int
    percent: int
    most_minor: int | None
    every: int
    least_minor: int
    combines: bool
    per_person: int | None
    pool_id: int | None
    name_zh: str
    name_en: str
    ends_at: datetime
    use_id: int | None = None

    @property
    def is_coupon(self) -> bool:
        """Whether one order takes at most one of its kind."""
        return self.kind is Kind.COUPON


@dataclass(frozen=True, slots=True)
class Piece:
    """One line to be priced: so many of a thing at a price; packaging is never made cheaper."""

    line_id: int
    merchant_id: int
    listing_id: int
    category_id: int
    kind: str
    quantity: int
    unit_minor: int

    @property
    def goods_minor(self) -> int:
        """What it costs before anything is taken off."""
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: nobody known, or a person with the shops where the household has ordered."""

    person_id: int | None = None
    ordered_at: frozenset[int] = frozenset()

    def is_first(self, merchant_id: int | None) -> bool:
        """Whether nothing was ordered yet: at the shop, or, without one, anywhere."""
        if self.person_id is None:
            return False
        return merchant_id not in self.ordered_at if merchant_id else not self.ordered_at


@dataclass(frozen=True, slots=True)
class Reduction:
    """So much less for one line, by which promotion, and who pays for it."""

    promotion_id: int
    use_id: int | None
    funder: Funder
    name_zh: str
    name_en: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Option:
    """A coupon that could be chosen for a shop's order: what it saves, or how much is missing."""

    promotion_id: int
    name_zh: str
    name_en: str
    saves_minor: int
    missing_minor: int
    ends_at: datetime
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """What comes off a shop's lines, by line, and which coupons were there to choose from."""

    reductions: Mapping[int, tuple[Reduction, ...]] = field(default_factory=dict)
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one order takes of one promotion."""

    promotion_id: int
    use_id: int | None
    order_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion as pages show it, with what of it is taken and used."""

    id: int
    kind: Kind
    form: Form
    name_zh: str
    name_en: str
    merchant_id: int | None
    shop_zh: str
    shop_en: str
    funder: Funder
    audience: Audience
    value_minor: int
    percent: int
    most_minor: int | None
    every: int
    least_minor: int
    category_id: int | None
    listing_id: int | None
    listing_kind: str
    combines: bool
    is_public: bool
    code: str | None
    per_person: int | None
    keep_days: int
    reward_id: int | None
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    budget: int | None
    taken: int
    uses: int = 0
    saved_minor: int = 0

    def standing(self, at: datetime) -> Standing:
        """Where it stands now."""
        if self.stopped_at is not None:
            return Standing.STOPPED
        if at < self.starts_at:
            return Standing.COMING
        return Standing.RUNNING if at < self.ends_at else Standing.OVER

    @property
    def left(self) -> int | None:
        """How many may still be taken; None without a limit."""
        return None if self.budget is None else max(0, self.budget - self.taken)

    @property
    def most_cost_minor(self) -> int | None:
        """What it can cost at most, where that follows from it."""
        each = self.value_minor if self.form is Form.AMOUNT else self.most_minor
        return None if self.budget is None or each is None else self.budget * each


@dataclass(frozen=True, slots=True)
class OwnCoupon:
    """A coupon that somebody took."""

    promotion: PromotionRow
    use_id: int
    state: UseState
    taken_at: datetime
    ends_at: datetime
    order_id: int | None
    amount_minor: int

    def is_usable(self, at: datetime) -> bool:
        """Whether it may still go into an order."""
        running = self.promotion.standing(at) in (Standing.RUNNING, Standing.COMING)
        return self.state is UseState.TAKEN and at < self.ends_at and running


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use in the list of a promotion's uses."""

    id: int
    state: UseState
    person_id: int | None
    name: str
    taken_at: datetime
    used_at: datetime | None
    order_id: int | None
    amount_minor: int
