"""What promotions refuse."""

from __future__ import annotations

from app.core.errors import ConflictError, NotAllowedError
from app.core.i18n import lazy_gettext as _l


class CouponsGoneError(ConflictError):
    """The budget is used up."""

    message = _l("The last of these coupons was just taken. Below is what is true now.")


class CouponLimitError(ConflictError):
    """This person has had as many as one may."""

    message = _l("You have had as many of this coupon as one person may.")


class CouponOverError(ConflictError):
    """It does not run, or what was taken of it is over or used."""

    message = _l("This coupon cannot be used now. Below is what is true now.")


class OwnHouseholdError(NotAllowedError):
    """Whoever brought them lives with them, or is them."""

    message = _l(
        "This coupon came from your own household, so nobody is rewarded for it. "
        "Open the coupon's page without that link to take it."
    )
