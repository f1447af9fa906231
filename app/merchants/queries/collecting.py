"""Pickup points and their slots: what can be chosen, and why something cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, null, or_, select

from app.core import clock
from app.core.db import db, fetch
from app.core.errors import NotFoundError
from app.core.pools.queries import pools_between, pools_by_key
from app.core.pools.types import PoolRow
from app.merchants.models import (
    Closure,
    Merchant,
    MerchantPoint,
    OpeningSpanEntry,
    PickupPoint,
    Rush,
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
from app.merchants.types import SLOT_POOL, Load, PointRow, RushRow, SlotChoice, days_between

_WHOLE: tuple[Any, ...] = (
    PickupPoint.id, PickupPoint.merchant_id, PickupPoint.name_zh, PickupPoint.name_en,
    PickupPoint.address, PickupPoint.lat, PickupPoint.lng, PickupPoint.note,
    PickupPoint.lead_minutes, PickupPoint.cut_off_days, PickupPoint.cut_off_minute,
    PickupPoint.days_ahead, PickupPoint.archived_at.is_not(None), PickupPoint.delivers,
    PickupPoint.is_home, PickupPoint.closed,
)  # fmt: skip
# Where somebody's home is, only those learn who ordered: here it has neither address nor place.
_HIDDEN: dict[Any, Any] = {
    PickupPoint.address: "", PickupPoint.note: "", PickupPoint.lat: null(), PickupPoint.lng: null(),
}  # fmt: skip
POINT_COLUMNS: tuple[Any, ...] = tuple(
    case((PickupPoint.is_home, _HIDDEN[one]), else_=one) if one in _HIDDEN else one
    for one in _WHOLE
)
_WIDTH = len(POINT_COLUMNS)
NOTHING: Mapping[int, Load] = {}


_POINTS_OF_SHOPS: Any = (
    select(*POINT_COLUMNS, MerchantPoint.merchant_id)
    .outerjoin(
        MerchantPoint,
        and_(MerchantPoint.point_id == PickupPoint.id, MerchantPoint.merchant_id.in_(IDS)),
    )
    .where(
        PickupPoint.archived_at.is_(None),
        PickupPoint.delivers.is_(False),
        or_(PickupPoint.merchant_id.in_(IDS), MerchantPoint.merchant_id.is_not(None)),
    )
    .order_by(PickupPoint.merchant_id.is_(None), PickupPoint.id)
)
_RULES: Any = (
    select(
        SlotRule.id, SlotRule.point_id, SlotRule.weekday, SlotRule.starts_minute,
        SlotRule.ends_minute, SlotRule.slot_minutes, SlotRule.capacity, SlotRule.measure,
    )
    .where(SlotRule.point_id.in_(IDS))
    .order_by(SlotRule.weekday, SlotRule.starts_minute)
)  # fmt: skip
_SHOP_DAYS: Any = (
    select(
        Merchant.id, Merchant.closed_on, OpeningSpanEntry.starts_at, OpeningSpanEntry.ends_at,
        Rush.minutes, Rush.until, Closure.first, Closure.last,
    )
    .outerjoin(
        OpeningSpanEntry,
        and_(
            OpeningSpanEntry.merchant_id == Merchant.id,
            OpeningSpanEntry.ends_at > bindparam("first"),
        ),
    )
    .outerjoin(Rush, Rush.merchant_id == Merchant.id)
    .outerjoin(Closure, Closure.merchant_id == Merchant.id)
    .where(Merchant.id.in_(IDS))
)  # fmt: skip
_SHOPS: Any = (
    select(
        *POINT_COLUMNS, Merchant.id, Merchant.closed_on, Rush.minutes, Rush.until, Closure.first,
        Closure.last, SlotRule.id, SlotRule.weekday, SlotRule.starts_minute, SlotRule.ends_minute,
        SlotRule.slot_minutes, SlotRule.capacity, SlotRule.measure,
    )
    .select_from(Merchant)
    .join(
        PickupPoint,
        or_(
            PickupPoint.merchant_id == Merchant.id,
            PickupPoint.id.in_(
                select(MerchantPoint.point_id)
                .where(MerchantPoint.merchant_id == Merchant.id)
                .correlate(Merchant)
            ),
        ),
    )
    .outerjoin(SlotRule, SlotRule.point_id == PickupPoint.id)
    .outerjoin(Rush, Rush.merchant_id == Merchant.id)
    .outerjoin(Closure, Closure.merchant_id == Merchant.id)
    .where(
        Merchant.id.in_(IDS), PickupPoint.archived_at.is_(None),
        PickupPoint.delivers.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(
        Merchant.id, PickupPoint.merchant_id.is_(None), PickupPoint.id, SlotRule.weekday,
        SlotRule.starts_minute,
    )
)  # fmt: skip


def _points(*conditions: Any) -> Any:
    return select(*POINT_COLUMNS).where(*conditions).order_by(PickupPoint.id)


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
    """Return points by id, archived ones too, a home with its address."""
    ids = set(point_ids)
    if not ids:
        return {}
    wanted = select(*_WHOLE).where(PickupPoint.id.in_(ids)).order_by(PickupPoint.id)
    return {row[0]: PointRow(*row) for row in db.session.execute(wanted)}


def site_points(*, with_archived: bool = False) -> list[PointRow]:
    """Return the site's own pickup points."""
    wanted = _points(PickupPoint.merchant_id.is_(None))
    if not with_archived:
        wanted = wanted.where(PickupPoint.archived_at.is_(None))
    return [PointRow(*row) for row in db.session.execute(wanted)]


def rush_of(merchant_id: int, *, at: datetime) -> RushRow | None:
    """Return the rush in which a shop is now, or None."""
    row = db.session.execute(
        select(Rush.minutes, Rush.until).where(Rush.merchant_id == merchant_id, Rush.until > at)
    ).one_or_none()
    return RushRow(*row) if row else None


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
    load: Load | None = None,
) -> dict[int, list[SlotChoice]]:
    """Return the slots of several points with their free places, full where there is no room for
    `load`; three statements for any number.
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
        chosen = _choice(slot, pools.get(slot.key), days_of_shops, at, load)
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
    """When some shops are closed by hand, on which days each works, and which are in a rush."""

    closed: frozenset[date]
    works: tuple[frozenset[date], ...]
    rushes: tuple[RushRow, ...] = ()

    def serve(self, slot: PlannedSlot) -> bool:
        """A point of the town is served only on days on which every one of the shops works."""
        if slot.point.merchant_id is not None:
            return True
        return all(works_on(slot.day, days) for days in self.works)


def _choice(
    slot: PlannedSlot, pool: PoolRow | None, days: _ShopDays, at: datetime, load: Load | None
) -> SlotChoice:
    """Return a slot as these shops serve it now."""
    return slot_choice(slot, pool, at=at, closed_days=days.closed, rushes=days.rushes, load=load)


def _shop_days(merchant_ids: Iterable[int], first: date) -> _ShopDays:
    """Return when all of some shops work together."""
    ids = list(set(merchant_ids))
    each = _days_of_each(ids, first).values() if ids else ()
    closed = frozenset(day for days in each for day in days.closed)
    works = tuple(open_days for days in each for open_days in days.works)
    return _ShopDays(closed, works, tuple(rush for days in each for rush in days.rushes))


def _days_of_each(merchant_ids: Sequence[int], first: date) -> dict[int, _ShopDays]:
    """Return when each shop works. One statement."""
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    closed: dict[int, frozenset[date]] = {}
    rushes: dict[int, tuple[RushRow, ...]] = {}
    since = clock.day_span(first)[0]
    for row in fetch(_SHOP_DAYS, ids=merchant_ids, first=since):
        shop_id, closed_on, starts_at, ends_at = row[:4]
        rushes[shop_id] = _rushes(*row[4:6])
        closed[shop_id] = _closed(closed_on, *row[6:8])
        if starts_at is not None:
            spans.setdefault(shop_id, []).append((starts_at, ends_at))
    zone = clock.site_zone()
    return {
        shop_id: _ShopDays(
            days,
            (frozenset(open_days_of(spans[shop_id], zone)),) if shop_id in spans else (),
            rushes[shop_id],
        )
        for shop_id, days in closed.items()
    }


def _closed(closed_on: date | None, first: date | None, last: date | None) -> frozenset[date]:
    """Return the days on which a shop is closed by hand, or away."""
    return days_between(first, last) | days_between(closed_on, closed_on)


def _rushes(minutes: int | None, until: datetime | None) -> tuple[RushRow, ...]:
    return () if minutes is None or until is None else (RushRow(minutes, until),)


@dataclass(frozen=True, slots=True)
class _Shop:
    """A shop that is collected from: its points with their weekly rules, when it does not work."""

    points: dict[PointRow, list[SlotRuleRow]]
    days: _ShopDays

    def planned(
        self, point: PointRow, *, first: date, days: int, at: datetime
    ) -> list[PlannedSlot]:
        """Return the slots of a point that are not over, on days on which the shop works."""
        rules = self.points[point]
        coming = planned_slots(point, rules, first=first, days=days, zone=clock.site_zone())
        return [slot for slot in coming if slot.ends_at > at and self.days.serve(slot)]


def _shops(
    merchant_ids: Iterable[int], first: date, *, with_delivery: bool = False
) -> dict[int, _Shop]:
    """Return the shops among these that have a point. One statement; one more where the town's own
    points are used.
    """
    found: dict[int, _Shop] = {}
    kinds = [False, True] if with_delivery else [False]
    for row in fetch(_SHOPS, ids=list(merchant_ids), kinds=kinds):
        shop_id, closed_on, minutes, until, away, back, rule_id, *rule = row[_WIDTH:]
        if (shop := found.get(shop_id)) is None:
            closed = _closed(closed_on, away, back)
            shop = found[shop_id] = _Shop({}, _ShopDays(closed, (), _rushes(minutes, until)))
        rules = shop.points.setdefault(PointRow(*row[:_WIDTH]), [])
        if rule_id is not None:
            rules.append(SlotRuleRow(rule_id, row[0], *rule))
    shared = [
        shop_id
        for shop_id, shop in found.items()
        if any(point.merchant_id is None for point in shop.points)
    ]
    for shop_id, days in (_days_of_each(shared, first) if shared else {}).items():
        found[shop_id] = _Shop(found[shop_id].points, days)
    return found


def slots_of_shops(
    merchant_ids: Iterable[int],
    *,
    at: datetime,
    days: int | None = None,
    with_delivery: bool = False,
    loads: Mapping[int, Load] = NOTHING,
) -> dict[int, list[tuple[PointRow, list[SlotChoice]]]]:
    """Return where each shop's orders can be collected and when, full slots with their reason; at
    most `days` ahead, and to which areas they can be brought. A slot without room for a shop's
    load counts as full. Three statements for any number.
    """
    ids, first = list(merchant_ids), clock.local(at).date()
    shops = _shops(ids, first, with_delivery=with_delivery)
    planned = {
        (shop_id, point): shop.planned(
            point,
            first=first,
            days=point.days_ahead if days is None else min(days, point.days_ahead),
            at=at,
        )
        for shop_id, shop in shops.items()
        for point in shop.points
    }
    keys = [[slot.key for slot in slots] for slots in planned.values() if slots]
    spans = sorted({(min(of_point), max(of_point)) for of_point in keys})
    pools = pools_between(SLOT_POOL, spans, at=at)
    found: dict[int, list[tuple[PointRow, list[SlotChoice]]]] = {shop_id: [] for shop_id in ids}
    for (shop_id, point), slots in planned.items():
        days_of = shops[shop_id].days
        load = loads.get(shop_id)
        found[shop_id].append(
            (point, [_choice(one, pools.get(one.key), days_of, at, load) for one in slots])
        )
    return found


def page_slots(
    merchant_id: int, *, at: datetime, days: int = 2
) -> list[tuple[PointRow, list[SlotChoice]]]:
    """Return a shop's points with the slots of the next days, for a listing's page."""
    return slots_of_shops([merchant_id], at=at, days=days)[merchant_id]


def chosen_slots(
    asked: Mapping[int, str],
    *,
    delivering: Collection[int] = (),
    loads: Mapping[int, Load] = NOTHING,
    at: datetime,
) -> dict[int, SlotChoice]:
    """Return the slot that each shop was asked for by key, where its point is the shop's, and one
    that delivers for the shops `delivering`.

    Refuses a slot that is full, without room for its load, past its cut-off, closed or not there.
    Three statements at most.
    """
    first = clock.local(at).date()
    found: dict[int, PlannedSlot | None] = {}
    shops = _shops(asked, first, with_delivery=bool(delivering))
    for shop_id, shop in shops.items():
        for point in shop.points:
            is_meant = point.delivers == (shop_id in delivering)
            if is_meant and asked[shop_id].startswith(f"{point.id}:"):
                found[shop_id] = _named(shop, point, asked[shop_id], first=first, at=at)
    pools = pools_by_key(SLOT_POOL, [slot.key for slot in found.values() if slot], at=at)
    chosen: dict[int, SlotChoice] = {}
    for shop_id, slot in found.items():
        choice = slot and _choice(
            slot, pools.get(slot.key), shops[shop_id].days, at, loads.get(shop_id)
        )
        chosen[shop_id] = check_slot(choice or None, asked[shop_id])
    return chosen


def _named(
    shop: _Shop, point: PointRow, key: str, *, first: date, at: datetime
) -> PlannedSlot | None:
    """Return a point's slot of this key, planning no other day than the one that it names."""
    try:
        day = date.fromisoformat(key.split(":")[1])
    except ValueError:
        return None
    if not first <= day <= first + timedelta(days=point.days_ahead):
        return None
    slots = shop.planned(point, first=day, days=0, at=at)
    return next((slot for slot in slots if slot.key == key), None)
