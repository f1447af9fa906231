"""Promotions for tests, made through the services."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.access import Grant, Viewer
from app.core.db import transaction
from app.promotions import services
from app.promotions.models import Promotion
from app.promotions.types import Draft, Form, Kind

OPERATOR = Viewer(grants=frozenset({Grant("operator")}))


def promotion(
    merchant_id: int | None,
    *,
    kind: Kind = Kind.COUPON,
    form: Form = Form.AMOUNT,
    actor: Viewer = OPERATOR,
    **more: Any,
) -> Promotion:
    """Make one that runs now, 5.00 off unless said otherwise."""
    at = clock.now()
    values: dict[str, Any] = {
        "name_zh": "立减券", "name_en": "Off coupon", "starts_at": at - timedelta(hours=1),
        "ends_at": at + timedelta(days=30), "merchant_id": merchant_id,
        "value_minor": 500 if form is Form.AMOUNT else 0,
    }  # fmt: skip
    with transaction():
        return services.make_promotion(actor, Draft(kind, form, **(values | more)), at=at)


def taken(who: Viewer, made: Promotion, **more: Any) -> int:
    """Let somebody take one."""
    with transaction():
        return services.take_coupon(who, made.id, at=clock.now(), **more)
