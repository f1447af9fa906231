"""Pickup slots and bookable times: choices with free places, and every refusal with its reason."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.access import SYSTEM
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.pools.errors import PoolEmptyError
from app.core.pools.services import take
from app.merchants.errors import SlotClosedError, SlotFullError, TimeTakenError
from app.merchants.queries import booking, collecting
from app.merchants.services import hours, points
from app.merchants.services.scarce import quantum_pools, slot_pool
from app.merchants.types import PointDraft, SlotRuleDraft, SlotState, WeeklyHours
from tests.factories.merchants import point, resource, service, shop

MORNING = datetime(2026, 11, 23, 0, tzinfo=UTC)  # Monday 08:00 in the town
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def _slots(place, merchant, at, days=0):
    return collecting.slots_for(place.id, merchant_ids=[merchant.id], at=at, days=days)


def test_slots_follow_the_weekly_rule_and_name_why_one_is_gone(app) -> None:
    merchant = shop()
    place = point(merchant, capacity=1, lead_minutes=90)
    slots = _slots(place, merchant, NOON)
    assert [slot.starts_at.hour + 8 for slot in slots] == [12, 13, 14, 15, 16, 17, 18, 19]
    assert [slot.state for slot in slots[:3]] == [
        SlotState.TOO_LATE,
        SlotState.TOO_LATE,
        SlotState.FREE,
    ]
    assert slots[0].reason
    assert not slots[2].reason
    with transaction():
        take([(slot_pool(slots[2]), 1)], owner=("order", 1))
    again = _slots(place, merchant, NOON)
    assert (again[2].state, again[2].free) == (SlotState.FULL, 0)
    with pytest.raises(SlotFullError):
        collecting.slot_for(place.id, slots[2].key, merchant_ids=[merchant.id], at=NOON)
    with pytest.raises(SlotClosedError):
        collecting.slot_for(place.id, slots[0].key, merchant_ids=[merchant.id], at=NOON)
    chosen = collecting.slot_for(place.id, slots[3].key, merchant_ids=[merchant.id], at=NOON)
    assert chosen.free == 1


def test_the_pool_behind_a_slot_never_gives_more_than_its_capacity(app) -> None:
    merchant = shop()
    place = point(merchant, capacity=2)
    slot = _slots(place, merchant, NOON)[3]
    with transaction():
        take([(slot_pool(slot), 1)], owner=("order", 1))
        take([(slot_pool(slot), 1)], owner=("order", 2))
    with pytest.raises(PoolEmptyError), transaction():
        take([(slot_pool(slot), 1)], owner=("order", 3))


def test_a_new_capacity_reaches_slots_that_were_taken_and_keeps_promises(app) -> None:
    merchant = shop()
    place = point(merchant, capacity=2, at=NOON)
    slot = _slots(place, merchant, NOON)[3]
    with transaction():
        take([(slot_pool(slot), 1)], owner=("order", 1))
        take([(slot_pool(slot), 1)], owner=("order", 2))
    for capacity, free in ((5, 3), (1, 0), (3, 1)):
        rules = tuple(SlotRuleDraft(day, 480, 1200, 60, capacity) for day in range(7))
        draft = PointDraft("店门口", lead_minutes=30, rules=rules)
        with transaction():
            points.save_point(SYSTEM, merchant.id, draft, at=NOON, point_id=place.id)
        assert _slots(place, merchant, NOON)[3].free == free


def test_a_cut_off_by_the_clock_closes_todays_slots(app) -> None:
    merchant = shop()
    place = point(merchant, lead_minutes=0, cut_off_minute=11 * 60)
    before, after = (
        _slots(place, merchant, NOON - timedelta(hours=2)),
        _slots(place, merchant, NOON),
    )
    assert before[-1].state is SlotState.FREE
    assert {slot.state for slot in after} == {SlotState.TOO_LATE}
    the_day_before = point(merchant, lead_minutes=0, cut_off_minute=20 * 60, cut_off_days=1)
    assert {slot.state for slot in _slots(the_day_before, merchant, NOON)} == {SlotState.TOO_LATE}
    tomorrow = _slots(the_day_before, merchant, NOON, days=1)[-1]
    assert tomorrow.state is SlotState.FREE


def test_closed_today_closes_todays_slots_and_no_others(app) -> None:
    merchant = shop()
    place = point(merchant)
    with transaction():
        hours.mark_closed_today(SYSTEM, merchant.id, True, at=NOON)
    slots = _slots(place, merchant, NOON, days=1)
    states = {
        (slot.day.day, slot.state) for slot in slots if slot.starts_at > NOON + timedelta(hours=2)
    }
    assert states == {(23, SlotState.CLOSED), (24, SlotState.FREE)}


def test_a_made_up_slot_is_refused(app) -> None:
    merchant = shop()
    place = point(merchant)
    with pytest.raises(SlotClosedError):
        collecting.slot_for(
            place.id, f"{place.id}:2026-11-23:0317", merchant_ids=[merchant.id], at=NOON
        )
    with pytest.raises(NotFoundError):
        collecting.slots_for(place.id + 99, merchant_ids=[merchant.id], at=NOON)


def test_a_shop_uses_its_own_points_and_those_of_the_town_it_chose(app) -> None:
    merchant, other = shop(), shop()
    own, lobby = point(merchant), point(None, name_zh="3 号楼大堂")
    point(other)
    assert [row.id for row in collecting.points_for([merchant.id])[merchant.id]] == [own.id]
    with transaction():
        points.use_point(SYSTEM, merchant.id, lobby.id, True, at=NOON)
    found = collecting.points_for([merchant.id, other.id])
    assert [row.id for row in found[merchant.id]] == [own.id, lobby.id]
    assert len(found[other.id]) == 1
    with transaction():
        points.use_point(SYSTEM, merchant.id, lobby.id, False, at=NOON)
    assert [row.id for row in collecting.points_for([merchant.id])[merchant.id]] == [own.id]


def test_weekly_rules_that_overlap_or_are_too_short_are_refused(app) -> None:
    merchant = shop()
    for rules in (
        (SlotRuleDraft(0, 480, 600, 30), SlotRuleDraft(0, 590, 700, 30)),
        (SlotRuleDraft(0, 480, 500, 30),),
    ):
        with pytest.raises(FieldError):
            point(merchant, rules=rules)
    assert point(merchant, rules=(SlotRuleDraft(0, 480, 600, 30), SlotRuleDraft(0, 600, 660, 30)))


def test_a_service_is_booked_where_somebody_is_free_for_all_of_it(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-12:00", at=MORNING)
    zhou = resource(merchant)
    cut = service(merchant, (zhou.id,), minutes=45, buffer=15, lead_minutes=0)
    starts = [time.starts_at for time in booking.times_for(cut.id, at=MORNING, days=0)]
    assert starts[0] == MORNING + timedelta(hours=1)
    assert starts[-1] == MORNING + timedelta(hours=3, minutes=15)
    ten = booking.time_for(cut.id, "20261123T0200Z", at=MORNING)
    with transaction():
        take([(pool, 1) for pool in quantum_pools(ten).values()], owner=("order", 1))
    left = {time.starts_at for time in booking.times_for(cut.id, at=MORNING, days=0)}
    taken = {MORNING + timedelta(hours=2, minutes=15 * n) for n in range(-3, 4)}
    assert left == set(starts) - taken
    with pytest.raises(TimeTakenError):
        booking.time_for(cut.id, "20261123T0200Z", at=MORNING)
    with pytest.raises(PoolEmptyError), transaction():
        take([(pool, 1) for pool in quantum_pools(ten).values()], owner=("order", 2))


def test_a_second_chair_keeps_the_time_open(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-12:00", at=MORNING)
    zhou, wang = resource(merchant), resource(merchant, name="小王")
    cut = service(merchant, (zhou.id, wang.id), minutes=30, lead_minutes=0)
    ten = booking.time_for(cut.id, "20261123T0200Z", at=MORNING)
    assert ten.resource_ids == (zhou.id, wang.id)
    with transaction():
        take([(pool, 1) for pool in quantum_pools(ten).values()], owner=("order", 1))
    again = booking.time_for(cut.id, "20261123T0200Z", at=MORNING)
    assert again.resource_ids == (wang.id,)
    with pytest.raises(TimeTakenError), transaction():
        quantum_pools(again.with_one(zhou.id))


def test_own_working_days_and_notice_narrow_the_times(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-18:00", at=MORNING)
    zhou = resource(
        merchant, weekly=(WeeklyHours(0, 10 * 60, 11 * 60), WeeklyHours(1, 8 * 60, 10 * 60))
    )
    cut = service(merchant, (zhou.id,), minutes=30, lead_minutes=135)
    times = booking.times_for(cut.id, at=MORNING, days=1)
    local = [(time.starts_at + timedelta(hours=8)).strftime("%d %H:%M") for time in times]
    assert local == ["23 10:15", "23 10:30", "24 09:00", "24 09:15", "24 09:30"]


def test_goods_have_no_times(app) -> None:
    from tests.factories.merchants import goods

    with pytest.raises(NotFoundError):
        booking.times_for(goods(shop()).id, at=NOON)


def test_a_point_of_the_town_is_served_only_on_days_on_which_the_shop_works(app) -> None:
    bakery = shop(opening_hours="Tu-Su 07:30-19:30; Mo off", at=MORNING)
    evening = shop(opening_hours="Fr 18:00-02:00", at=MORNING)
    always = shop(at=MORNING)
    lobby, own = point(None, days_ahead=20), point(bakery, days_ahead=20)

    def weekdays(place, *shops) -> set[int]:
        ids = [one.id for one in shops]
        return {slot.day.weekday() for slot in collecting.slots_for(
            place.id, merchant_ids=ids, at=MORNING
        )}  # fmt: skip

    assert weekdays(lobby, bakery) == {1, 2, 3, 4, 5, 6}
    assert weekdays(lobby, evening) == {4}
    assert weekdays(lobby, always) == set(range(7))
    assert weekdays(lobby, bakery, evening) == {4}
    assert weekdays(own, bakery) == set(range(7)), "its own counter keeps its own rules"
    with transaction():
        points.use_point(SYSTEM, bakery.id, lobby.id, True, at=MORNING)
    shown = dict(collecting.page_slots(bakery.id, at=MORNING))
    days = {place.id: {slot.day.weekday() for slot in slots} for place, slots in shown.items()}
    assert days == {own.id: {0, 1, 2}, lobby.id: {1, 2}}
    monday = f"{lobby.id}:2026-11-23:1200"
    with pytest.raises(SlotClosedError):
        collecting.slot_for(lobby.id, monday, merchant_ids=[bakery.id], at=MORNING)
    assert collecting.slot_for(lobby.id, monday, merchant_ids=[always.id], at=MORNING).is_free
