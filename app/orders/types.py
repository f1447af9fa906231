"""The axes of an order with their tables of allowed moves, its verbs, and the frozen rows it hands
out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.activity.types import Hook, verb
from app.merchants.types import PolicyRow, SlotChoice
from app.payments.types import ChargeRow, PaymentState, PayWay


class OrderState(StrEnum):
    """Where an order stands between the resident and the shop; fulfilment is told by its lines."""

    AWAITING_PAYMENT = "awaiting_payment"
    PLACED = "placed"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.AWAITING_PAYMENT: frozenset(
        {OrderState.PLACED, OrderState.CANCELLED, OrderState.EXPIRED}
    ),
    OrderState.PLACED: frozenset(
        {OrderState.ACCEPTED, OrderState.DECLINED, OrderState.CANCELLED, OrderState.EXPIRED}
    ),
    OrderState.ACCEPTED: frozenset({OrderState.CLOSED, OrderState.CANCELLED}),
    OrderState.CLOSED: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.DECLINED: frozenset(),
    OrderState.EXPIRED: frozenset(),
}
OPEN_STATES = (OrderState.AWAITING_PAYMENT, OrderState.PLACED, OrderState.ACCEPTED)
OVER_STATES = (
    OrderState.CLOSED,
    OrderState.CANCELLED,
    OrderState.DECLINED,
    OrderState.EXPIRED,
)


class Quantity(StrEnum):
    """What a piece of a line can be; together they are what was ordered."""

    TO_PREPARE = "to_prepare"
    SHORT = "short"
    READY = "ready"
    HANDED_OVER = "handed_over"
    UNCOLLECTED = "uncollected"
    CANCELLED = "cancelled"


LINE_MOVES: dict[Quantity, frozenset[Quantity]] = {
    Quantity.TO_PREPARE: frozenset({Quantity.READY, Quantity.SHORT, Quantity.CANCELLED}),
    Quantity.READY: frozenset(
        {
            Quantity.TO_PREPARE,
            Quantity.SHORT,
            Quantity.HANDED_OVER,
            Quantity.UNCOLLECTED,
            Quantity.CANCELLED,
        }
    ),
    Quantity.HANDED_OVER: frozenset({Quantity.READY}),
    Quantity.SHORT: frozenset(),
    Quantity.UNCOLLECTED: frozenset(),
    Quantity.CANCELLED: frozenset(),
}


class CaseState(StrEnum):
    """How far an after-sale case is; none until residents may open one."""

    NONE = "none"
    OPEN = "open"
    WAITING_MERCHANT = "waiting_merchant"
    WAITING_RESIDENT = "waiting_resident"
    WITH_OPERATOR = "with_operator"
    RULED = "ruled"
    CLOSED = "closed"


class LineKind(StrEnum):
    """A thing to collect, or a time to come at."""

    GOODS = "goods"
    SERVICE = "service"


class CheckoutState(StrEnum):
    """Whether a checkout still holds what is in it."""

    OPEN = "open"
    PLACED = "placed"
    EXPIRED = "expired"
    LEFT = "left"


class Side(StrEnum):
    """Who made a move on the timeline."""

    RESIDENT = "resident"
    SHOP = "shop"
    SITE = "site"


class Timer(StrEnum):
    """What falls due on an order next."""

    REMIND = "remind"
    GIVE_UP = "give_up"
    NO_SHOW = "no_show"
    CLOSE = "close"


class Stage(StrEnum):
    """What an order is to a person at a glance, told by its state and its pieces together."""

    WAITING = "waiting"
    PREPARING = "preparing"
    BOOKED = "booked"
    READY = "ready"
    PART_COLLECTED = "part_collected"
    COLLECTED = "collected"
    UNCOLLECTED = "uncollected"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


def stage_of(
    state: OrderState, *, to_prepare: int, ready: int, handed_over: int, is_service: bool
) -> Stage:
    """Return the one word for an order's page and its rows."""
    plain = {
        OrderState.AWAITING_PAYMENT: Stage.WAITING,
        OrderState.PLACED: Stage.WAITING,
        OrderState.CANCELLED: Stage.CANCELLED,
        OrderState.DECLINED: Stage.DECLINED,
        OrderState.EXPIRED: Stage.EXPIRED,
    }
    if state in plain:
        return plain[state]
    if to_prepare + ready == 0:
        return Stage.COLLECTED if handed_over else Stage.UNCOLLECTED
    if handed_over:
        return Stage.PART_COLLECTED
    if is_service:
        return Stage.BOOKED
    return Stage.PREPARING if to_prepare else Stage.READY


class Stuck(StrEnum):
    """Why an order is on the operator's list."""

    NOT_ACCEPTED = "not_accepted"
    NOT_READY = "not_ready"
    NOT_COLLECTED = "not_collected"
    NOT_CONFIRMED = "not_confirmed"
    DISPUTED = "disputed"
    REFUND_OWED = "refund_owed"


HOLD_MINUTES = 15
UNDO_MINUTES = 10
REMINDERS = 2
CLOSE_DAYS = 7
TRIES = 10
MESSAGES = 6
MESSAGES_MINUTES = 10
TRIES_MINUTES = 15
MOST_OF_ONE = 999

PLACED = verb("order.placed", Hook.SERVICE)
ACCEPTED = verb("order.accepted", Hook.SERVICE)
DECLINED = verb("order.declined", Hook.SERVICE)
PREPARED = verb("order.prepared", Hook.SERVICE)
SHORTED = verb("order.shorted", Hook.SERVICE)
READY = verb("order.ready", Hook.SERVICE)
HANDED_OVER = verb("order.handed_over", Hook.SERVICE)
UNDONE = verb("order.hand_over_undone", Hook.SERVICE)
CANCELLED = verb("order.cancelled", Hook.SERVICE)
MOVED = verb("order.moved", Hook.SERVICE)
EXPIRED = verb("order.expired", Hook.SERVICE)
NO_SHOW = verb("order.no_show", Hook.SERVICE)
CLOSED = verb("order.closed", Hook.SERVICE)
REMINDED = verb("order.reminded", Hook.SERVICE)
REFUNDED = verb("order.refunded", Hook.SERVICE)
SAID_PAID = verb("order.said_paid", Hook.SERVICE)
MONEY_TAKEN = verb("order.money_taken", Hook.SERVICE)
MONEY_DISPUTED = verb("order.money_disputed", Hook.SERVICE)
MONEY_GIVEN = verb("order.money_given", Hook.SERVICE)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the shop asks for and how to reach them; a guest leaves a phone or a mail address."""

    name: str
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of "why this price": what it is, how many, one of it, all of it."""

    label: str
    quantity: int
    unit_minor: int
    total_minor: int


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
        """The pieces with their packaging."""
        return (self.unit_minor + self.packaging_minor) * self.quantity

    @property
    def has_changed(self) -> bool:
        """Whether the price, packaging included, moved since the buyer saw it."""
        return self.seen_minor != self.each_minor


@dataclass(frozen=True, slots=True)
class ShopQuote:
    """What one shop asks for its lines."""

    merchant_id: int
    name_zh: str
    name_en: str
    rule: PolicyRow
    commission_bp: int
    lines: tuple[QuoteLine, ...]

    @property
    def total_minor(self) -> int:
        """The shop's whole sum."""
        return sum(line.total_minor for line in self.lines)

    @property
    def packaging_minor(self) -> int:
        """The packaging in it."""
        return sum(line.packaging_minor * line.quantity for line in self.lines)

    @property
    def free_before(self) -> timedelta:
        """Until how long before coming it may be cancelled freely."""
        return timedelta(minutes=self.rule.cancel_minutes)

    @property
    def needs_slot(self) -> bool:
        """Whether something is to be collected, so that a pickup time is needed."""
        return any(line.kind == LineKind.GOODS for line in self.lines)


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
    def is_placeable(self) -> bool:
        """Whether there is something in it and nothing stands in the way."""
        return bool(self.shops) and not any(line.problem for line in self.lines)


@dataclass(frozen=True, slots=True)
class SlotWish:
    """Which pickup time the buyer chose at which point."""

    point_id: int
    slot_key: str


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
        return self.each_minor * self.due_quantity

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
class ProductRow:
    """What is to be made of one product, over all orders of a board."""

    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    to_prepare: int
    ready: int
    orders: int


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line of an order that happened before it was written here."""

    name: str
    quantity: int
    unit_minor: int
    commission_bp: int = 0


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order collected and paid long ago, to be written in bulk: no pools, no notices."""

    key: str
    at: datetime
    contact_name: str
    lines: tuple[PastLine, ...]
    data: dict[str, Any] = field(default_factory=dict)
