"""Pieces of page for upper houses: what a promotion says, and what runs at a shop."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from app.core.i18n import gettext as _
from app.core.money import Money
from app.core.pages import part
from app.core.shown import shown_money
from app.promotions.queries import public_of
from app.promotions.types import Audience, Form, Kind, PromotionRow

ALL_OF_IT = 100


def effect_words(row: PromotionRow) -> str:
    """Say in a few words what a promotion takes off."""
    if row.form is Form.PRICE:
        return _("%(sum)s each", sum=shown_money(row.value_minor))
    if row.form is Form.AMOUNT:
        return _("%(sum)s off", sum=shown_money(row.value_minor))
    if row.form is Form.NTH:
        if row.percent == ALL_OF_IT:
            return _("1 of every %(n)s pieces free", n=row.every)
        return _("1 of every %(n)s pieces %(percent)s %% off", n=row.every, percent=row.percent)
    if row.most_minor is not None:
        return _(
            "%(percent)s %% off, at most %(sum)s", percent=row.percent,
            sum=Money(row.most_minor).format(),
        )  # fmt: skip
    return _("%(percent)s %% off", percent=row.percent)


def condition_words(row: PromotionRow) -> list[str]:
    """Say for whom and from what on it counts."""
    said = []
    if row.least_minor:
        said.append(_("from %(sum)s on", sum=shown_money(row.least_minor)))
    if row.audience is Audience.MEMBERS:
        said.append(_("for members of the site"))
    if row.audience is Audience.FIRST_ORDER:
        said.append(_("for a household's first order"))
    if row.combines:
        said.append(_("goes together with others"))
    return said


def running_at(merchant_id: int, *, listing_id: int | None = None, at: datetime) -> Markup:
    """Return what runs openly at a shop, on its page or on that of one of its things."""
    rows = [
        row
        for row in public_of(merchant_id, at=at)
        if listing_id is None or row.listing_id in (None, listing_id)
    ]
    return part(
        "promotions/_running.html", rows=rows, effect=effect_words, conditions=condition_words,
        coupon=Kind.COUPON,
    )  # fmt: skip
