"""States, ways, causes and verbs of payments, and the rows it hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb


class PaymentState(StrEnum):
    """What is true of a charge, recomputed from its payments and refunds."""

    UNPAID = "unpaid"
    SAID_PAID = "said_paid"
    AUTHORISED = "authorised"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class PayWay(StrEnum):
    """How the money goes over: in coins, or by the shop's own WeChat or Alipay code."""

    CASH = "cash"
    OWN_CODE = "own_code"


class PaymentStatus(StrEnum):
    """How far one payment is."""

    SAID = "said"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


PAYMENT_MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.SAID: frozenset(
        {PaymentStatus.CONFIRMED, PaymentStatus.DISPUTED, PaymentStatus.WITHDRAWN}
    ),
    PaymentStatus.CONFIRMED: frozenset({PaymentStatus.DISPUTED, PaymentStatus.WITHDRAWN}),
    PaymentStatus.DISPUTED: frozenset({PaymentStatus.CONFIRMED, PaymentStatus.WITHDRAWN}),
    PaymentStatus.WITHDRAWN: frozenset(),
}


class RefundCause(StrEnum):
    """Why money goes back; only after-sale concerns goods that were handed over."""

    SHORT = "short"
    CANCELLED = "cancelled"
    UNCOLLECTED = "uncollected"
    AFTER_SALE = "after_sale"
    OVERPAID = "overpaid"


class RefundStatus(StrEnum):
    """Whether the shop still owes the money or has given it back."""

    OWED = "owed"
    GIVEN = "given"


PAID_SAID = verb("payment.said", Hook.SERVICE)
PAID_CONFIRMED = verb("payment.confirmed", Hook.SERVICE)
PAID_UNDONE = verb("payment.undone", Hook.SERVICE)
PAID_DISPUTED = verb("payment.disputed", Hook.SERVICE)
REFUND_RECORDED = verb("refund.recorded", Hook.SERVICE)
REFUND_GIVEN = verb("refund.given", Hook.SERVICE)


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What one refund gives back for one line: how many of it, and how much money."""

    subject: tuple[str, int]
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as pages show it."""

    id: int
    way: PayWay
    amount_minor: int
    status: PaymentStatus
    said_at: datetime | None
    confirmed_at: datetime | None
    disputed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund as pages show it."""

    id: int
    charge_id: int
    subject_kind: str
    subject_id: int
    amount_minor: int
    cause: RefundCause
    status: RefundStatus
    reason: str
    at: datetime
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """An amount that is asked for a thing: what for, of whom, by whom, how much."""

    about: tuple[str, int]
    payer_id: int | None
    payee: tuple[str, int]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """What is asked for one thing and what came of it."""

    id: int
    amount_minor: int
    confirmed_minor: int
    refunded_minor: int
    state: PaymentState

    @property
    def owed_minor(self) -> int:
        """What the payer still has to pay, never below zero."""
        return max(0, self.amount_minor - (self.confirmed_minor - self.refunded_minor))

    @property
    def over_minor(self) -> int:
        """What was paid above what is due now, never below zero."""
        return max(0, self.confirmed_minor - self.refunded_minor - self.amount_minor)
