"""Pickup points and their weekly slots, a shop's or the site's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, update

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.pools.queries import pools_by_key
from app.core.pools.services import set_total
from app.merchants.models import MerchantPoint, PickupPoint, SlotRule
from app.merchants.policies import selling
from app.merchants.policies.slots import SlotRuleRow, planned_slots
from app.merchants.queries.collecting import points_by_id, rules_of
from app.merchants.types import POINT_CHANGED, SLOT_POOL, PointDraft, SlotRuleDraft

MOST_DAYS_AHEAD = 30


def save_point(
    actor: Viewer,
    merchant_id: int | None,
    draft: PointDraft,
    *,
    at: datetime,
    point_id: int | None = None,
) -> PickupPoint:
    """Add or change a pickup point of a shop, or of the site (None); slots already taken stay
    promised.
    """
    _check_keeps(actor, merchant_id)
    selling.check_named(draft.name_zh, draft.name_en)
    _check_rules(draft.rules)
    point = _point(point_id, merchant_id) if point_id else PickupPoint(created_at=at)
    if point_id:
        _check_measures(point_id, draft.rules, at)
    point.merchant_id = merchant_id
    for name in (
        "name_zh", "name_en", "address", "lat", "lng", "note", "lead_minutes", "cut_off_days",
        "cut_off_minute", "days_ahead", "delivers", "is_home",
    ):  # fmt: skip
        setattr(point, name, getattr(draft, name))
    # A form that does not ask for it leaves it as it is.
    point.neighbourhood_id = draft.neighbourhood_id or point.neighbourhood_id
    db.session.add(point)
    db.session.flush()
    changed(delete(SlotRule).where(SlotRule.point_id == point.id))
    db.session.add_all(
        SlotRule(
            point_id=point.id, weekday=rule.weekday, starts_minute=rule.starts_minute,
            ends_minute=rule.ends_minute, slot_minutes=rule.slot_minutes, capacity=rule.capacity,
            measure=rule.measure,
        )
        for rule in draft.rules
    )  # fmt: skip
    db.session.flush()
    _renew_capacity(point.id, at)
    record(actor, POINT_CHANGED, ("pickup_point", point.id), at=at, place=point.neighbourhood_id)
    return point


def _renew_capacity(point_id: int, at: datetime) -> None:
    """Give slots that somebody took already their new capacity, never less than is promised."""
    row, rules = points_by_id([point_id])[point_id], rules_of([point_id]).get(point_id, [])
    first = clock.local(at).date()
    planned = {
        slot.key: slot.capacity
        for slot in planned_slots(
            row, rules, first=first, days=MOST_DAYS_AHEAD, zone=clock.site_zone()
        )
    }
    for pool in pools_by_key(SLOT_POOL, planned, at=at).values():
        capacity = max(planned[pool.subject_key], pool.taken)
        if pool.total != capacity:
            set_total(pool.id, capacity)


def close_times(
    actor: Viewer, point_id: int, times: Iterable[str], is_closed: bool, *, at: datetime
) -> PickupPoint:
    """Close days (2026-11-22) or times (2026-11-22:0900) of a point by hand, or open them again;
    what is past is forgotten. Orders that stand stay: who closes asks their buyers.

    Refuses what is no day or time, and (ConflictError) where somebody closed others meanwhile.
    """
    point = db.session.get(PickupPoint, point_id, populate_existing=True)
    if point is None:
        raise NotFoundError
    _check_keeps(actor, point.merchant_id)
    today = clock.local(at).date().isoformat()
    known = {one for one in point.closed.split(",") if one >= today}
    asked = {_closable(one) for one in times}
    kept = sorted(known | asked if is_closed else known - asked)
    moved(
        update(PickupPoint)
        .where(PickupPoint.id == point_id, PickupPoint.closed == point.closed)
        .values(closed=",".join(kept)),
        ConflictError(),
    )
    data = {"closed" if is_closed else "opened": sorted(asked)}
    record(actor, POINT_CHANGED, ("pickup_point", point_id), at=at, data=data)
    return point


def _closable(text: str) -> str:
    """Return a day or a time as it is kept; refuses anything else."""
    day, colon, minute = text.partition(":")
    is_minute = len(minute) == 4 and minute.isascii() and minute.isdigit()
    try:
        date.fromisoformat(day)
    except ValueError:
        raise NotFoundError from None
    if len(day) != len("2026-11-22") or (colon and not is_minute):
        raise NotFoundError
    return text


def archive_point(
    actor: Viewer, point_id: int, is_archived: bool, *, at: datetime
) -> PickupPoint:  # fmt: skip
    """Close a pickup point to new orders, or open it again."""
    point = db.session.get(PickupPoint, point_id)
    if point is None:
        raise NotFoundError
    _check_keeps(actor, point.merchant_id)
    point.archived_at = at if is_archived else None
    db.session.flush()
    record(actor, POINT_CHANGED, ("pickup_point", point_id), at=at, data={"archived": is_archived})
    return point


def use_point(
    actor: Viewer, merchant_id: int, point_id: int, is_used: bool, *, at: datetime
) -> None:  # fmt: skip
    """Let a shop's orders be collected at one of the site's points, or no longer."""
    selling.check_keeps(actor, merchant_id)
    point = db.session.get(PickupPoint, point_id)
    if point is None or point.merchant_id is not None:
        raise NotFoundError
    changed(
        delete(MerchantPoint).where(
            MerchantPoint.merchant_id == merchant_id, MerchantPoint.point_id == point_id
        )
    )
    if is_used:
        db.session.add(MerchantPoint(merchant_id=merchant_id, point_id=point_id))
    db.session.flush()
    record(
        actor, POINT_CHANGED, ("merchant", merchant_id), at=at,
        data={"point_id": point_id, "used": is_used},
    )  # fmt: skip


def _check_keeps(actor: Viewer, merchant_id: int | None) -> None:
    if merchant_id is None:
        selling.check_operates(actor)
    else:
        selling.check_keeps(actor, merchant_id)


def _point(point_id: int, merchant_id: int | None) -> PickupPoint:
    point = db.session.get(PickupPoint, point_id)
    if point is None or point.merchant_id != merchant_id:
        raise NotFoundError
    return point


def _check_measures(point_id: int, rules: Sequence[SlotRuleDraft], at: datetime) -> None:
    """Refuse to count times anew of which somebody took a part already: their orders were counted
    otherwise.
    """
    row, old = points_by_id([point_id])[point_id], rules_of([point_id]).get(point_id, [])
    new = [
        SlotRuleRow(0, point_id, one.weekday, one.starts_minute, one.ends_minute, one.slot_minutes,
                    one.capacity, one.measure)
        for one in rules
    ]  # fmt: skip
    first, zone = clock.local(at).date(), clock.site_zone()
    before, after = (
        {
            slot.key: slot.measure
            for slot in planned_slots(row, some, first=first, days=MOST_DAYS_AHEAD, zone=zone)
        }
        for some in (old, new)
    )
    changing = [key for key, measure in after.items() if before.get(key, measure) != measure]
    if any(pool.taken for pool in pools_by_key(SLOT_POOL, changing, at=at).values()):
        raise FieldError("measure", _l("Somebody ordered for these times already."))


def _check_rules(rules: tuple[SlotRuleDraft, ...]) -> None:
    """Refuse times that run backwards, are too short for a slot, or lie over one another."""
    ends: dict[int, int] = {}
    for rule in sorted(rules, key=lambda rule: (rule.weekday, rule.starts_minute)):
        if rule.ends_minute - rule.starts_minute < rule.slot_minutes:
            raise FieldError("rules", _l("A time must be long enough for one slot."))
        if rule.starts_minute < ends.get(rule.weekday, 0):
            raise FieldError("rules", _l("Two times on one day overlap."))
        ends[rule.weekday] = rule.ends_minute
