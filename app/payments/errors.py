"""What payments refuses."""

from __future__ import annotations

from app.core.errors import ConflictError
from app.core.i18n import lazy_gettext as _l


class PaymentMovedError(ConflictError):
    """The payment was confirmed, withdrawn or disputed by somebody else meanwhile."""

    message = _l("This payment has moved on meanwhile.")


class NothingOwedError(ConflictError):
    """There is nothing left to pay."""

    message = _l("There is nothing left to pay here.")


class RefundTooMuchError(ConflictError):
    """More would go back than was paid."""

    message = _l("That is more than was paid and not yet given back.")


class RefundGivenError(ConflictError):
    """The refund was handed back already."""

    message = _l("This money was given back already.")


class MoneyGoneBackError(ConflictError):
    """A payment cannot be undone after part of it went back."""

    message = _l("Part of this money went back already, so the payment stays.")
