"""Who comes at the same moment: no seat twice, no freed seat forgotten, on either database."""

from app.core import clock
from app.core.db import transaction
from app.core.pools.queries import wrong_counts
from app.events import queries
from app.events.services import desk, registrations
from app.events.types import RegistrationState
from tests.factories.events import gathering, neighbour, signed_up
from tests.races import Race, nothing_counted

CONFIRMED, WAITING = RegistrationState.CONFIRMED, RegistrationState.WAITING


def twelve_for_five_seats(race: Race) -> tuple[int, list[RegistrationState]]:
    meeting = gathering(capacity=5)
    people = [neighbour() for _ in range(12)]

    def sign_up(number: int) -> RegistrationState:
        with transaction():
            return registrations.register(people[number], meeting.id, party=1, at=clock.now()).state

    return meeting.id, race(sign_up, runners=12)


def test_twelve_at_once_for_five_seats_are_five_in_and_seven_waiting(race: Race) -> None:
    meeting_id, states = twelve_for_five_seats(race)
    assert (states.count(CONFIRMED), states.count(WAITING)) == (5, 7)
    assert queries.desk_counts(meeting_id).free == 0
    assert wrong_counts() == []


def test_the_race_notices_when_seats_are_not_counted(race: Race) -> None:
    with nothing_counted():
        _id, states = twelve_for_five_seats(race)
    assert states.count(CONFIRMED) > 5


def test_a_seat_given_back_while_others_join_is_never_forgotten(race: Race) -> None:
    meeting = gathering(capacity=4)
    leaving = [neighbour() for _ in range(4)]
    held = [signed_up(person, meeting.id) for person in leaving]
    coming = [neighbour() for _ in range(6)]

    def come_or_go(number: int) -> None:
        with transaction():
            if number < 4:
                registrations.leave(leaving[number], held[number].id, at=clock.now())
            else:
                registrations.register(coming[number - 4], meeting.id, party=1, at=clock.now())

    answers = race(come_or_go, runners=10)
    assert [answer for answer in answers if answer is not None] == []
    counts = queries.desk_counts(meeting.id)
    assert (counts.expected, counts.free, counts.waiting) == (4, 0, 2)
    assert wrong_counts() == []


def test_one_tap_sent_many_times_at_once_is_one_arrival(race: Race) -> None:
    planner = neighbour("P", "planner")
    meeting = gathering(planner)
    held = signed_up(neighbour(), meeting.id, 2)

    def tap(_number: int) -> int:
        with transaction():
            return desk.check_in(
                planner, meeting.id, nonce="same", at=clock.now(), code=held.code
            ).id

    assert len(set(race(tap, runners=8))) == 1
    assert queries.desk_counts(meeting.id).arrived == 2
