"""Days unlike the week, people to choose, chairs that come along, pauses before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.access import SYSTEM
from app.core.db import transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.pools.services import take
from app.merchants.errors import TimeTakenError
from app.merchants.queries import booking
from app.merchants.services import calendars, listings
from app.merchants.services.scarce import quantum_pools
from app.merchants.types import (
    ExceptionDraft,
    ResourceDraft,
    ResourceKind,
    ServicePlace,
    ServiceTermsRow,
    WeeklyHours,
)
from tests.factories.accounts import person, viewer
from tests.factories.merchants import goods, resource, service, shop

MORNING = datetime(2026, 11, 23, 0, tzinfo=UTC)  # Monday 08:00 in the town
MONDAY = date(2026, 11, 23)


def told(times) -> list[str]:
    return [(time.starts_at + timedelta(hours=8)).strftime("%H:%M") for time in times]


def note(who, starts: int, ends: int, *, day: date = MONDAY, is_extra: bool = False):
    draft = ExceptionDraft(who.id, day, starts * 60, ends * 60, is_extra)
    with transaction():
        return calendars.add_exception(SYSTEM, draft, at=MORNING)


def test_several_stretches_a_day_and_a_long_lunch_narrow_the_times(app) -> None:
    merchant = shop(opening_hours="Mo-Su 08:00-20:00", at=MORNING)
    week = (WeeklyHours(0, 9 * 60, 12 * 60), WeeklyHours(0, 14 * 60, 16 * 60))
    zhou = resource(merchant, weekly=week)
    cut = service(merchant, (zhou.id,), minutes=60, lead_minutes=0)
    hours = ["09:00", "10:00", "11:00", "14:00", "15:00"]
    assert {
        one for one in told(booking.times_for(cut.id, at=MORNING, days=0)) if one in hours
    } == set(hours)
    lunch = note(zhou, 11, 15)
    left = told(booking.times_for(cut.id, at=MORNING, days=0))
    assert {one for one in hours if one in left} == {"09:00", "10:00", "15:00"}
    with transaction():
        calendars.remove_exception(SYSTEM, lunch.id, at=MORNING)
    assert {one for one in hours if one in told(booking.times_for(cut.id, at=MORNING))} == set(
        hours
    )
    with pytest.raises(NotFoundError), transaction():
        calendars.remove_exception(SYSTEM, lunch.id, at=MORNING)


def test_an_extra_day_counts_whatever_the_hours_and_a_day_off_ends_all_of_it(app) -> None:
    merchant = shop(opening_hours="Tu-Su 08:00-20:00; Mo off", at=MORNING)
    zhou = resource(merchant)
    cut = service(merchant, (zhou.id,), minutes=60, lead_minutes=0)
    assert booking.times_for(cut.id, at=MORNING, days=0) == []
    note(zhou, 18, 20, is_extra=True)
    assert told(booking.times_for(cut.id, at=MORNING, days=0))[0] == "18:00"
    note(zhou, 0, 24, day=MONDAY + timedelta(days=1))
    assert {one[:2] for one in told(booking.times_for(cut.id, at=MORNING, days=1))} == {"18", "19"}


def test_what_is_said_of_a_day_must_be_a_stretch_of_a_day_to_come_and_the_shops_own(app) -> None:
    boss = person()
    merchant = shop(owner=boss)
    zhou = resource(merchant)
    for starts, ends, day in ((12, 12, MONDAY), (14, 12, MONDAY), (9, 10, date(2026, 11, 22))):
        with pytest.raises(FieldError):
            note(zhou, starts, ends, day=day)
    draft = ExceptionDraft(zhou.id, MONDAY, 0, 1440, is_extra=False)
    stranger = viewer(person())
    with pytest.raises(NotAllowedError), transaction():
        calendars.add_exception(stranger, draft, at=MORNING)
    with transaction():
        row = calendars.add_exception(viewer(boss), draft, at=MORNING)
    assert booking.exception_for(merchant.id, row.id).resource_id == zhou.id
    with pytest.raises(NotFoundError):
        booking.exception_for(merchant.id + 1, row.id)


def test_one_chooses_the_person_or_whoever_is_free_first(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-12:00", at=MORNING)
    zhou, wang = resource(merchant), resource(merchant, name="小王")
    cut = service(merchant, (zhou.id, wang.id), minutes=30, lead_minutes=0)
    found = booking.times_with(cut.id, at=MORNING, days=0)
    assert [one.id for one in found.people] == [zhou.id, wang.id]
    key = found.of(wang.id)[0].key
    assert key == f"20261123T0100Z.{wang.id:x}"
    chosen = booking.time_for(cut.id, key, at=MORNING)
    assert chosen.taken_ids == (wang.id,)
    with transaction():
        take([(pool, 1) for pool in quantum_pools(chosen).values()], owner=("order", 1))
    with pytest.raises(TimeTakenError):
        booking.time_for(cut.id, key, at=MORNING)
    assert booking.time_for(cut.id, "20261123T0100Z", at=MORNING).taken_ids == (zhou.id,)
    with pytest.raises(TimeTakenError):
        booking.time_for(cut.id, "20261123T0100Z.fffff", at=MORNING)


def test_a_haircut_needs_the_person_and_a_chair(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-10:00", at=MORNING)
    zhou, wang = resource(merchant), resource(merchant, name="小王")
    with transaction():
        chair = listings.save_resource(
            SYSTEM, merchant.id, ResourceDraft(ResourceKind.CHAIR, "椅子"), at=MORNING
        )
    cut = service(merchant, (chair.id, zhou.id, wang.id), minutes=60, lead_minutes=0)
    [nine] = booking.times_for(cut.id, at=MORNING, days=0)
    assert nine.resource_ids == (zhou.id, wang.id)
    assert nine.also_ids == (chair.id,)
    with transaction():
        take([(pool, 1) for pool in quantum_pools(nine).values()], owner=("order", 1))
    assert booking.times_for(cut.id, at=MORNING, days=0) == [], "both are not, the chair is taken"


def test_a_pause_before_is_taken_too(app) -> None:
    merchant = shop(opening_hours="Mo-Su 09:00-18:00", at=MORNING)
    zhou = resource(merchant)
    cut = service(merchant, (zhou.id,), minutes=60, buffer=15, lead_minutes=0)
    terms = ServiceTermsRow(15, ServicePlace.ONLINE, "https://meet.example.org/zhou")
    with transaction():
        calendars.set_service_terms(SYSTEM, cut.id, terms)
    assert booking.service_terms_of(cut.id) == terms
    noon = booking.time_for(cut.id, "20261123T0400Z", at=MORNING)
    assert noon.busy_from == noon.starts_at - timedelta(minutes=15)
    assert noon.busy_until == noon.ends_at + timedelta(minutes=15)
    with transaction():
        assert len(quantum_pools(noon)) == 6
    bread = goods(merchant)
    with pytest.raises(NotFoundError), transaction():
        calendars.set_service_terms(SYSTEM, bread.id, terms)
