"""The desk at the door: in, already in, undone, the same tap twice, walk-ins, photographs."""

import io
from datetime import timedelta

import pytest
import segno
from flask import Flask

from app.core import clock
from app.core.access import Viewer
from app.core.db import db, transaction
from app.core.errors import FieldError
from app.core.pools.queries import wrong_counts
from app.events import queries
from app.events.errors import (
    AlreadyInError,
    FullHouseError,
    NotConfirmedError,
    NotInError,
    NotOpenError,
    NotYourGatheringError,
    UnknownCodeError,
)
from app.events.models import Arrival, Gathering
from app.events.services import desk, gatherings
from app.events.types import ALPHABET, new_code, tidy_code
from tests.factories.events import gathering, neighbour, signed_up

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def planner(app: Flask) -> Viewer:
    return neighbour("林阿姨", "planner")


@pytest.fixture
def meeting(planner: Viewer) -> Gathering:
    return gathering(planner, capacity=6)


def let_in(planner: Viewer, meeting: Gathering, code: str, nonce: str = "n1") -> Arrival:
    with transaction():
        return desk.check_in(planner, meeting.id, nonce=nonce, at=clock.now(), code=code)


def test_a_code_lets_the_whole_party_in(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour(), meeting.id, 3)
    let_in(planner, meeting, f" {held.code[:4].lower()}-{held.code[4:]} ")
    counts = queries.desk_counts(meeting.id)
    assert (counts.arrived, counts.expected) == (3, 3)


def test_the_same_tap_twice_is_one_arrival(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour(), meeting.id)
    first = let_in(planner, meeting, held.code, "tap")
    again = let_in(planner, meeting, held.code, "tap")
    assert first.id == again.id


def test_who_is_in_already_is_named_with_time_and_person(
    planner: Viewer, meeting: Gathering
) -> None:
    held = signed_up(neighbour(), meeting.id)
    let_in(planner, meeting, held.code, "one")
    with pytest.raises(AlreadyInError) as refused:
        let_in(planner, meeting, held.code, "two")
    assert "林阿姨" in str(refused.value)
    assert refused.value.data["at"].count(":") == 1


def test_an_arrival_can_be_taken_back_and_given_again(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour(), meeting.id)
    let_in(planner, meeting, held.code, "one")
    with transaction():
        desk.undo_check_in(planner, meeting.id, held.id, nonce="undo", at=clock.now())
    assert queries.desk_counts(meeting.id).arrived == 0
    with pytest.raises(NotInError), transaction():
        desk.undo_check_in(planner, meeting.id, held.id, nonce="undo2", at=clock.now())
    let_in(planner, meeting, held.code, "two")
    assert queries.desk_counts(meeting.id).arrived == 1


def test_a_code_of_another_gathering_and_a_waiting_one_are_refused(
    planner: Viewer, meeting: Gathering
) -> None:
    other = gathering(planner)
    elsewhere = signed_up(neighbour(), other.id)
    signed_up(neighbour(), meeting.id, 5)
    waits = signed_up(neighbour(), meeting.id, 4)
    with pytest.raises(UnknownCodeError):
        let_in(planner, meeting, elsewhere.code)
    with pytest.raises(NotConfirmedError):
        let_in(planner, meeting, waits.code)
    with pytest.raises(UnknownCodeError):
        let_in(planner, meeting, "not a code at all")


def test_only_who_runs_it_stands_at_the_door(meeting: Gathering) -> None:
    held = signed_up(neighbour(), meeting.id)
    stranger = neighbour()
    with pytest.raises(NotYourGatheringError):
        let_in(stranger, meeting, held.code)
    assert queries.desk_counts(meeting.id).arrived == 0


def test_nobody_is_let_into_what_is_called_off(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour(), meeting.id)
    with transaction():
        gatherings.cancel_gathering(planner, meeting, reason="rain", at=clock.now())
    with pytest.raises(NotOpenError):
        let_in(planner, meeting, held.code)


def test_walk_ins_take_free_seats_and_no_more(planner: Viewer, meeting: Gathering) -> None:
    signed_up(neighbour(), meeting.id, 4)
    with transaction():
        desk.admit_walk_in(planner, meeting.id, name="老周", party=2, nonce="w1", at=clock.now())
    with pytest.raises(FullHouseError), transaction():
        desk.admit_walk_in(planner, meeting.id, name="Max", party=1, nonce="w2", at=clock.now())
    counts = queries.desk_counts(meeting.id)
    assert (counts.arrived, counts.expected, counts.free) == (2, 6, 0)
    assert wrong_counts() == []


def test_the_list_is_searched_by_name_and_code(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour("王梅"), meeting.id)
    signed_up(neighbour("陈大爷"), meeting.id)
    assert [row.name for row in queries.desk_rows(meeting.id, "王")] == ["王梅"]
    assert [row.name for row in queries.desk_rows(meeting.id, held.code[:5])] == ["王梅"]
    assert queries.desk_rows(meeting.id, "%") == []


def test_every_wrong_letter_and_swap_is_noticed() -> None:
    for _ in range(50):
        code = new_code()
        assert tidy_code(f"http://x/events/in/{code}") == code
        for place in range(len(code)):
            for letter in set(ALPHABET) - {code[place]}:
                assert tidy_code(code[:place] + letter + code[place + 1 :]) is None
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert (tidy_code(swapped) is None) == (swapped != code)


def test_a_photographed_code_is_read_and_rubbish_is_refused(app: Flask) -> None:
    code = new_code()
    sheet = io.BytesIO()
    segno.make(f"http://localhost/events/in/{code}", error="m").save(sheet, kind="png", scale=6)

    class Sent:
        def __init__(self, content: bytes) -> None:
            self.stream = io.BytesIO(content)

    assert desk.code_in_photo(Sent(sheet.getvalue())) == code
    empty = io.BytesIO()
    segno.make("something else").save(empty, kind="png", scale=6)
    for content in (b"", b"GIF89a not really", sheet.getvalue()[:60], empty.getvalue()):
        with pytest.raises(FieldError) as refused:
            desk.code_in_photo(Sent(content))
        assert refused.value.field == "photo"


def test_the_list_tells_who_let_whom_in(planner: Viewer, meeting: Gathering) -> None:
    held = signed_up(neighbour("王梅"), meeting.id)
    let_in(planner, meeting, held.code)
    row = queries.desk_rows(meeting.id)[0]
    assert row.let_in_by == "林阿姨"
    assert row.arrived_at is not None
    assert clock.now() - row.arrived_at < timedelta(minutes=1)
    assert db.session.get_one(Gathering, meeting.id, populate_existing=True).moves >= 2
