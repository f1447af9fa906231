"""Listings on the shelf: opened, changed, sold out, archived; stock; people and chairs for
services.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.media.services import prepared
from app.core.pages import render, said, toast
from app.merchants.errors import BelowPromisedError
from app.merchants.queries import browsing, keeping
from app.merchants.queries.cards import cards_among
from app.merchants.queries.sections import sections_of
from app.merchants.services import listings as services
from app.merchants.services import shelf
from app.merchants.types import (
    DietaryMark,
    ListingDraft,
    ListingKind,
    ResourceDraft,
    ResourceKind,
    VariantDraft,
    WeeklyHours,
    marks_of,
)
from app.orders.queries.orders import numbers_of
from app.workbench.forms import (
    SIZES,
    WEEKDAYS,
    ListingForm,
    MarkForm,
    ResourceForm,
    StockForm,
    clock_text,
    instant_of,
    local_minutes,
    minor_of,
    minutes_of,
    plain_amount,
)
from app.workbench.views.blueprint import bp

LISTED = toast("workbench.listed", _l("It is on sale now."))
CHANGED = toast("workbench.changed", _l("Changed."))
DRAFTED = toast("workbench.drafted", _l("Kept as a draft; only the shop sees it."))
SCHEDULED = toast("workbench.scheduled", _l("Kept as a draft; it goes on sale at its time."))
COPIED = toast("workbench.copied", _l("This is the copy, a draft still. Change what is different."))
STOCKED = toast("workbench.stocked", _l("The shelf is counted."))
SOLD_OUT = toast("workbench.sold_out", _l("Sold out for today; tomorrow it is back."))
BACK = toast("workbench.back", _l("It is on sale again."))
ARCHIVED = toast("workbench.archived", _l("It is off the shelf."))


@bp.get("/<int:merchant_id>/listings")
@staff_of("merchant_id")
def listings(merchant_id: int) -> Response:
    """See the whole shelf with its stock."""
    return render("workbench/listings.html", **_shelf(merchant_id))


@bp.get("/<int:merchant_id>/shelf-labels")
@staff_of("merchant_id")
def shelf_labels(merchant_id: int) -> Response:
    """Give labels to print for the shelf: name, price, and a code that leads to the listing."""
    rows = [row for row in keeping.shelf_of(merchant_id) if not row.is_archived]
    sizes = browsing.variants_of([row.id for row in rows], at=clock.now())
    return render("workbench/shelf_labels.html", merchant_id=merchant_id, rows=rows, sizes=sizes)


def _shelf(merchant_id: int) -> dict[str, Any]:
    at = clock.now()
    rows = keeping.shelf_of(
        merchant_id, with_archived=request.args.get("archived") == "1", with_drafts=True
    )
    return {
        "merchant_id": merchant_id,
        "rows": rows,
        "sizes": browsing.variants_of([row.id for row in rows], at=at),
        "today": clock.local(at).date(),
        "resources": keeping.resources_of(merchant_id),
    }


@bp.route("/<int:merchant_id>/listings/new", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_listing(merchant_id: int) -> Response:
    """Put something new on the shelf."""
    shop = browsing.merchant_for(me(), merchant_id)
    values = {"category_id": shop.category_id, "days_ahead": 7, "lead_minutes": 60, "section": 0}
    example = keeping.example_for(request.args.get("from", ""))
    if example is not None:
        values |= _example_values(example)
    form = ListingForm.posted(**values)
    return _saved(form, merchant_id, None, examples=keeping.examples_for(shop.category_id))


def _example_values(example: Any) -> dict[str, Any]:
    """Return what the form of a new listing starts with, in the person's language."""
    values: dict[str, Any] = {
        "kind": example.kind.value,
        "name_zh": example.name_zh,
        "name_en": example.name_en,
        "unit": pick(example.unit_zh, example.unit_en),
        "rules": pick(example.rules_zh, example.rules_en),
        "allergens": pick(example.allergens_zh, example.allergens_en),
        "marks": [mark.value for mark in example.marks],
        "duration_minutes": example.minutes,
        "buffer_minutes": example.buffer,
        "lead_minutes": example.lead,
    }
    for number, (name_zh, name_en, price, stock) in enumerate(example.sizes):
        values |= {
            f"size_{number}_zh": name_zh,
            f"size_{number}_en": name_en,
            f"size_{number}_price": plain_amount(price),
            f"size_{number}_stock": stock,
        }
    return values


@bp.route("/<int:merchant_id>/listings/<int:listing_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def listing(merchant_id: int, listing_id: int) -> Response:
    """Change what is on the shelf."""
    there = keeping.listing_of(merchant_id, listing_id)
    sizes = browsing.variants_of([listing_id], at=clock.now())[listing_id]
    values: dict[str, Any] = {
        "section": there.section_id or 0,
        "packaging": plain_amount(there.packaging_minor) if there.packaging_minor else "",
        "resource_ids": keeping.resource_ids_of(listing_id),
        "marks": [mark.value for mark in marks_of(there.dietary)],
        "goes_up_at": local_minutes(there.publish_at),
    }
    values["card_uses"], values["card_days"] = cards_among([listing_id]).get(
        listing_id, (None, None)
    )
    for number, size in enumerate(sizes[:SIZES]):
        values |= {
            f"size_{number}_id": size.id,
            f"size_{number}_zh": size.name_zh,
            f"size_{number}_en": size.name_en,
            f"size_{number}_price": plain_amount(size.price_minor),
            f"size_{number}_pack": size.pack_size,
        }
    return _saved(ListingForm.posted(obj=there, **values), merchant_id, there)


def _saved(form: ListingForm, merchant_id: int, there: Any, *, examples: Any = ()) -> Response:
    trades = [(row[0], pick(row[2], row[3])) for row in browsing.categories()]
    helpers = keeping.resources_of(merchant_id)
    sections = [(row.id, pick(row.name_zh, row.name_en)) for row in sections_of(merchant_id)]
    people = [(row.id, pick(row.name_zh, row.name_en)) for row in helpers]
    form.offer(trades, people, [(0, _("In none")), *sections])
    was_draft = there is not None and there.is_draft
    page: dict[str, Any] = {"merchant_id": merchant_id, "listing": there, "examples": examples}
    if request.method == "GET":
        return render("workbench/listing.html", form=form, **page)
    with form.shows_field_errors("workbench/listing.html", **page):
        form.check()
        file = form.picture.data
        picture = prepared(file) if getattr(file, "filename", "") else None
        draft = _draft(form, there)
        with transaction(once=form.key) as act:
            at = clock.now()
            if there is None:
                services.open_listing(me(), merchant_id, draft, at=at, picture=picture)
            else:
                services.change_listing(me(), there.id, draft, at=at, picture=picture)
            act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    if draft.is_draft:
        return said(act.location, SCHEDULED if draft.publish_at else DRAFTED)
    return said(act.location, LISTED if there is None or was_draft else CHANGED)


def _draft(form: ListingForm, there: Any) -> ListingDraft:
    kind = there.kind if there is not None else ListingKind(form.kind.data)
    kept = None if there is None or form.no_picture.data else there.picture_id
    return ListingDraft(
        kind=kind,
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        variants=tuple(_sizes(form)),
        category_id=form.category_id.data,
        description=form.description.data or "",
        unit=form.unit.data or "",
        rules=form.rules.data or "",
        allergens=form.allergens.data or "",
        picture_id=kept,
        duration_minutes=form.duration_minutes.data,
        buffer_minutes=form.buffer_minutes.data or 0,
        is_call_out=bool(form.is_call_out.data),
        days_ahead=7 if form.days_ahead.data is None else form.days_ahead.data,
        lead_minutes=form.lead_minutes.data or 0,
        packaging_minor=minor_of(form.packaging.data),
        daily_total=form.daily_total.data,
        lead_days=form.lead_days.data or 0,
        card_uses=form.card_uses.data,
        card_days=form.card_days.data,
        section_id=form.section.data or None,
        resource_ids=tuple(form.resource_ids.data or ()),
        position=there.position if there is not None else 0,
        dietary=tuple(DietaryMark(mark) for mark in form.marks.data or ()),
        is_draft=form.save.data == "draft",
        publish_at=instant_of(form.goes_up_at.data),
    )


def _sizes(form: ListingForm) -> list[VariantDraft]:
    found = []
    for row in form.sizes():
        if not (row["price"].data or "").strip():
            if (row["zh"].data or row["en"].data or "").strip():
                raise FieldError(row["price"].name, _l("Give at least one price."))
            continue
        found.append(
            VariantDraft(
                price_minor=minor_of(row["price"].data),
                name_zh=(row["zh"].data or "").strip(),
                name_en=(row["en"].data or "").strip(),
                stock=row["stock"].data,
                id=row["id"].data,
                pack_size=row["pack"].data or 1,
            )
        )
    if not found:
        raise FieldError("size_0_price", _l("Give at least one price."))
    return found


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/stock/<int:variant_id>")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER, Role.CLERK)
def set_stock(merchant_id: int, listing_id: int, variant_id: int) -> Response:
    """Count the shelf; less than is promised is refused, naming the orders."""
    keeping.listing_of(merchant_id, listing_id)
    if variant_id not in {
        row.id for row in browsing.variants_of([listing_id], at=clock.now())[listing_id]
    }:
        raise NotFoundError
    form = StockForm.posted()
    page = _shelf(merchant_id) | {"counting": variant_id}
    with form.shows_field_errors("workbench/listings.html", **page):
        form.check()
        try:
            with transaction(once=form.key) as act:
                services.set_stock(me(), variant_id, form.total.data, at=clock.now())
                act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
        except BelowPromisedError as promised:
            return render(
                "workbench/listings.html", 409, promised=promised.data, form=form,
                numbers=numbers_of(promised.data["order_ids"]), **page,
            )  # fmt: skip
    return said(act.location, STOCKED)


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/sold-out")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER, Role.CLERK)
def sold_out(merchant_id: int, listing_id: int) -> Response:
    """Sold out for today with one tap, or back."""
    keeping.listing_of(merchant_id, listing_id)
    form = MarkForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.mark_sold_out(me(), listing_id, form.on.data, at=clock.now())
        act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    return said(act.location, SOLD_OUT if form.on.data else BACK)


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/publish")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def publish(merchant_id: int, listing_id: int) -> Response:
    """Put a draft on sale."""
    keeping.listing_of(merchant_id, listing_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.publish_listing(me(), listing_id, at=clock.now())
        act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    return said(act.location, LISTED)


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/copy")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def copy(merchant_id: int, listing_id: int) -> Response:
    """Make a draft out of what is there already, and open it."""
    keeping.listing_of(merchant_id, listing_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        made = shelf.copy_listing(me(), listing_id, at=clock.now())
        act.leads_to(url_for("workbench.listing", merchant_id=merchant_id, listing_id=made.id))
    return said(act.location, COPIED)


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/archive")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def archive(merchant_id: int, listing_id: int) -> Response:
    """Take a listing off the shelf, or put it back."""
    keeping.listing_of(merchant_id, listing_id)
    form = MarkForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.archive_listing(me(), listing_id, form.on.data, at=clock.now())
        act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    return said(act.location, ARCHIVED if form.on.data else BACK)


@bp.route("/<int:merchant_id>/resources/new", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_resource(merchant_id: int) -> Response:
    """Add a person, chair or room that services need."""
    return _saved_resource(ResourceForm.posted(), merchant_id, None)


@bp.route("/<int:merchant_id>/resources/<int:resource_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def resource(merchant_id: int, resource_id: int) -> Response:
    """Change a person, chair or room and its working days."""
    rows = [row for row in keeping.resources_of(merchant_id) if row.id == resource_id]
    if not rows:
        raise NotFoundError
    values: dict[str, Any] = {}
    for day in range(len(WEEKDAYS)):
        of_day = [weekly for weekly in rows[0].weekly if weekly.weekday == day]
        for part, weekly in zip("ab", of_day, strict=False):
            values[f"day_{day}_{part}_from"] = clock_text(weekly.starts_minute)
            values[f"day_{day}_{part}_to"] = clock_text(weekly.ends_minute)
    return _saved_resource(ResourceForm.posted(obj=rows[0], **values), merchant_id, resource_id)


def _saved_resource(form: ResourceForm, merchant_id: int, resource_id: int | None) -> Response:
    page: dict[str, Any] = {
        "merchant_id": merchant_id, "resource_id": resource_id, "weekdays": WEEKDAYS,
    }  # fmt: skip
    if request.method == "GET":
        return render("workbench/resource.html", form=form, **page)
    with form.shows_field_errors("workbench/resource.html", **page):
        form.check()
        draft = ResourceDraft(
            kind=ResourceKind(form.kind.data),
            name_zh=(form.name_zh.data or "").strip(),
            name_en=(form.name_en.data or "").strip(),
            weekly=tuple(_weekly(form)),
            id=resource_id,
        )
        with transaction(once=form.key) as act:
            services.save_resource(me(), merchant_id, draft, at=clock.now())
            act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    return said(act.location, CHANGED)


def _weekly(form: ResourceForm) -> list[WeeklyHours]:
    found = []
    for day, stretches in form.stretches():
        for start, end in stretches:
            if not start.data and not end.data:
                continue
            begin, finish = minutes_of(start.data or ""), minutes_of(end.data or "")
            if begin is None or finish is None or finish <= begin:
                raise FieldError(start.name, _l("Write from when to when."))
            found.append(WeeklyHours(day, begin, finish))
    return found


@bp.post("/<int:merchant_id>/resources/<int:resource_id>/archive")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def archive_resource(merchant_id: int, resource_id: int) -> Response:
    """Take a person, chair or room out of use."""
    if resource_id not in {row.id for row in keeping.resources_of(merchant_id)}:
        raise NotFoundError
    form = MarkForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.archive_resource(me(), resource_id, at=clock.now())
        act.leads_to(url_for("workbench.listings", merchant_id=merchant_id))
    return said(act.location, CHANGED)
