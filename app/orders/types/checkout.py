"""Baskets and checkouts: contacts, quotes, pickup times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from app.merchants.types import Load, PolicyRow, SlotChoice
from app.orders.types.groupbuys import Together
from app.orders.types.states import CheckoutState, LineKind
from app.promotions.types import Funder, Option, Reduction


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the shop asks for and how to reach them; a guest leaves a phone or a mail address."""

    name: str
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutRow:
    """A checkout as its pages and its next step need it."""

    id: int
    person_id: int | None
    token_hash: str | None
    state: CheckoutState
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a basket with today's price, or why it cannot be ordered."""

    id: int
    variant_id: int
    listing_id: int
    merchant_id: int
    kind: LineKind
    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    quantity: int
    unit_minor: int
    packaging_minor: int
    seen_minor: int
    pool_id: int | None
    free: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    problem: str
    picture_id: int | None
    drawing: str
    reductions: tuple[Reduction, ...] = ()
    list_minor: int | None = None
    time_key: str = ""
    pack_size: int = 1
    kept_hold_id: int | None = None
    daily_total: int | None = None
    lead_days: int = 0
    rules: str = ""
    allergens: str = ""

    @property
    def pieces(self) -> int:
        """How many pieces leave the shelf for it: a pack counts as many as are in it."""
        return self.quantity * self.pack_size

    @property
    def helper_id(self) -> int | None:
        """Who was chosen for a booked time; None is whoever is free first."""
        chosen = self.time_key.partition(".")[2]
        return int(chosen, 16) if chosen else None

    @property
    def each_minor(self) -> int:
        """One piece with its packaging."""
        return self.unit_minor + self.packaging_minor

    @property
    def goods_minor(self) -> int:
        """The pieces without their packaging."""
        return self.unit_minor * self.quantity

    @property
    def total_minor(self) -> int:
        """The pieces with their packaging, less what comes off."""
        return (self.unit_minor + self.packaging_minor) * self.quantity - self.reduced_minor

    @property
    def reduced_minor(self) -> int:
        """All that comes off."""
        return sum(one.amount_minor for one in self.reductions)

    @property
    def site_minor(self) -> int:
        """What of that the site pays."""
        return sum(one.amount_minor for one in self.reductions if one.funder is Funder.SITE)

    @property
    def has_changed(self) -> bool:
        """Whether the price, packaging included, moved since the buyer saw it."""
        return self.seen_minor != self.each_minor


@dataclass(frozen=True, slots=True)
class ShopQuote:
    """What one shop asks for its lines; those of a group-buy are asked for by themselves."""

    merchant_id: int
    name_zh: str
    name_en: str
    rule: PolicyRow
    commission_bp: int
    lines: tuple[QuoteLine, ...]
    coupons: tuple[Option, ...] = ()
    fee_minor: int = 0
    together: Together | None = None

    @property
    def goods_minor(self) -> int:
        """What its lines cost together; the fee for bringing them goes by this."""
        return sum(line.total_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """The shop's whole sum."""
        return self.goods_minor + self.fee_minor

    @property
    def packaging_minor(self) -> int:
        """The packaging in it."""
        return sum(line.packaging_minor * line.quantity for line in self.lines)

    @property
    def reduced_minor(self) -> int:
        """What comes off in all."""
        return sum(line.reduced_minor for line in self.lines)

    @property
    def free_before(self) -> timedelta:
        """Until how long before coming it may be cancelled freely."""
        return timedelta(minutes=self.rule.cancel_minutes)

    @property
    def needs_slot(self) -> bool:
        """Whether something is to be collected at a time that the buyer chooses."""
        return self.together is None and any(line.kind == LineKind.GOODS for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a whole basket costs now, by shop."""

    shops: tuple[ShopQuote, ...]

    @property
    def total_minor(self) -> int:
        """The whole sum, as the buyer must have seen it."""
        return sum(shop.total_minor for shop in self.shops)

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """All lines of all shops."""
        return tuple(line for shop in self.shops for line in shop.lines)

    @property
    def terms_key(self) -> str:
        """A short name of all that the shops say to be known before ordering, as it reads now."""
        said = [(line.listing_id, line.rules, line.allergens) for line in self.lines]
        told = repr(sorted({row for row in said if row[1] or row[2]}))
        return sha256(told.encode()).hexdigest()[:16]

    @property
    def loads(self) -> dict[int, Load]:
        """What each shop's order brings to its pickup time."""
        return {
            shop.merchant_id: Load(
                sum(line.quantity for line in shop.lines if line.kind == LineKind.GOODS),
                shop.total_minor,
            )
            for shop in self.shops
        }

    @property
    def is_placeable(self) -> bool:
        """Whether there is something in it and nothing stands in the way."""
        return bool(self.shops) and not any(line.problem for line in self.lines)

    def with_fees(self, fees: Mapping[int, int]) -> Quote:
        """Return it with what some shops ask for bringing their goods."""
        if not fees:
            return self
        shops = (
            shop
            if shop.together
            else replace(shop, fee_minor=fees.get(shop.merchant_id, shop.fee_minor))
            for shop in self.shops
        )
        return Quote(tuple(shops))


@dataclass(frozen=True, slots=True)
class SlotWish:
    """Which time the buyer chose at which point; with an address, when it is brought there."""

    point_id: int
    slot_key: str
    address_id: int | None = None


@dataclass(frozen=True, slots=True)
class SlotDay:
    """The pickup times of one day at one point, as a checkout offers them."""

    day: date
    times: tuple[SlotChoice, ...]

    @property
    def free(self) -> int:
        """How many of them can be chosen."""
        return sum(slot.is_free for slot in self.times)

    def has(self, key: str | None) -> bool:
        """Whether one of them has this key."""
        return bool(key) and any(slot.key == key for slot in self.times)
