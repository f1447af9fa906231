"""What the orders say of a shop, on the shop's own page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from app.core import clock
from app.core.access import Viewer
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.pages import shown_length, slot
from app.orders.queries.standing import standing_of
from app.orders.types.standing import ENOUGH_ORDERS


@slot("shop_figures").add
def shop_figures(_viewer: Viewer) -> Iterable[tuple[str, str]]:
    """Give title and sentence of each figure with enough orders behind it, then what is missing."""
    merchant_id = (request.view_args or {}).get("merchant_id")
    if merchant_id is None:
        return
    found = standing_of(merchant_id, at=clock.now())
    if found.tells_return:
        share = round(100 * found.came_back / found.customers)
        yield (
            _("Ordered again"),
            _(
                "%(percent)s %% of %(all)s customers",
                percent=share,
                all=found.customers,
            ),
        )
    if found.tells_answer and found.answer_time is not None:
        yield (
            _("Answers an order"),
            _(
                "within %(time)s in half of %(all)s orders",
                time=shown_length(found.answer_time),
                all=found.answered,
            ),
        )
    if found.tells_complaints:
        told = ngettext("%(num)s complaint", "%(num)s complaints", found.complaints)
        yield (_("Complaints"), _("%(told)s in %(all)s orders", told=told, all=found.orders))
    if not (found.tells_return and found.tells_answer and found.tells_complaints):
        yield (
            "",
            _(
                "Figures appear where enough orders of half a year stand behind them, complaints"
                " from %(enough)s on. So far: %(orders)s, by %(people)s.",
                enough=ENOUGH_ORDERS,
                orders=ngettext("%(num)s order", "%(num)s orders", found.orders),
                people=ngettext("%(num)s member", "%(num)s members", found.customers),
            ),
        )
