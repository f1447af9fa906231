"""Where something can still be collected today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from app.core import clock
from app.core.db import fetch
from app.merchants.models import Merchant, MerchantPoint, PickupPoint, SlotRule
from app.merchants.queries.collecting import slots_of_shops
from app.merchants.types import MerchantState

# So many points' keys are asked for at once.
AT_ONCE = 400

_POINTS_OF_THE_DAY = (
    select(PickupPoint.id)
    .join(SlotRule, SlotRule.point_id == PickupPoint.id)
    .where(PickupPoint.archived_at.is_(None), SlotRule.weekday == bindparam("weekday"))
)
_SHOPS: Any = (
    select(Merchant.id)
    .where(
        Merchant.state == MerchantState.ACTIVE,
        or_(
            Merchant.id.in_(
                select(PickupPoint.merchant_id).where(
                    PickupPoint.id.in_(_POINTS_OF_THE_DAY), PickupPoint.merchant_id.is_not(None)
                )
            ),
            Merchant.id.in_(
                select(MerchantPoint.merchant_id).where(
                    MerchantPoint.point_id.in_(_POINTS_OF_THE_DAY)
                )
            ),
        ),
    )
    .order_by(Merchant.id)
)


def shops_to_collect_from_today(*, at: datetime) -> tuple[int, ...]:
    """Return the shops with a pickup time that can still be chosen for today, by the rules by which
    a basket chooses one. Four statements for some hundred shops.
    """
    today = clock.local(at).date()
    ids = [row[0] for row in fetch(_SHOPS, weekday=today.weekday())]
    found: list[int] = []
    for start in range(0, len(ids), AT_ONCE):
        shops = slots_of_shops(ids[start : start + AT_ONCE], at=at, days=0)
        found += [
            shop_id
            for shop_id, points in shops.items()
            if any(slot.is_free for _point, slots in points for slot in slots)
        ]
    return tuple(found)
