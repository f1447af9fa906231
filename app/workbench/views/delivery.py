"""Delivery: the areas to which a shop brings its orders, the day's run, and one stop of it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.media.services import prepared
from app.core.pages import render, said, toast
from app.merchants.queries import browsing, collecting
from app.merchants.queries import delivery as areas
from app.merchants.services import delivery as zones
from app.merchants.services import points
from app.merchants.types import FeeStep, ZoneDraft, ZoneRow
from app.orders.errors import CodeUnknownError
from app.orders.queries.deliveries import run_of, stop_of
from app.orders.queries.orders import lines_of
from app.orders.services import deliveries
from app.orders.services.counter import check_tries, note_wrong_code
from app.payments.types import PayWay
from app.places.parts import distance_words, outline_in
from app.places.queries import neighbourhoods
from app.places.types.points import Datum
from app.workbench.forms import (
    WEEKDAYS,
    DoorForm,
    NotTakenForm,
    ZoneForm,
    minor_of,
    plain_amount,
)
from app.workbench.views.blueprint import bp
from app.workbench.views.shop import SAVED, point_draft, point_values, usual_times

TAKEN_ALONG = toast("workbench.taken_along", _l("On the way. The buyers see it."))
DELIVERED = toast("workbench.delivered", _l("Handed over."))
NOT_TAKEN = toast("workbench.not_taken", _l("Written down. The buyer knows."))


@bp.get("/<int:merchant_id>/run")
@staff_of("merchant_id")
def run(merchant_id: int) -> Response:
    """Show what is to be brought today, in the order in which one goes."""
    return render("workbench/run.html", **_run(merchant_id))


@bp.post("/<int:merchant_id>/run/take-along")
@staff_of("merchant_id")
def take_along(merchant_id: int) -> Response:
    """Take the ticked orders along."""
    form = ButtonForm.posted()
    form.check()
    ticked = [int(one) for one in request.form.getlist("order") if one.isascii() and one.isdigit()]
    known = {stop.delivery.order_id for stop in run_of(merchant_id, at=clock.now())}
    if not ticked or not known.issuperset(ticked):
        refused = FieldError("order", _l("Tick what you take along."))
        return render("workbench/run.html", 422, refused=refused, **_run(merchant_id))
    with transaction(once=form.key) as act:
        deliveries.send_out(me(), sorted(set(ticked)), at=clock.now())
        act.leads_to(url_for("workbench.run", merchant_id=merchant_id))
    return said(act.location, TAKEN_ALONG)


@bp.get("/<int:merchant_id>/run/<int:order_id>")
@staff_of("merchant_id")
def stop(merchant_id: int, order_id: int) -> Response:
    """Show one stop: the door, the phone, the way, what is in the bag and what is to pay."""
    return render("workbench/stop.html", form=DoorForm.posted(), **_stop(merchant_id, order_id))


@bp.post("/<int:merchant_id>/run/<int:order_id>/deliver")
@staff_of("merchant_id")
def deliver(merchant_id: int, order_id: int) -> Response:
    """Hand an order over at the door."""
    page = _stop(merchant_id, order_id)
    who = [f"counter:{me().id}", f"counter:{merchant_id}:{request.remote_addr or 'nobody'}"]
    form = DoorForm.posted()
    check_tries(who, at=clock.now())
    with form.shows_field_errors("workbench/stop.html", **page):
        form.check()
        photo, way = form.picture.data, request.form.get("money", "")
        picture = prepared(photo) if getattr(photo, "filename", "") else None
        try:
            with transaction(once=form.key) as act:
                deliveries.deliver(
                    me(),
                    order_id,
                    code=form.code.data or "",
                    taken_by=form.taken_by.data or "",
                    picture=picture,
                    money=PayWay(way) if way in list(PayWay) else None,
                    at=clock.now(),
                )
                act.leads_to(url_for("workbench.run", merchant_id=merchant_id))
        except CodeUnknownError as wrong:
            with transaction():
                note_wrong_code(who, at=clock.now())
            words = _l("This is not the code of this order. Ask again, or hand over another way.")
            raise FieldError("code", words) from wrong
    return said(act.location, DELIVERED)


@bp.post("/<int:merchant_id>/run/<int:order_id>/not-taken")
@staff_of("merchant_id")
def not_taken(merchant_id: int, order_id: int) -> Response:
    """Write down that nobody took it: tried again, or back to the shop."""
    page = _stop(merchant_id, order_id)
    form = NotTakenForm.posted()
    with form.shows_field_errors("workbench/stop.html", door=DoorForm.posted(), **page):
        form.check()
        with transaction(once=form.key) as act:
            deliveries.fail(
                me(),
                order_id,
                reason=form.reason.data or "",
                is_again=request.form.get("next") == "again",
                at=clock.now(),
            )
            act.leads_to(url_for("workbench.run", merchant_id=merchant_id))
    return said(act.location, NOT_TAKEN)


@bp.get("/<int:merchant_id>/zones")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def zone_list(merchant_id: int) -> Response:
    """See to where the shop delivers."""
    mine = areas.zones_of([merchant_id]).get(merchant_id, [])
    ahead = collecting.slots_of_points(
        [zone.point for zone in mine], merchant_ids=[merchant_id], at=clock.now(), days=2
    )
    return render(
        "workbench/zones.html", merchant_id=merchant_id, zones=mine, ahead=ahead,
        far=distance_words,
    )  # fmt: skip


@bp.route("/<int:merchant_id>/zones/new", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def new_zone(merchant_id: int) -> Response:
    """Add a delivery area."""
    times = usual_times(merchant_id) if request.method == "GET" else {}
    form = ZoneForm.posted(
        name_zh="附近", name_en="Near the shop", radius=2000, lead_minutes=60, days_ahead=3,
        slot_minutes=60, capacity=6, **times,
    )  # fmt: skip
    return _saved_zone(form, merchant_id, None)


@bp.route("/<int:merchant_id>/zones/<int:point_id>", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def zone(merchant_id: int, point_id: int) -> Response:
    """Change a delivery area; orders that stand keep their fee and their time."""
    found = areas.zone_of(merchant_id, point_id)
    form = ZoneForm.posted(obj=found.point, **point_values(found.point), **_zone_values(found))
    return _saved_zone(form, merchant_id, point_id)


@bp.post("/<int:merchant_id>/zones/<int:point_id>/close")
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def close_zone(merchant_id: int, point_id: int) -> Response:
    """Take no new orders for an area."""
    areas.zone_of(merchant_id, point_id)
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        points.archive_point(me(), point_id, True, at=clock.now())
        act.leads_to(url_for("workbench.zone_list", merchant_id=merchant_id))
    return said(act.location, SAVED)


def _run(merchant_id: int) -> dict[str, Any]:
    return {
        "merchant_id": merchant_id,
        "stops": run_of(merchant_id, at=clock.now()),
        "far": distance_words,
        "keeps": me().is_staff_of(merchant_id, Role.OWNER, Role.MANAGER),
        "delivers": bool(areas.zones_of([merchant_id])),
    }


def _stop(merchant_id: int, order_id: int) -> dict[str, Any]:
    found = stop_of(merchant_id, order_id, at=clock.now())
    if found is None:
        raise NotFoundError
    lines = lines_of([order_id]).get(order_id, [])
    return {"merchant_id": merchant_id, "stop": found, "lines": lines, "far": distance_words}


def _saved_zone(form: ZoneForm, merchant_id: int, point_id: int | None) -> Response:
    shop = browsing.merchant_for(me(), merchant_id)
    page: dict[str, Any] = {
        "merchant_id": merchant_id, "point_id": point_id, "weekdays": WEEKDAYS, "shop": shop,
        "areas": _areas(),
    }  # fmt: skip
    if request.method == "GET":
        return render("workbench/zone.html", form=form, **page)
    with form.shows_field_errors("workbench/zone.html", **page):
        form.check()
        draft = _zone_draft(form)
        with transaction(once=form.key) as act:
            zones.save_zone(me(), merchant_id, draft, at=clock.now(), point_id=point_id)
            act.leads_to(url_for("workbench.zone_list", merchant_id=merchant_id))
    return said(act.location, SAVED)


def _areas() -> list[dict[str, Any]]:
    """Return the town's neighbourhoods, for the ground on which an outline is drawn."""
    return [
        {"name": pick(row.name, row.name_en), "polygon": row.polygon}
        for row in neighbourhoods()
        if row.polygon
    ]


def _zone_draft(form: ZoneForm) -> ZoneDraft:
    """Return what a form says of an area; an outline wins over the distance beside it."""
    outline = outline_in(form.outline.data or "", Datum(form.datum.data))
    return ZoneDraft(
        point=point_draft(form, delivers=True),
        radius_metres=None if outline else form.radius.data,
        outline=outline,
        minimum_minor=minor_of(form.minimum.data),
        fee_minor=minor_of(form.fee.data),
        steps=tuple(
            FeeStep(
                minor_of(fee.data),
                up_to_metres=metres.data,
                from_minor=minor_of(since.data) if (since.data or "").strip() else None,
            )
            for metres, since, fee in form.rows()
            if metres.data or (since.data or "").strip() or (fee.data or "").strip()
        ),
    )


def _zone_values(found: ZoneRow) -> dict[str, Any]:
    values: dict[str, Any] = {
        "radius": found.radius_metres,
        "outline": "\n".join(f"{lat}, {lng}" for lat, lng in found.outline),
        "minimum": plain_amount(found.minimum_minor or None),
        "fee": plain_amount(found.fee_minor),
    }
    for row, step in enumerate(found.steps):
        values[f"step_{row}_metres"] = step.up_to_metres
        values[f"step_{row}_from"] = plain_amount(step.from_minor)
        values[f"step_{row}_fee"] = plain_amount(step.fee_minor)
    return values
