"""Orders as pages, boards and the site's desk show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.orders.types.delivery import DeliveryRow
from app.orders.types.states import (
    OPEN_STATES,
    CaseState,
    DeliveryState,
    LineKind,
    OrderState,
    Side,
    Stage,
    Stuck,
    stage_of,
)
from app.orders.types.worth import worth_minor
from app.payments.types import ChargeRow, PaymentState, PayWay


@dataclass(frozen=True, slots=True)
class Frozen:
    """The shop's promises and policies as they stood when the order was placed."""

    commission_bp: int
    accept_minutes: int
    cancel_minutes: int
    no_show_rule: str
    grace_minutes: int
    collect_mode: str = "merchant_collects"


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of an order, its six quantities and its money."""

    id: int
    position: int
    kind: LineKind
    listing_id: int | None
    variant_id: int | None
    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    quantity: int
    to_prepare: int
    short: int
    ready: int
    handed_over: int
    uncollected: int
    cancelled: int
    refunded: int
    refunded_minor: int
    unit_minor: int
    packaging_minor: int
    commission_bp: int
    starts_at: datetime | None
    ends_at: datetime | None
    allowed_minor: int = 0
    reduced_minor: int = 0
    site_minor: int = 0
    list_minor: int | None = None
    pack_size: int = 1
    rules: str = ""
    allergens: str = ""

    @property
    def each_minor(self) -> int:
        """One piece with its packaging."""
        return self.unit_minor + self.packaging_minor

    @property
    def due_quantity(self) -> int:
        """How many of it are still to be paid for."""
        return self.quantity - self.short - self.cancelled

    @property
    def due_minor(self) -> int:
        """What is asked for it now."""
        return self.worth(self.due_quantity)

    def worth(self, count: int) -> int:
        """What the first so many pieces cost, less their share of what came off."""
        return int(worth_minor(self, count))

    @property
    def given_up_minor(self) -> int:
        """What is not asked for pieces that are short or cancelled."""
        return self.worth(self.quantity) - self.due_minor

    @property
    def short_minor(self) -> int:
        """What is not asked for pieces that are short."""
        return self.worth(self.quantity) - self.worth(self.quantity - self.short)

    @property
    def waiting_minor(self) -> int:
        """What the pieces cost that are not collected and not given up."""
        return self.worth(self.handed_over + self.waiting) - self.worth(self.handed_over)

    @property
    def stays_minor(self) -> int:
        """What the pieces cost that were handed over and stay with the buyer."""
        return self.worth(self.handed_over) - self.worth(self.refunded)

    @property
    def waiting(self) -> int:
        """How many are not collected and not given up."""
        return self.to_prepare + self.ready

    @property
    def refundable(self) -> int:
        """How many were handed over and not refunded."""
        return self.handed_over - self.refunded


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One move of an order: who, what, why, when and how many."""

    at: datetime
    side: Side
    actor_id: int | None
    actor_name: str
    verb: str
    reason: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One hand-over at the counter, and whether it may still be undone."""

    id: int
    at: datetime
    by_name: str
    lines: tuple[tuple[int, int], ...]
    undone_at: datetime | None
    sealed_at: datetime | None
    payment_id: int | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything one order's page shows, to the resident as to the shop."""

    id: int
    number: str
    code: str
    state: OrderState
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    merchant_phone: str
    pay_code_text: str
    pay_link: str
    pay_picture_id: int | None
    person_id: int | None
    contact_name: str
    contact_phone: str
    contact_mail: str
    note: str
    pay_way: PayWay
    total_minor: int
    placed_at: datetime
    accept_by: datetime | None
    accepted_at: datetime | None
    ready_at: datetime | None
    over_at: datetime | None
    point_id: int | None
    point_name_zh: str
    point_name_en: str
    point_address: str
    point_lat: float | None
    point_lng: float | None
    slot_starts_at: datetime | None
    slot_ends_at: datetime | None
    frozen: Frozen
    free_until: datetime | None
    thread_id: int | None
    version: int
    is_guests: bool
    charge: ChargeRow
    lines: tuple[LineRow, ...]
    subject_kind: str = "order"
    case_state: CaseState = CaseState.NONE
    fee_minor: int = 0
    delivery: DeliveryRow | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether anything came off."""
        return any(line.reduced_minor for line in self.lines)

    @property
    def is_open(self) -> bool:
        """Whether something may still happen before it is over."""
        return self.state in OPEN_STATES

    @property
    def waiting(self) -> int:
        """How many pieces are not collected and not given up."""
        return sum(line.waiting for line in self.lines)

    @property
    def stage(self) -> Stage:
        """What it is at a glance."""
        return stage_of(
            self.state,
            to_prepare=sum(line.to_prepare for line in self.lines),
            ready=sum(line.ready for line in self.lines),
            handed_over=sum(line.handed_over for line in self.lines),
            is_service=all(line.kind == LineKind.SERVICE for line in self.lines),
            delivery=self.delivery.state if self.delivery else None,
        )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list."""

    id: int
    number: str
    state: OrderState
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    person_id: int | None
    contact_name: str
    phone_last4: str
    total_minor: int
    due_minor: int
    payment: PaymentState
    placed_at: datetime
    accept_by: datetime | None
    slot_starts_at: datetime | None
    slot_ends_at: datetime | None
    point_zh: str
    point_en: str
    note: str
    delivery: DeliveryState | None
    pieces: int
    to_prepare: int
    ready: int
    handed_over: int
    short: int
    first_zh: str
    first_en: str
    goods_lines: int
    kinds: int

    @property
    def waiting(self) -> int:
        """How many pieces are not collected and not given up."""
        return self.to_prepare + self.ready

    @property
    def stage(self) -> Stage:
        """What it is at a glance."""
        return stage_of(
            self.state,
            to_prepare=self.to_prepare,
            ready=self.ready,
            handed_over=self.handed_over,
            is_service=self.goods_lines == 0,
            delivery=self.delivery,
        )


@dataclass(frozen=True, slots=True)
class StuckRow:
    """An order that needs somebody, why, and since when."""

    order_id: int
    number: str
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    why: Stuck
    since: datetime


@dataclass(frozen=True, slots=True)
class ProductDue:
    """How many of one product are still to be made for one pickup time, and when to begin."""

    by: datetime | None
    begin: datetime | None
    to_prepare: int


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What is to be made of one product on one day, and by when how many of it."""

    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    to_prepare: int
    ready: int
    orders: int
    due: tuple[ProductDue, ...]

    @property
    def begin(self) -> datetime | None:
        """When to begin with the first of them; None where nobody said how long it takes."""
        return min((due.begin for due in self.due if due.begin), default=None)


@dataclass(frozen=True, slots=True)
class ProductDay:
    """What is to be made for one day, what must be begun first standing first; without a day: for
    any time.
    """

    day: date | None
    products: tuple[ProductRow, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one order: who collects it, by which last signs, and what is in it."""

    order: OrderRow
    tail: str
    lines: tuple[LineRow, ...]
