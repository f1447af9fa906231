"""The axes of an order with their tables of allowed moves."""

from __future__ import annotations

from enum import StrEnum


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
    """How far an after-sale case is; an order shows its latest one's."""

    NONE = "none"
    OPEN = "open"
    WAITING_MERCHANT = "waiting_merchant"
    WAITING_RESIDENT = "waiting_resident"
    WITH_OPERATOR = "with_operator"
    RULED = "ruled"
    CLOSED = "closed"


CASE_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.NONE: frozenset({CaseState.OPEN}),
    CaseState.OPEN: frozenset(
        {
            CaseState.WAITING_MERCHANT,
            CaseState.WAITING_RESIDENT,
            CaseState.WITH_OPERATOR,
            CaseState.CLOSED,
        }
    ),
    CaseState.WAITING_MERCHANT: frozenset(
        {
            CaseState.WAITING_MERCHANT,
            CaseState.WAITING_RESIDENT,
            CaseState.WITH_OPERATOR,
            CaseState.CLOSED,
        }
    ),
    CaseState.WAITING_RESIDENT: frozenset(
        {CaseState.WAITING_MERCHANT, CaseState.WITH_OPERATOR, CaseState.CLOSED}
    ),
    CaseState.WITH_OPERATOR: frozenset({CaseState.RULED, CaseState.CLOSED}),
    CaseState.RULED: frozenset({CaseState.WITH_OPERATOR, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


class LineKind(StrEnum):
    """A thing to collect, or a time to come at."""

    GOODS = "goods"
    SERVICE = "service"


class QueueState(StrEnum):
    """Where a walk-in number stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVED = "served"
    MISSED = "missed"
    LEFT = "left"


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


class DeliveryState(StrEnum):
    """Where what is brought is, until its lines say that it was handed over."""

    WAITING = "waiting"
    ON_WAY = "on_way"
    BACK = "back"


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.WAITING: frozenset({DeliveryState.ON_WAY}),
    DeliveryState.ON_WAY: frozenset({DeliveryState.WAITING, DeliveryState.BACK}),
    DeliveryState.BACK: frozenset({DeliveryState.ON_WAY}),
}


class Stage(StrEnum):
    """What an order is to a person at a glance, told by its state and its pieces together."""

    WAITING = "waiting"
    PREPARING = "preparing"
    BOOKED = "booked"
    READY = "ready"
    PACKED = "packed"
    ON_WAY = "on_way"
    BROUGHT_BACK = "brought_back"
    DELIVERED = "delivered"
    PART_COLLECTED = "part_collected"
    COLLECTED = "collected"
    UNCOLLECTED = "uncollected"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


def stage_of(
    state: OrderState,
    *,
    to_prepare: int,
    ready: int,
    handed_over: int,
    is_service: bool,
    delivery: DeliveryState | None = None,
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
        had = Stage.COLLECTED if delivery in {None, DeliveryState.BACK} else Stage.DELIVERED
        return had if handed_over else Stage.UNCOLLECTED
    if handed_over:
        return Stage.PART_COLLECTED
    if is_service:
        return Stage.BOOKED
    if delivery in _BROUGHT:
        return _BROUGHT[delivery]
    if to_prepare:
        return Stage.PREPARING
    return Stage.PACKED if delivery else Stage.READY


_BROUGHT: dict[DeliveryState | None, Stage] = {
    DeliveryState.ON_WAY: Stage.ON_WAY,
    DeliveryState.BACK: Stage.BROUGHT_BACK,
}


class Stuck(StrEnum):
    """Why an order is on the operator's list."""

    NOT_ACCEPTED = "not_accepted"
    NOT_READY = "not_ready"
    NOT_COLLECTED = "not_collected"
    NOT_CONFIRMED = "not_confirmed"
    DISPUTED = "disputed"
    REFUND_OWED = "refund_owed"
    CASE = "case"
