"""Signing up, waiting, bringing more or fewer, leaving: with real seats."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.activity.queries import LogFilter, log_rows
from app.core.db import db, transaction
from app.core.errors import NotSignedInError
from app.core.pools.queries import wrong_counts
from app.events import queries
from app.events.errors import (
    AlreadySignedUpError,
    CapacityTakenError,
    NotOpenError,
    NotOverError,
    NotSignedUpError,
    NotYourGatheringError,
    PartyTooBigError,
)
from app.events.jobs import look_at_lines
from app.events.models import Gathering, Registration
from app.events.services import gatherings, registrations
from app.events.types import GatheringState, RegistrationState
from tests.factories.events import draft, gathering, neighbour, signed_up

pytestmark = pytest.mark.usefixtures("app")
CONFIRMED, WAITING = RegistrationState.CONFIRMED, RegistrationState.WAITING


def state_of(registration: Registration) -> RegistrationState:
    db.session.rollback()
    return db.session.get_one(Registration, registration.id, populate_existing=True).state


def verbs_of(registration: Registration) -> list[str]:
    rows = log_rows(LogFilter(subject=("registration", registration.id)))
    return [row.verb for row in reversed(rows)]


def test_who_signs_up_has_as_many_seats_as_people() -> None:
    meeting = gathering(capacity=5)
    one = signed_up(neighbour(), meeting.id, 3)
    assert one.state is CONFIRMED
    assert queries.desk_counts(meeting.id).free == 2
    assert verbs_of(one) == ["registration.confirmed"]


def test_a_full_gathering_puts_the_next_on_the_waiting_list() -> None:
    meeting = gathering(capacity=2)
    signed_up(neighbour(), meeting.id, 2)
    late = signed_up(neighbour(), meeting.id)
    assert late.state is WAITING
    assert verbs_of(late) == ["registration.waiting"]


def test_signing_up_twice_is_refused_and_after_leaving_it_works_again() -> None:
    meeting = gathering()
    person = neighbour()
    one = signed_up(person, meeting.id)
    with pytest.raises(AlreadySignedUpError):
        signed_up(person, meeting.id)
    with transaction():
        registrations.leave(person, one.id, at=clock.now())
    assert signed_up(person, meeting.id).state is CONFIRMED


def test_a_guest_a_party_too_big_and_a_closed_sign_up_are_refused() -> None:
    meeting = gathering(plus_ones=1, closes_at=clock.now() + timedelta(days=1))
    person = neighbour()
    with pytest.raises(NotSignedInError):
        signed_up(Viewer(), meeting.id)
    with pytest.raises(PartyTooBigError):
        signed_up(person, meeting.id, 3)
    with pytest.raises(NotOpenError):
        signed_up(person, meeting.id, at=clock.now() + timedelta(days=2))
    assert signed_up(person, meeting.id, 2).state is CONFIRMED


def test_sign_up_before_it_opens_is_refused() -> None:
    meeting = gathering(opens_at=clock.now() + timedelta(hours=1))
    person = neighbour()
    with pytest.raises(NotOpenError):
        signed_up(person, meeting.id)
    assert signed_up(person, meeting.id, at=clock.now() + timedelta(hours=2)).state is CONFIRMED


def test_who_leaves_makes_room_for_the_first_who_fits() -> None:
    meeting = gathering(capacity=3)
    first = neighbour()
    held = signed_up(first, meeting.id, 2)
    signed_up(neighbour(), meeting.id, 1)
    family = signed_up(neighbour(), meeting.id, 3)
    couple = signed_up(neighbour(), meeting.id, 2)
    with transaction():
        registrations.leave(first, held.id, at=clock.now())
    assert state_of(family) is WAITING
    assert state_of(couple) is CONFIRMED
    assert db.session.get_one(Registration, family.id).passed_over == 1
    assert "registration.promoted" in verbs_of(couple)


def test_a_walk_up_does_not_take_the_seat_somebody_waits_for() -> None:
    meeting = gathering(capacity=3)
    signed_up(neighbour(), meeting.id, 2)
    family = signed_up(neighbour(), meeting.id, 2)
    walk_up = signed_up(neighbour(), meeting.id, 1)
    assert (state_of(family), state_of(walk_up)) == (WAITING, WAITING)


def test_a_seat_that_stays_free_goes_to_who_has_waited_a_while() -> None:
    meeting = gathering(capacity=3)
    signed_up(neighbour(), meeting.id, 2)
    signed_up(neighbour(), meeting.id, 2)
    single = signed_up(neighbour(), meeting.id, 1)
    look_at_lines(clock.now() + timedelta(minutes=10))
    assert state_of(single) is WAITING
    look_at_lines(clock.now() + timedelta(minutes=40))
    assert state_of(single) is CONFIRMED


def test_a_smaller_party_gives_its_seats_to_the_line() -> None:
    meeting = gathering(capacity=4)
    person = neighbour()
    held = signed_up(person, meeting.id, 4)
    waits = signed_up(neighbour(), meeting.id, 2)
    with transaction():
        registrations.change_party(person, held.id, party=2, at=clock.now())
    assert state_of(waits) is CONFIRMED
    assert queries.desk_counts(meeting.id).free == 0
    assert wrong_counts() == []


def test_a_party_grows_into_free_seats_but_not_past_those_who_wait() -> None:
    meeting = gathering(capacity=4)
    person = neighbour()
    held = signed_up(person, meeting.id, 1)
    with transaction():
        registrations.change_party(person, held.id, party=3, at=clock.now())
    assert queries.desk_counts(meeting.id).free == 1
    signed_up(neighbour(), meeting.id, 2)
    with pytest.raises(PartyTooBigError), transaction():
        registrations.change_party(person, held.id, party=4, at=clock.now())
    assert db.session.get_one(Registration, held.id, populate_existing=True).party == 3


def test_only_oneself_or_who_runs_it_may_cancel_a_sign_up() -> None:
    meeting = gathering()
    held = signed_up(neighbour(), meeting.id)
    stranger, operator = neighbour(), neighbour("Op", "operator")
    with pytest.raises(NotYourGatheringError), transaction():
        registrations.leave(stranger, held.id, at=clock.now())
    with transaction():
        registrations.leave(operator, held.id, at=clock.now())
    assert state_of(held) is RegistrationState.CANCELLED


def test_who_left_cannot_leave_again() -> None:
    meeting = gathering()
    person = neighbour()
    held = signed_up(person, meeting.id)
    with transaction():
        registrations.leave(person, held.id, at=clock.now())
    with pytest.raises(NotSignedUpError), transaction():
        registrations.leave(person, held.id, at=clock.now())


def test_more_seats_go_to_the_line_and_fewer_than_promised_are_refused() -> None:
    planner = neighbour("P", "planner")
    meeting = gathering(planner, capacity=2)
    signed_up(neighbour(), meeting.id, 2)
    waits = signed_up(neighbour(), meeting.id, 2)
    with transaction():
        gatherings.change_gathering(planner, meeting, draft(capacity=4), at=clock.now())
    assert state_of(waits) is CONFIRMED
    with pytest.raises(CapacityTakenError), transaction():
        gatherings.change_gathering(planner, meeting, draft(capacity=3), at=clock.now())
    with transaction():
        gatherings.change_gathering(planner, meeting, draft(capacity=None), at=clock.now())
    assert queries.desk_counts(meeting.id).free is None


def test_a_called_off_gathering_takes_nobody_and_keeps_those_it_had() -> None:
    planner = neighbour("P", "planner")
    meeting = gathering(planner)
    held = signed_up(neighbour(), meeting.id)
    with transaction():
        gatherings.cancel_gathering(planner, meeting, reason="storm", at=clock.now())
    assert meeting.state is GatheringState.CANCELLED
    assert state_of(held) is CONFIRMED
    with pytest.raises(NotOpenError):
        signed_up(neighbour(), meeting.id)


def test_what_is_still_to_come_is_called_off_before_it_is_put_away() -> None:
    planner = neighbour("P", "planner")
    meeting = gathering(planner)
    held = signed_up(neighbour(), meeting.id)
    with pytest.raises(NotOverError), transaction():
        gatherings.archive_gathering(planner, meeting, at=clock.now())
    assert state_of(held) is CONFIRMED
    with transaction():
        gatherings.archive_gathering(planner, meeting, at=meeting.ends_at)
    assert meeting.state is GatheringState.ARCHIVED
    for put_away in (gathering(planner), gathering(planner, is_draft=True)):
        with transaction():
            if put_away.state is GatheringState.PUBLISHED:
                gatherings.cancel_gathering(planner, put_away, reason="台风", at=clock.now())
            gatherings.archive_gathering(planner, put_away, at=clock.now())
        assert put_away.state is GatheringState.ARCHIVED


def test_a_resident_can_neither_plan_nor_call_off() -> None:
    person = neighbour()
    with pytest.raises(NotYourGatheringError), transaction():
        gatherings.open_gathering(person, draft(), at=clock.now())
    meeting = gathering()
    with pytest.raises(NotYourGatheringError), transaction():
        gatherings.cancel_gathering(person, meeting, reason="no", at=clock.now())


def test_seats_and_holds_agree_after_a_lively_day(app: Flask) -> None:
    meeting = gathering(capacity=6)
    people = [neighbour() for _ in range(8)]
    held = [signed_up(person, meeting.id, 1 + number % 3) for number, person in enumerate(people)]
    for person, one in list(zip(people, held, strict=True))[::2]:
        with transaction():
            registrations.leave(person, one.id, at=clock.now())
    with transaction():
        registrations.seat_the_line(
            SYSTEM, registrations.at_the_door(meeting.id), at=clock.now(), freed=True
        )
    counts = queries.desk_counts(meeting.id)
    assert counts.expected == counts.taken
    assert counts.taken <= 6
    assert wrong_counts() == []
    assert db.session.get_one(Gathering, meeting.id).uid == f"gathering-{meeting.id}@localhost"
