"""Whose turn it is: the rule of the waiting list, by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.policies import whose_turn
from app.events.types import PATIENCE, InLine

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
FAR = NOW + timedelta(days=7)
SOON = NOW + timedelta(hours=3)


def line(*parties: int, passed_over: int = 0, waited: int = 0) -> list[InLine]:
    since = NOW - timedelta(minutes=waited)
    return [
        InLine(number, party, since + timedelta(seconds=number), passed_over if number == 1 else 0)
        for number, party in enumerate(parties, start=1)
    ]


def test_who_came_first_goes_in_first() -> None:
    assert whose_turn(line(1, 1, 1), 2, at=NOW, starts_at=FAR, freed=True).seated == (1, 2)


def test_a_party_that_does_not_fit_is_stepped_over_and_it_is_counted() -> None:
    turn = whose_turn(line(3, 1, 1), 2, at=NOW, starts_at=FAR, freed=True)
    assert turn.seated == (2, 3)
    assert turn.passed_over == (1,)


def test_nobody_is_counted_as_stepped_over_when_nobody_went_past() -> None:
    assert whose_turn(line(3, 2), 1, at=NOW, starts_at=FAR, freed=True).passed_over == ()


def test_after_three_times_seats_are_kept_for_the_big_party() -> None:
    waiting = line(3, 1, 1, passed_over=PATIENCE)
    assert whose_turn(waiting, 2, at=NOW, starts_at=FAR, freed=True).seated == ()
    assert whose_turn(waiting, 3, at=NOW, starts_at=FAR, freed=True).seated == (1,)


def test_on_the_last_day_no_seat_is_kept_empty() -> None:
    waiting = line(3, 1, 1, passed_over=PATIENCE)
    assert whose_turn(waiting, 2, at=NOW, starts_at=SOON, freed=True).seated == (2, 3)


def test_a_newcomer_does_not_walk_past_a_party_that_waits() -> None:
    assert whose_turn(line(3, 1), 1, at=NOW, starts_at=FAR, freed=False).seated == ()


def test_a_newcomer_with_nobody_before_them_goes_in() -> None:
    assert whose_turn(line(2), 2, at=NOW, starts_at=FAR, freed=False).seated == (1,)


def test_who_has_waited_for_a_while_may_use_a_seat_the_others_cannot() -> None:
    assert whose_turn(line(3, 1, waited=40), 1, at=NOW, starts_at=FAR, freed=False).seated == (2,)


def test_without_a_limit_everybody_goes_in() -> None:
    turn = whose_turn(line(3, 1, 9), None, at=NOW, starts_at=FAR, freed=False)
    assert turn.seated == (1, 2, 3)


STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "grow"]), st.integers(1, 5), st.integers(0, 30)),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(capacity=st.integers(1, 12), steps=STEPS)
def test_in_every_history_nobody_is_oversold_overtaken_too_often_or_forgotten(
    capacity: int, steps: list[tuple[str, int, int]]
) -> None:
    seated: dict[int, int] = {}
    waiting: list[InLine] = []
    overtaken: dict[int, int] = {}
    for number, (what, size, pick) in enumerate(steps, start=1):
        at = NOW + timedelta(minutes=number)
        freed = what != "join"
        if what == "join":
            waiting.append(InLine(number, size, at))
        elif what == "grow":
            capacity += size
        elif seated:
            seated.pop(sorted(seated)[pick % len(seated)])
        free = capacity - sum(seated.values())
        turn = whose_turn(waiting, free, at=at, starts_at=FAR, freed=freed)
        parties = {one.registration_id: one.party for one in waiting}
        for one in turn.seated:
            seated[one] = parties[one]
        for one in turn.passed_over:
            overtaken[one] = overtaken.get(one, 0) + 1
        waiting = [
            InLine(
                one.registration_id,
                one.party,
                one.waiting_since,
                overtaken.get(one.registration_id, 0),
            )
            for one in waiting
            if one.registration_id not in seated
        ]
        free = capacity - sum(seated.values())
        assert free >= 0
        assert all(times <= PATIENCE for times in overtaken.values())
        if waiting:
            assert waiting[0].party > free
