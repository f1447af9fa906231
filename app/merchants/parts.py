"""Pieces of page for upper houses: what terms ask for, and dietary marks, in words."""

from collections.abc import Iterable

from flask import Flask

from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.merchants.types import DietaryMark, Rate, TermsWay

DIETARY_WORDS = (
    (DietaryMark.VEGETARIAN.value, _l("vegetarian")),
    (DietaryMark.VEGAN.value, _l("vegan")),
    (DietaryMark.HALAL.value, _l("halal")),
    (DietaryMark.GLUTEN_FREE.value, _l("without gluten")),
    (DietaryMark.NUT_FREE.value, _l("without nuts")),
    (DietaryMark.NO_ADDED_SUGAR.value, _l("no added sugar")),
    (DietaryMark.HOT.value, _l("hot")),
)


def rate_words(rate: Rate) -> str:
    """Say in a line what a shop pays."""
    if rate.way is TermsWay.FEE:
        return _("%(money)s a year, nothing on orders", money=Money(rate.yearly_fee_minor))
    if not rate.commission_bp:
        return _("no charge")
    return _("%(percent)s %% of each order", percent=f"{rate.commission_bp / 100:g}")


def dietary_words(marks: Iterable[DietaryMark]) -> list[str]:
    """Say dietary marks in words."""
    words = dict(DIETARY_WORDS)
    return [str(words[mark.value]) for mark in marks]


def connect(app: Flask) -> None:
    """Give templates the dietary marks in words."""
    app.jinja_env.globals["dietary_marks"] = DIETARY_WORDS
