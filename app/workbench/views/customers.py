"""Who orders in the shop: a list, one customer with the shop's note, and both as files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import csv_answer, render, said, toast
from app.orders.queries import customers as queries
from app.orders.queries.exports import exported_lines, exported_orders
from app.orders.services.customers import write_note
from app.orders.types import OrderState
from app.orders.types.customers import (
    CUSTOMER_SORTS,
    CUSTOMER_VIEWS,
    CustomerSort,
    CustomerView,
)
from app.workbench.forms import NoteForm, plain_amount
from app.workbench.views.blueprint import bp

STATES = {
    OrderState.AWAITING_PAYMENT: _l("not paid yet"),
    OrderState.PLACED: _l("to be accepted"),
    OrderState.ACCEPTED: _l("being prepared"),
    OrderState.CLOSED: _l("finished"),
    OrderState.CANCELLED: _l("cancelled"),
    OrderState.DECLINED: _l("declined"),
    OrderState.EXPIRED: _l("ran out"),
}
NOTED = toast("workbench.noted", _l("Kept. Only the shop's owners and managers see it."))


@bp.get("/<int:merchant_id>/customers")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def customers(merchant_id: int) -> Response:
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    view, sort = request.args.get("view", ""), request.args.get("sort", "")
    shown = CustomerView(view) if view in set(CustomerView) else CustomerView.ALL
    sorted_by = CustomerSort(sort) if sort in set(CustomerSort) else CustomerSort.LAST
    page = queries.customers_of(
        merchant_id, view=shown, sort=sorted_by, words=words, after=request.args.get("after"),
        at=clock.now(),
    )  # fmt: skip
    return render(
        "workbench/customers.html", merchant_id=merchant_id, page=page, words=words, view=shown,
        sort=sorted_by, views=CUSTOMER_VIEWS, sorts=CUSTOMER_SORTS,
    )  # fmt: skip


@bp.route("/<int:merchant_id>/customers/<int:order_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def customer(merchant_id: int, order_id: int) -> Response:
    """Show the customer of an order, and keep the shop's note about them."""
    found, theirs = queries.customer_for(merchant_id, order_id)
    form = NoteForm.posted(text=found.note)
    page: dict[str, Any] = {"merchant_id": merchant_id, "customer": found, "orders": theirs}
    if request.method == "GET":
        return render("workbench/customer.html", form=form, **page)
    with form.shows_field_errors("workbench/customer.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            text = (form.text.data or "").strip()
            first = write_note(me(), merchant_id, order_id, text, at=clock.now())
            act.leads_to(url_for("workbench.customer", merchant_id=merchant_id, order_id=first))
    return said(act.location, NOTED)


@bp.get("/<int:merchant_id>/customers.csv")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def customers_file(merchant_id: int) -> Response:
    """Give all customers as a CSV file, by the name on their orders and no more of them."""
    heads = [_("Name"), _("Orders"), _("Spent"), _("First order"), _("Last order"), _("Your note")]
    rows = (
        [row.name, row.orders, plain_amount(row.spent_minor), _day(row.first_at),
         _day(row.last_at), row.note]
        for row in queries.all_customers(merchant_id)
    )  # fmt: skip
    return csv_answer(f"linli-customers-{merchant_id}.csv", heads, rows)


@bp.get("/<int:merchant_id>/orders.csv")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def orders_file(merchant_id: int) -> Response:
    """Give all orders as a CSV file, the newest first."""
    heads = [
        _("Order"), _("Placed"), _("State"), _("Buyer"), _("Pickup"), _("To pay"), _("Received"),
        _("Given back"),
    ]  # fmt: skip
    return csv_answer(f"linli-orders-{merchant_id}.csv", heads, _orders(merchant_id))


def _orders(merchant_id: int) -> Iterator[list[Any]]:
    for row in exported_orders(merchant_id):
        yield [
            row.number, _moment(row.placed_at), str(STATES[row.state]), row.contact_name,
            _moment(row.slot_starts_at), *(plain_amount(one) for one in row[5:8]),
        ]  # fmt: skip


@bp.get("/<int:merchant_id>/lines.csv")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def lines_file(merchant_id: int) -> Response:
    """Give every line of every order as a CSV file, the newest first."""
    heads = [
        _("Order"), _("Placed"), _("Which thing"), _("Size"), _("Price each"), _("Ordered"),
        _("Handed over"), _("Short"), _("Not collected"), _("Cancelled"),
    ]  # fmt: skip
    rows = (
        [row.number, _moment(row.placed_at), row.name, row.size, plain_amount(row.unit_minor),
         *row[6:]]
        for row in exported_lines(merchant_id)
    )  # fmt: skip
    return csv_answer(f"linli-lines-{merchant_id}.csv", heads, rows)


def _moment(moment: datetime | None) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def _day(moment: datetime) -> str:
    return clock.local(moment).date().isoformat()
