"""What may be done with a payment, decided on sums already loaded."""

from __future__ import annotations

from app.payments.errors import NothingOwedError, RefundTooMuchError
from app.payments.types import ChargeRow, PaymentState


def state_of(
    *, amount_minor: int, confirmed_minor: int, refunded_minor: int, said: int, disputed: int
) -> PaymentState:
    """Return the one state that follows from a charge's rows."""
    if disputed:
        return PaymentState.DISPUTED
    if refunded_minor > 0:
        kept = confirmed_minor > refunded_minor
        return PaymentState.PART_REFUNDED if kept else PaymentState.REFUNDED
    if confirmed_minor > 0 and confirmed_minor >= amount_minor:
        return PaymentState.PAID
    return PaymentState.SAID_PAID if said else PaymentState.UNPAID


def check_owed(charge: ChargeRow) -> None:
    """Refuse when nothing is left to pay."""
    if charge.owed_minor <= 0:
        raise NothingOwedError


def check_refundable(charge: ChargeRow, amount_minor: int) -> None:
    """Refuse to give back nothing, or more than is kept."""
    if not 0 < amount_minor <= charge.confirmed_minor - charge.refunded_minor:
        raise RefundTooMuchError(
            left_minor=charge.confirmed_minor - charge.refunded_minor, asked_minor=amount_minor
        )
