"""How goods are shown: a listing's pictures, the sections of the shelf, and the order of both."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture, prepared
from app.core.pages import render, said, toast
from app.merchants.queries import browsing, keeping
from app.merchants.queries.sections import in_sections, sections_of
from app.merchants.services import pictures as services
from app.merchants.services import sections
from app.workbench.forms.listings import OrderForm, PicturesForm, SectionForm
from app.workbench.views.blueprint import bp

SHOWN = toast("workbench.pictures", _l("This is how it is shown now."))


@bp.route("/<int:merchant_id>/listings/<int:listing_id>/pictures", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def pictures(merchant_id: int, listing_id: int) -> Response:
    """See a listing's pictures, and add some."""
    there = keeping.listing_of(merchant_id, listing_id)
    form = PicturesForm.posted()
    page: dict[str, Any] = {"merchant_id": merchant_id, "listing": there}
    page["picture_ids"] = services.pictures_of(there)
    if request.method == "GET":
        return render("workbench/pictures.html", form=form, **page)
    with form.shows_field_errors("workbench/pictures.html", **page):
        form.check()
        new = _sent(form)
        with transaction(once=form.key) as act:
            services.add_pictures(me(), listing_id, new, at=clock.now())
            act.leads_to(request.path)
    return said(act.location, SHOWN)


def _sent(form: PicturesForm) -> list[PreparedPicture]:
    files = [*(form.pictures.data or ()), form.photo.data]
    some = [file for file in files if getattr(file, "filename", "")]
    if not some:
        raise FieldError("pictures", _l("Choose a picture first."))
    if len(some) > services.MOST_PICTURES:
        raise FieldError("pictures", _l("Eight pictures are the most."))
    return [prepared(file, field="pictures") for file in some]


@bp.post("/<int:merchant_id>/listings/<int:listing_id>/pictures/order")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def order_pictures(merchant_id: int, listing_id: int) -> Response:
    """Put a listing's pictures in another order, or take one away."""
    keeping.listing_of(merchant_id, listing_id)
    form = OrderForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(url_for("workbench.pictures", merchant_id=merchant_id, listing_id=listing_id))
        if form.gone_id.data:
            services.remove_picture(me(), listing_id, form.gone_id.data, at=clock.now())
        else:
            services.order_pictures(me(), listing_id, form.ids(), at=clock.now())
    return said(act.location, SHOWN)


@bp.route("/<int:merchant_id>/sections", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def shelf_sections(merchant_id: int) -> Response:
    """See the sections of the shelf with what stands in them; add one, or name one anew."""
    form = SectionForm.posted()
    page: dict[str, Any] = {"merchant_id": merchant_id, "sections": sections_of(merchant_id)}
    page["shelf"] = in_sections(browsing.listings_of_merchant(merchant_id, at=clock.now()))
    if request.method == "GET":
        return render("workbench/sections.html", form=form, **page)
    with form.shows_field_errors("workbench/sections.html", **page):
        form.check()
        with transaction(once=form.key) as act:
            sections.save_section(
                me(), merchant_id, name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "", section_id=form.section_id.data, at=clock.now(),
            )  # fmt: skip
            act.leads_to(request.path)
    return said(act.location, SHOWN)


@bp.post("/<int:merchant_id>/sections/order")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def order_sections(merchant_id: int) -> Response:
    """Put the sections in another order, or take one away; what stood in it stays on the shelf."""
    form = OrderForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(url_for("workbench.shelf_sections", merchant_id=merchant_id))
        if form.gone_id.data:
            sections.remove_section(me(), merchant_id, form.gone_id.data, at=clock.now())
        else:
            sections.order_sections(me(), merchant_id, form.ids(), at=clock.now())
    return said(act.location, SHOWN)


@bp.post("/<int:merchant_id>/listings/order")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def order_listings(merchant_id: int) -> Response:
    """Put what stands in a section in another order."""
    form = OrderForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        act.leads_to(url_for("workbench.shelf_sections", merchant_id=merchant_id))
        sections.order_listings(me(), merchant_id, form.ids(), at=clock.now())
    return said(act.location, SHOWN)
