"""Bookings that staff take on the phone: the service, the time, the number."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.merchants.queries import booking, keeping
from app.merchants.queries.browsing import variants_of
from app.merchants.queries.selling import offers_for
from app.merchants.services.calendars import set_service_terms
from app.merchants.types import ListingKind, OfferRow, ServicePlace, ServiceTermsRow
from app.orders.services.clerk import enter_booking
from app.orders.types import Contact
from app.workbench.forms.calendar import BookForm, ServiceForm
from app.workbench.views.blueprint import bp

SELLERS = (Role.OWNER, Role.MANAGER, Role.CLERK)
TERMS_SET = toast("workbench.service_set", _l("Saved."))
BOOKED = toast("workbench.booked", _l("Booked. It stands in the calendar."))


@bp.get("/<int:merchant_id>/book")
@staff_of("merchant_id", *SELLERS)
def book(merchant_id: int) -> Response:
    """Choose the service, then the time; each tap is an address of its own."""
    page = _page(merchant_id, request.args.get("variant", type=int))
    form = BookForm.posted(**_values(page["offer"]))
    return render("workbench/book.html", form=form, **page)


@bp.post("/<int:merchant_id>/book")
@staff_of("merchant_id", *SELLERS)
def enter_book(merchant_id: int) -> Response:
    """Book it for the caller."""
    form = BookForm.posted()
    page = _page(merchant_id, form.variant_id.data)
    with form.shows_field_errors("workbench/book.html", **page):
        form.check()
        if page["offer"] is None:
            raise FieldError("variant_id", _l("Please choose one of these."))
        try:
            with transaction(once=form.key) as act:
                order = enter_booking(
                    me(),
                    merchant_id,
                    form.variant_id.data or 0,
                    form.time_key.data or "",
                    contact=Contact(form.name.data or "", form.phone.data or ""),
                    note=form.note.data or "",
                    expected_total=form.expected_total.data or 0,
                    at=clock.now(),
                )
                day = clock.local(order.slot_starts_at or clock.now()).date()
                act.leads_to(url_for("workbench.calendar", merchant_id=merchant_id, day=day))
        except ConflictError as refused:
            page = _page(merchant_id, form.variant_id.data) | {"refused": refused}
            return render("workbench/book.html", 409, form=form, **page)
    return said(act.location, BOOKED)


def _page(merchant_id: int, variant_id: int | None) -> dict[str, Any]:
    at = clock.now()
    services = [
        row.id for row in keeping.shelf_of(merchant_id) if row.kind == ListingKind.SERVICE
    ]  # fmt: skip
    sizes = variants_of(services, at=at)
    offers = offers_for([size.id for one in services for size in sizes[one]], at=at)
    offer = offers.get(variant_id or 0)
    page: dict[str, Any] = {
        "merchant_id": merchant_id,
        "offers": list(offers.values()),
        "offer": offer,
        "helpers": [],
        "who": None,
        "times": [],
        "refused": None,
    }
    if offer is not None:
        times = booking.times_with(offer.listing_id, at=at)
        asked = request.args.get("who", type=int)
        who = asked if asked in {one.id for one in times.people} else None
        page |= {"helpers": times.people, "who": who, "times": booking.by_day(times.of(who))}
    return page


def _values(offer: OfferRow | None) -> dict[str, Any]:
    if offer is None:
        return {}
    total = offer.price_minor + offer.packaging_minor
    return {"variant_id": offer.variant_id, "expected_total": total}


@bp.route("/<int:merchant_id>/listings/<int:listing_id>/service", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def service(merchant_id: int, listing_id: int) -> Response:
    """Say how a service is done: the pause before it, where, and how to join."""
    there = keeping.listing_of(merchant_id, listing_id)
    form = ServiceForm.posted(obj=booking.service_terms_of(listing_id))
    page: dict[str, Any] = {"merchant_id": merchant_id, "listing": there}
    if request.method == "GET":
        return render("workbench/service.html", form=form, **page)
    with form.shows_field_errors("workbench/service.html", **page):
        form.check()
        terms = ServiceTermsRow(
            form.before_minutes.data or 0, ServicePlace(form.place.data), form.joining.data or ""
        )
        with transaction(once=form.key) as act:
            set_service_terms(me(), listing_id, terms)
            act.leads_to(
                url_for("workbench.listing", merchant_id=merchant_id, listing_id=listing_id)
            )
    return said(act.location, TERMS_SET)
