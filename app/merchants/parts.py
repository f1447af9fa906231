"""Pieces of page for upper houses: what terms ask for, in words."""

from app.core.i18n import gettext as _
from app.core.money import Money
from app.merchants.types import Rate, TermsWay


def rate_words(rate: Rate) -> str:
    """Say in a line what a shop pays."""
    if rate.way is TermsWay.FEE:
        return _("%(money)s a year, nothing on orders", money=Money(rate.yearly_fee_minor))
    if not rate.commission_bp:
        return _("no charge")
    return _("%(percent)s %% of each order", percent=f"{rate.commission_bp / 100:g}")
