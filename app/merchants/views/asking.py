"""Applications for a shop, claims of one, and wishes to have its page taken down."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pages import render, said, toast
from app.merchants.forms import ApplicationForm, RequestForm
from app.merchants.queries import browsing
from app.merchants.services import shops
from app.merchants.types import (
    MerchantDraft,
    RequestKind,
)
from app.merchants.types.papers import PaperDraft, PaperKind
from app.merchants.views.blueprint import bp
from app.places.queries import neighbourhoods

APPLIED = toast("merchants.applied", _l("Your application is with the operator."))
ASKED = toast("merchants.asked", _l("Your request is with the operator."))


def _choices(form: ApplicationForm) -> None:
    trades = [(row[0], pick(row[2], row[3])) for row in browsing.categories()]
    areas = [(area.id, pick(area.name, area.name_en or "")) for area in neighbourhoods()]
    form.offer(trades, [(0, _("Elsewhere")), *areas])


@bp.route("/apply", methods=["GET", "POST"])
@member
def apply() -> Response:
    """Apply to open a shop."""
    form = ApplicationForm.posted(neighbourhood_id=me().neighbourhood_id or 0)
    _choices(form)
    if request.method == "GET":
        return render("merchants/apply.html", form=form)
    with form.shows_field_errors("merchants/apply.html"):
        form.check()
        with transaction(once=form.key) as act:
            shop = shops.apply(
                me(), draft_of(form), application=form.application.data or "", at=clock.now(),
                papers=_papers(form),
            )  # fmt: skip
            act.leads_to(url_for("merchants.merchant", merchant_id=shop.id))
    return said(act.location, APPLIED)


def _papers(form: ApplicationForm) -> list[tuple[str, PaperDraft]]:
    """Return the papers that an application names, each with the field that its number is in."""
    holder = (form.holder.data or form.name_zh.data or form.name_en.data or "").strip()
    typed = (("licence", PaperKind.LICENCE), ("permit", PaperKind.FOOD_PERMIT))
    return [
        (field, PaperDraft(kind, number, holder))
        for field, kind in typed
        if (number := (form[field].data or "").strip())
    ]


def draft_of(form: Any) -> MerchantDraft:
    """Return what a form says of a shop."""
    place = form.position()
    return MerchantDraft(
        name_zh=(form.name_zh.data or "").strip(),
        name_en=(form.name_en.data or "").strip(),
        category_id=form.category_id.data,
        description=form.description.data or "",
        address=form.address.data or "",
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        neighbourhood_id=form.neighbourhood_id.data or None,
        phone=form.phone.data or "",
        opening_hours=form.opening_hours.data or "",
    )


@bp.route("/<int:merchant_id>/claim", methods=["GET", "POST"])
@member
def claim(merchant_id: int) -> Response:
    """Say that an unclaimed shop is one's own."""
    return _ask(merchant_id, RequestKind.CLAIM)


@bp.route("/<int:merchant_id>/remove", methods=["GET", "POST"])
@member
def remove(merchant_id: int) -> Response:
    """Ask that an unclaimed page be taken down."""
    return _ask(merchant_id, RequestKind.REMOVAL)


def _ask(merchant_id: int, kind: RequestKind) -> Response:
    shop = browsing.merchant_for(me(), merchant_id)
    form = RequestForm.posted()
    if request.method == "GET":
        return render("merchants/ask.html", form=form, shop=shop, kind=kind)
    with form.shows_field_errors("merchants/ask.html", shop=shop, kind=kind):
        form.check()
        with transaction(once=form.key) as act:
            shops.ask_about(
                me(), merchant_id, kind, phone=form.phone.data or "",
                licence=form.licence.data or "", message=form.message.data or "", at=clock.now(),
            )  # fmt: skip
            act.leads_to(url_for("merchants.merchant", merchant_id=merchant_id))
    return said(act.location, ASKED)
