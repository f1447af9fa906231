"""Delivery areas: a pickup point that delivers, with its shape, fee and minimum."""

from __future__ import annotations

from datetime import datetime

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import DeliveryZone, Merchant
from app.merchants.policies import selling
from app.merchants.queries.delivery import zone_of
from app.merchants.services.points import save_point
from app.merchants.types import FeeStep, ZoneDraft
from app.places.types.points import Point

CORNERS = range(3, 501)
RADIUS = range(50, 50_001)
MOST_STEPS = 10


def save_zone(
    actor: Viewer, merchant_id: int, draft: ZoneDraft, *, at: datetime, point_id: int | None = None
) -> DeliveryZone:
    """Add or change a delivery area of a shop; orders that stand keep their fee and their time.

    Refuses a shop that stands nowhere on the map, no shape, a shape that is none, and a step that
    costs more than the area itself.
    """
    selling.check_keeps(actor, merchant_id)
    if point_id is not None:
        zone_of(merchant_id, point_id)
    shop = db.session.get_one(Merchant, merchant_id)
    if shop.lat is None:
        raise FieldError("radius", _l("Put the shop on the map first: distances begin there."))
    _check_shape(draft)
    _check_steps(draft)
    point = save_point(actor, merchant_id, draft.point, at=at, point_id=point_id)
    zone = db.session.get(DeliveryZone, point.id) or DeliveryZone(point_id=point.id)
    zone.radius_metres = draft.radius_metres
    zone.outline = [list(corner) for corner in draft.outline] or None
    zone.minimum_minor, zone.fee_minor = draft.minimum_minor, draft.fee_minor
    zone.steps = [_kept(step) for step in draft.steps]
    db.session.add(zone)
    db.session.flush()
    return zone


def _kept(step: FeeStep) -> list[int | None]:
    return [step.fee_minor, step.up_to_metres, step.from_minor]


def _check_shape(draft: ZoneDraft) -> None:
    if (draft.radius_metres is None) == (not draft.outline):
        raise FieldError("radius", _l("Give a distance or an outline, one of the two."))
    if draft.radius_metres is not None and draft.radius_metres not in RADIUS:
        raise FieldError("radius", _l("Choose between 50 metres and 50 kilometres."))
    if draft.outline and (
        len(draft.outline) not in CORNERS
        or not all(Point(*corner).is_on_earth for corner in draft.outline)
    ):
        raise FieldError("outline", _l("An outline needs three corners of latitude and longitude."))


def _check_steps(draft: ZoneDraft) -> None:
    if len(draft.steps) > MOST_STEPS or any(
        step.fee_minor >= draft.fee_minor or (step.up_to_metres is None and step.from_minor is None)
        for step in draft.steps
    ):
        raise FieldError(
            "steps", _l("A step says how near or from which sum it is cheaper than the usual fee.")
        )
