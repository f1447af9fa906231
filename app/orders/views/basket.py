"""The basket's pages."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, url_for

from app.core import clock
from app.core.access import me, public
from app.core.db import transaction
from app.core.errors import ConflictError
from app.core.forms import ButtonForm
from app.core.pages import render, said
from app.orders.forms import AddForm, QuantityForm, StartForm
from app.orders.queries.baskets import basket_quote
from app.orders.services import basket as services
from app.orders.services.checkout import start_checkout
from app.orders.views.blueprint import (
    ADDED,
    CHANGED,
    bp,
    keep_token,
    know_basket,
    later,
    own_basket,
    token,
)


@bp.get("/basket")
@public
def basket() -> Response:
    quote = basket_quote(me(), token(), at=clock.now())
    know_basket(quote)
    return render("orders/basket.html", quote=quote)


@bp.post("/basket/add")
@public
def add() -> Response:
    form = AddForm.posted()
    fresh = None if me().is_member or token() else services.new_token()
    with form.shows_field_errors("orders/basket.html", **_again()):
        form.check()
        with transaction(once=form.key) as act:
            now = clock.now()
            services.add_to_basket(
                me(),
                token=own_basket(me(), at=now) or fresh,
                variant_id=form.variant_id.data,
                quantity=form.quantity.data or 1,
                time_key=form.time_key.data or "",
                at=now,
            )
            act.leads_to(url_for("orders.basket"))
    answer = said(act.location, ADDED)
    if fresh:
        keep_token(answer, fresh)
    return answer


@bp.post("/basket/lines/<int:line_id>")
@public
def change(line_id: int) -> Response:
    form = QuantityForm.posted()
    with form.shows_field_errors("orders/basket.html", **_again()):
        form.check()
        with transaction():
            services.change_quantity(
                me(), line_id, form.quantity.data, token=token(), at=clock.now()
            )
            own_basket(me(), at=clock.now())
    return said(url_for("orders.basket"), CHANGED)


@bp.post("/basket/empty")
@public
def empty() -> Response:
    ButtonForm.posted().check()
    with transaction():
        services.empty_basket(me(), token=token())
    return said(url_for("orders.basket"), CHANGED)


@bp.post("/checkout")
@public
def start() -> Response:
    form = StartForm.posted()
    with form.shows_field_errors("orders/basket.html", **_again()):
        form.check()
        try:
            with transaction():
                now = clock.now()
                held = own_basket(me(), at=now)
                begun = start_checkout(
                    me(), token=held, expected_total=form.expected_total.data, at=now
                )
        except ConflictError as moved:  # somebody was faster: the basket, as it is now
            return render("orders/basket.html", status=409, form=form, moved=moved, **_again())
    return redirect(url_for("orders.checkout", checkout_id=begun.id), 303)  # type: ignore[return-value]


def _again() -> dict[str, Any]:
    """The basket for a refused form's page, read only then."""
    return later(lambda: {"quote": basket_quote(me(), token(), at=clock.now())}, "quote")
