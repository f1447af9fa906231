"""A member's own addresses, and the pin that a hand sets where the geocoder is silent."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from wtforms import SelectChoice

from app.core import clock, i18n
from app.core.access import me, member
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.places import queries, services
from app.places.forms import AddressForm, PinForm
from app.places.types.points import Datum, Point

bp = Blueprint("places", __name__, url_prefix="/me/addresses", template_folder="templates")

KEPT = toast("places.kept", _l("The address is kept."))
PINNED = toast("places.pinned", _l("The pin stands."))
REMOVED = toast("places.removed", _l("The address is gone from your list."))

TOWN = Point(30.7667, 103.981)


def _choices() -> list[SelectChoice]:
    rows = queries.neighbourhoods()
    names = [SelectChoice(row.id, i18n.pick(row.name, row.name_en)) for row in rows]
    return [SelectChoice(0, _l("Elsewhere")), *names]


def _own() -> tuple[str, int]:
    return "user", me().id or 0


@bp.get("/")
@member
def addresses() -> Response:
    return render("places/addresses.html", rows=queries.addresses_of(_own()))


@bp.route("/new", methods=["GET", "POST"])
@member
def new_address() -> Response:
    return _address_page(None)


@bp.route("/<int:address_id>", methods=["GET", "POST"])
@member
def address(address_id: int) -> Response:
    return _address_page(address_id)


def _address_page(address_id: int | None) -> Response:
    row = None if address_id is None else queries.address_for(me(), address_id)
    home = row.neighbourhood_id if row else me().neighbourhood_id
    form = AddressForm.posted(row, neighbourhood_id=home or 0)
    form.neighbourhood_id.choices = _choices()
    if request.method == "GET":
        return render("places/address.html", form=form, row=row)
    with form.shows_field_errors("places/address.html", row=row):
        form.check()
        values = {name: text for name, text in form.data.items() if name != "neighbourhood_id"}
        values["neighbourhood_id"] = form.neighbourhood_id.data or None
        with transaction(once=form.key) as act:
            if address_id is None:
                kept = services.add_address(_own(), at=clock.now(), **values)
            else:
                kept = services.edit_address(me(), address_id, **values)
            act.leads_to(_after(kept.id, is_pinned=kept.is_pinned))
    return said(act.location, KEPT)


def _after(address_id: int, *, is_pinned: bool) -> str:
    if is_pinned:
        return url_for("places.addresses")
    return url_for("places.pin", address_id=address_id)


@bp.route("/<int:address_id>/pin", methods=["GET", "POST"])
@member
def pin(address_id: int) -> Response:
    row = queries.address_for(me(), address_id)
    form = PinForm.posted(row)
    context = _ground(row.neighbourhood_id)
    context["row"] = row
    if request.method == "GET":
        return render("places/pin.html", form=form, **context)
    with form.shows_field_errors("places/pin.html", **context):
        form.check()
        point = Point(form.lat.data, form.lng.data)
        with transaction(once=form.key) as act:
            services.pin_address(me(), address_id, point, datum=Datum(form.datum.data))
            act.leads_to(url_for("places.addresses"))
    return said(url_for("places.addresses"), PINNED)


def _ground(neighbourhood_id: int | None) -> dict[str, Any]:
    """Return what the map draws under the pin: the outlines, and where to look first."""
    rows = queries.neighbourhoods()
    own = next((row for row in rows if row.id == neighbourhood_id), next(iter(rows), None))
    middle = own.point if own else TOWN
    areas = [
        {"name": i18n.pick(row.name, row.name_en), "polygon": row.polygon, "mine": row is own}
        for row in rows
        if row.polygon
    ]
    return {"areas": areas, "centre": [middle.lat, middle.lng]}


@bp.post("/<int:address_id>/remove")
@member
def remove_address(address_id: int) -> Response:
    ButtonForm.posted().check()
    with transaction():
        services.archive_address(me(), address_id, at=clock.now())
    return said(url_for("places.addresses"), REMOVED)
