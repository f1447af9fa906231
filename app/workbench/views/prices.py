"""Prices of many things: chosen, looked at before and after, done now or at a time, taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import render, said, toast
from app.merchants.queries import keeping
from app.merchants.queries.shelf import price_changes_of, price_lines
from app.merchants.services import prices as services
from app.merchants.types import PriceLine, PriceWay
from app.workbench.forms import PricesForm, UndoPricesForm, instant_of, minor_of
from app.workbench.views.blueprint import bp

PRICED = toast("workbench.priced", _l("The prices are changed."))
PLANNED = toast("workbench.prices_planned", _l("The prices change at their time, by themselves."))
UNPRICED = toast("workbench.unpriced", _l("Taken back."))


@bp.route("/<int:merchant_id>/prices", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def prices(merchant_id: int) -> Response:
    """Choose things and their new prices, look at them, and only then do it."""
    shelf = [row for row in keeping.shelf_of(merchant_id) if not row.is_archived]
    form = PricesForm.posted(step=10)
    form.offer([(row.id, pick(row.name_zh, row.name_en)) for row in shelf])
    page: dict[str, Any] = {
        "merchant_id": merchant_id, "has_things": bool(shelf),
        "changes": price_changes_of(merchant_id), "now": clock.now(),
    }  # fmt: skip
    if request.method == "GET":
        return render("workbench/prices.html", form=form, **page)
    with form.shows_field_errors("workbench/prices.html", **page):
        form.check()
        lines = _lines(merchant_id, form)
        page |= {"lines": lines, "digest": _digest(lines)}
        if not form.go.data:
            return render("workbench/prices.html", form=form, **page)
        if form.seen.data != page["digest"]:
            raise ConflictError(_l("A price has changed meanwhile. Look at the preview again."))
        with transaction(once=form.key) as act:
            change = services.plan_prices(
                me(), merchant_id, lines, at=clock.now(),
                starts_at=instant_of(form.starts_at.data), ends_at=instant_of(form.ends_at.data),
            )  # fmt: skip
            is_done = change.applied_at is not None
            act.leads_to(url_for("workbench.prices", merchant_id=merchant_id))
    return said(act.location, PRICED if is_done else PLANNED)


def _lines(merchant_id: int, form: PricesForm) -> list[PriceLine]:
    way = PriceWay(form.way.data)
    if not form.listing_ids.data:
        raise FieldError("listing_ids", _l("Choose at least one thing."))
    if way is PriceWay.PERCENT and form.percent.data is None:
        raise FieldError("percent", _l("Please fill this in."))
    if way is PriceWay.SET and not (form.price.data or "").strip():
        raise FieldError("price", _l("Please fill this in."))
    amount = form.percent.data if way is PriceWay.PERCENT else minor_of(form.price.data)
    lines = price_lines(merchant_id, form.listing_ids.data, way, amount, step=form.step.data)
    if not lines:
        raise FieldError("listing_ids", _l("Nothing of this would change."))
    return lines


def _digest(lines: Sequence[PriceLine]) -> str:
    """Return a short word for what the preview shows."""
    text = ";".join(f"{line.variant_id}:{line.before_minor}:{line.after_minor}" for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@bp.post("/<int:merchant_id>/prices/undo")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def undo_prices(merchant_id: int) -> Response:
    """Take a change of prices back, or call off one to come."""
    form = UndoPricesForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.undo_prices(me(), merchant_id, form.change_id.data, at=clock.now())
        act.leads_to(url_for("workbench.prices", merchant_id=merchant_id))
    return said(act.location, UNPRICED)
