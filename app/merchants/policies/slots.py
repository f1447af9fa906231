"""Pickup slots: which ones a point has, and why one cannot be chosen. No form and no API goes round
this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from app.core.i18n import gettext as _
from app.core.pools.types import PoolRow
from app.merchants.errors import SlotClosedError, SlotFullError
from app.merchants.types import Load, PointRow, RushRow, SlotChoice, SlotMeasure, SlotState

DAY_MINUTES = 24 * 60
NIGHT = time(6)


@dataclass(frozen=True, slots=True)
class SlotRuleRow:
    """One weekly rule of a point."""

    id: int
    point_id: int
    weekday: int
    starts_minute: int
    ends_minute: int
    slot_minutes: int
    capacity: int
    measure: SlotMeasure = SlotMeasure.ORDERS


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A slot as the rules give it, before anybody's order."""

    key: str
    point: PointRow
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    order_by: datetime
    measure: SlotMeasure = SlotMeasure.ORDERS


def slot_key(point_id: int, day: date, minute: int) -> str:
    """Return the key of a slot, which is also its pool's."""
    return f"{point_id}:{day.isoformat()}:{minute // 60:02d}{minute % 60:02d}"


def planned_slots(
    point: PointRow, rules: Sequence[SlotRuleRow], *, first: date, days: int, zone: tzinfo
) -> Iterator[PlannedSlot]:
    """Yield the slots of a point from a day on, in order, as its weekly rules say."""
    in_order = sorted(rules, key=lambda rule: rule.starts_minute)
    for number in range(days + 1):
        day = first + timedelta(days=number)
        for rule in in_order:
            if rule.weekday == day.weekday():
                yield from _slots_of(point, rule, day, zone)


@lru_cache(maxsize=512)
def _slots_of(
    point: PointRow, rule: SlotRuleRow, day: date, zone: tzinfo
) -> tuple[PlannedSlot, ...]:
    found, start = [], rule.starts_minute
    while start + rule.slot_minutes <= rule.ends_minute:
        starts_at = _instant(day, start, zone)
        found.append(
            PlannedSlot(
                slot_key(point.id, day, start),
                point,
                day,
                starts_at,
                _instant(day, start + rule.slot_minutes, zone),
                rule.capacity,
                _order_by(point, day, starts_at, zone),
                rule.measure,
            )
        )
        start += rule.slot_minutes
    return tuple(found)


def _order_by(point: PointRow, day: date, starts_at: datetime, zone: tzinfo) -> datetime:
    """Return until when a slot can be ordered: lead time and cut-off, the earlier."""
    latest = starts_at - timedelta(minutes=point.lead_minutes)
    if point.cut_off_minute is not None:
        last_day = day - timedelta(days=point.cut_off_days)
        latest = min(latest, _instant(last_day, point.cut_off_minute, zone))
    return latest


def rush_minutes(rushes: Iterable[RushRow], at: datetime) -> int:
    """Return how much longer than usual things take now; a rush that is over counts no more."""
    return max((rush.minutes for rush in rushes if at < rush.until), default=0)


def _order_by_now(slot: PlannedSlot, rushes: Iterable[RushRow], at: datetime) -> datetime:
    """Return until when a slot can be ordered while its shops are in a rush: the lead time grows, a
    cut-off stays.
    """
    more = rush_minutes(rushes, at)
    if not more:
        return slot.order_by
    notice = timedelta(minutes=slot.point.lead_minutes + more)
    return min(slot.order_by, slot.starts_at - notice)


def slot_choice(
    slot: PlannedSlot,
    pool: PoolRow | None,
    *,
    at: datetime,
    closed_days: Collection[date],
    rushes: Iterable[RushRow] = (),
    load: Load | None = None,
) -> SlotChoice:
    """Return a slot with its free places and, where it cannot be chosen, why; it must have room for
    `load`, one of anything unless it is given.
    """
    free = slot.capacity if pool is None else max(pool.free or 0, 0)
    order_by = _order_by_now(slot, rushes, at)
    state, reason = SlotState.FREE, ""
    if slot.point.is_archived or slot.day in closed_days or slot.point.closes(slot.key):
        state, reason = SlotState.CLOSED, _("Closed that day")
    elif at > order_by:
        late = _("Too late for this time") if at > slot.order_by else _("Too soon, it is very busy")
        state, reason = SlotState.TOO_LATE, late
    elif free <= 0:
        state, reason = SlotState.FULL, _("Full")
    elif load and free < load.takes(slot.measure):
        state, reason = SlotState.FULL, _("No room for all of this")
    return SlotChoice(
        slot.key, slot.point.id, slot.day, slot.starts_at, slot.ends_at, slot.capacity,
        free, state, reason, order_by, None if pool is None else pool.id, slot.measure,
    )  # fmt: skip


def check_slot(slot: SlotChoice | None, key: str) -> SlotChoice:
    """Return the slot if it can be chosen; refuses one that is full, over, closed or not there."""
    if slot is None:
        raise SlotClosedError(slot_key=key)
    if slot.state is SlotState.FULL:
        raise SlotFullError(slot_key=key)
    if slot.state is not SlotState.FREE:
        raise SlotClosedError(slot_key=key)
    return slot


def open_days_of(spans: Iterable[tuple[datetime, datetime]], zone: tzinfo) -> set[date]:
    """Return the days on which a shop works; the small hours of a long evening make no day."""
    found = set()
    for starts_at, ends_at in spans:
        start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
        day = start.date()
        found.add(day)
        while day < end.date():
            day += timedelta(days=1)
            if datetime.combine(day, NIGHT, zone) < end:
                found.add(day)
    return found


def works_on(day: date, open_days: Collection[date]) -> bool:
    """Whether a shop works on a day; further ahead than its days are known, the weekday tells."""
    if not open_days:
        return True
    last = max(open_days)
    while day > last:
        day -= timedelta(days=7)
    return day in open_days


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    day += timedelta(days=minute // DAY_MINUTES)
    minute %= DAY_MINUTES
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)
