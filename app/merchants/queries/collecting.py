"""Pickup points and their slots: what can be chosen, and why something cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from app.core import clock
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.core.pools.queries import pools_by_key
from app.merchants.models import (
    Merchant,
    MerchantPoint,
    OpeningSpanEntry,
    PickupPoint,
    SlotRule,
)
from app.merchants.policies.slots import (
    PlannedSlot,
    SlotRuleRow,
    check_slot,
    open_days_of,
    planned_slots,
    slot_choice,
    works_on,
)
from app.merchants.queries.selling import IDS
from app.merchants.types import SLOT_POOL, PointRow, SlotChoice

_POINT: tuple[Any, ...] = (
    PickupPoint.id, PickupPoint.merchant_id, PickupPoint.name_zh, PickupPoint.name_en,
    PickupPoint.address, PickupPoint.lat, PickupPoint.lng, PickupPoint.note,
    PickupPoint.lead_minutes, PickupPoint.cut_off_days, PickupPoint.cut_off_minute,
    PickupPoint.days_ahead, PickupPoint.archived_at.is_not(None),
)  # fmt: skip


_POINTS_OF_SHOPS: Any = (
    select(*_POINT, MerchantPoint.merchant_id)
    .outerjoin(
        MerchantPoint,
        and_(MerchantPoint.point_id == PickupPoint.id, MerchantPoint.merchant_id.in_(IDS)),
    )
    .where(
        PickupPoint.archived_at.is_(None),
        or_(PickupPoint.merchant_id.in_(IDS), MerchantPoint.merchant_id.is_not(None)),
    )
    .order_by(PickupPoint.merchant_id.is_(None), PickupPoint.id)
)
_RULES: Any = (
    select(
        SlotRule.id, SlotRule.point_id, SlotRule.weekday, SlotRule.starts_minute,
        SlotRule.ends_minute, SlotRule.slot_minutes, SlotRule.capacity,
    )
    .where(SlotRule.point_id.in_(IDS))
    .order_by(SlotRule.weekday, SlotRule.starts_minute)
)  # fmt: skip
_SHOP_DAYS: Any = (
    select(
        Merchant.id, Merchant.closed_on, OpeningSpanEntry.starts_at, OpeningSpanEntry.ends_at
    )
    .outerjoin(
        OpeningSpanEntry,
        and_(
            OpeningSpanEntry.merchant_id == Merchant.id,
            OpeningSpanEntry.ends_at > bindparam("first"),
        ),
    )
    .where(Merchant.id.in_(IDS))
)  # fmt: skip
_POINTS_WITH_RULES: Any = (
    select(
        *_POINT, SlotRule.id, SlotRule.weekday, SlotRule.starts_minute, SlotRule.ends_minute,
        SlotRule.slot_minutes, SlotRule.capacity,
    )
    .outerjoin(
        MerchantPoint,
        and_(
            MerchantPoint.point_id == PickupPoint.id,
            MerchantPoint.merchant_id == bindparam("merchant_id"),
        ),
    )
    .outerjoin(SlotRule, SlotRule.point_id == PickupPoint.id)
    .where(
        PickupPoint.archived_at.is_(None),
        or_(
            PickupPoint.merchant_id == bindparam("merchant_id"),
            MerchantPoint.merchant_id.is_not(None),
        ),
    )
    .order_by(PickupPoint.merchant_id.is_(None), PickupPoint.id, SlotRule.starts_minute)
)  # fmt: skip


def _points(*conditions: Any) -> Any:
    return select(*_POINT).where(*conditions).order_by(PickupPoint.id)


def points_for(merchant_ids: Iterable[int]) -> dict[int, list[PointRow]]:
    """Return where each shop's orders can be collected: its own points, then the site's it uses."""
    ids = set(merchant_ids)
    found: dict[int, list[PointRow]] = {merchant_id: [] for merchant_id in ids}
    if not ids:
        return found
    for row in fetch(_POINTS_OF_SHOPS, ids=list(ids)):
        point = PointRow(*row[:-1])
        owner = point.merchant_id if point.merchant_id in ids else row[-1]
        found[owner].append(point)
    return found


def points_by_id(point_ids: Iterable[int]) -> dict[int, PointRow]:
    """Return points by id, archived ones too."""
    ids = set(point_ids)
    if not ids:
        return {}
    rows = db.session.execute(_points(PickupPoint.id.in_(ids)))
    return {row[0]: PointRow(*row) for row in rows}


def site_points(*, with_archived: bool = False) -> list[PointRow]:
    """Return the site's own pickup points."""
    wanted = _points(PickupPoint.merchant_id.is_(None))
    if not with_archived:
        wanted = wanted.where(PickupPoint.archived_at.is_(None))
    return [PointRow(*row) for row in db.session.execute(wanted)]


def rules_of(point_ids: Iterable[int]) -> dict[int, list[SlotRuleRow]]:
    """Return the weekly slot rules of points."""
    found: dict[int, list[SlotRuleRow]] = {}
    for row in fetch(_RULES, ids=list(set(point_ids))):
        found.setdefault(row.point_id, []).append(SlotRuleRow(*row))
    return found


def slots_of_points(
    points: Sequence[PointRow],
    *,
    merchant_ids: Iterable[int],
    at: datetime,
    days: int | None = None,
) -> dict[int, list[SlotChoice]]:
    """Return the slots of several points with their free places; three statements for any
    number.
    """
    rules = rules_of([point.id for point in points])
    zone, first = clock.site_zone(), clock.local(at).date()
    days_of_shops = _shop_days(merchant_ids, first)
    planned: list[PlannedSlot] = []
    for point in points:
        ahead = point.days_ahead if days is None else days
        planned += planned_slots(point, rules.get(point.id, ()), first=first, days=ahead, zone=zone)
    planned = [slot for slot in planned if slot.ends_at > at and days_of_shops.serve(slot)]
    pools = pools_by_key(SLOT_POOL, [slot.key for slot in planned], at=at)
    found: dict[int, list[SlotChoice]] = {point.id: [] for point in points}
    for slot in planned:
        chosen = slot_choice(
            slot, pools.get(slot.key), at=at, closed_days=days_of_shops.closed, zone=zone
        )
        found[slot.point.id].append(chosen)
    return found


def slots_for(
    point_id: int,
    *,
    merchant_ids: Iterable[int],
    at: datetime,
    days: int | None = None,
) -> list[SlotChoice]:
    """Return the slots of one point, full and past ones with their reason; refuses an unknown
    point.
    """
    point = points_by_id([point_id]).get(point_id)
    if point is None:
        raise NotFoundError
    return slots_of_points([point], merchant_ids=merchant_ids, at=at, days=days)[point_id]


def slot_for(
    point_id: int, key: str, *, merchant_ids: Iterable[int], at: datetime
) -> SlotChoice:  # fmt: skip
    """Return a slot that can be chosen now; refuses one that is full, past its cut-off, closed or
    unknown.
    """
    choices = slots_for(point_id, merchant_ids=merchant_ids, at=at)
    return check_slot(next((slot for slot in choices if slot.key == key), None), key)


@dataclass(frozen=True, slots=True)
class _ShopDays:
    """When some shops are closed by hand, and on which days each works."""

    closed: frozenset[date]
    works: tuple[frozenset[date], ...]

    def serve(self, slot: PlannedSlot) -> bool:
        """A point of the town is served only on days on which every one of the shops works."""
        if slot.point.merchant_id is not None:
            return True
        return all(works_on(slot.day, days) for days in self.works)


def _shop_days(merchant_ids: Iterable[int], first: date) -> _ShopDays:
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    closed: set[date] = set()
    ids = list(set(merchant_ids))
    if ids:
        for shop_id, closed_on, starts_at, ends_at in fetch(
            _SHOP_DAYS, ids=ids, first=clock.day_span(first)[0]
        ):
            if closed_on is not None:
                closed.add(closed_on)
            if starts_at is not None:
                spans.setdefault(shop_id, []).append((starts_at, ends_at))
    zone = clock.site_zone()
    works = tuple(frozenset(open_days_of(found, zone)) for found in spans.values())
    return _ShopDays(frozenset(closed), works)


def page_slots(
    merchant_id: int, *, at: datetime, days: int = 2
) -> list[tuple[PointRow, list[SlotChoice]]]:
    """Return a shop's points with the slots of the next days, for a listing's page; three
    statements.
    """
    rules: dict[PointRow, list[SlotRuleRow]] = {}
    for row in fetch(_POINTS_WITH_RULES, merchant_id=merchant_id):
        known = rules.setdefault(PointRow(*row[:13]), [])
        if row[13] is not None:
            known.append(SlotRuleRow(row[13], row[0], *row[14:]))
    zone, first = clock.site_zone(), clock.local(at).date()
    days_of_shop = _shop_days([merchant_id], first)
    planned = {
        point: [
            slot
            for slot in planned_slots(
                point, of_point, first=first, days=min(days, point.days_ahead), zone=zone
            )
            if slot.ends_at > at and days_of_shop.serve(slot)
        ]
        for point, of_point in rules.items()
    }
    keys = [slot.key for slots in planned.values() for slot in slots]
    pools = pools_by_key(SLOT_POOL, keys, at=at)
    return [
        (
            point,
            [
                slot_choice(
                    slot, pools.get(slot.key), at=at, closed_days=days_of_shop.closed, zone=zone
                )
                for slot in slots
            ],
        )
        for point, slots in planned.items()
    ]
