"""The log: written with the deed, read once and in order; privileged acts say why."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.activity import cursors, jobs, queries
from app.core.activity.errors import ReasonMissingError
from app.core.activity.models import Cursor, LogEntry
from app.core.activity.queries import LogFilter
from app.core.activity.services import record, record_many
from app.core.activity.types import Hook, LogRow, verb
from app.core.db import db, transaction
from app.core.pools.services import make_pool
from tests.conftest import POSTGRESQL
from tests.races import Race

pytestmark = pytest.mark.usefixtures("app")
WROTE = verb("test.wrote", Hook.TOPIC)
CAME = verb("test.came", Hook.EVENT)
PROMOTED = verb("test.promoted", Hook.BELONGING, privileged=True)
ANNA = Viewer(id=7, name="Anna")
OTHER = {"reader": "other", "pending_writers": ""}


def write(number: int, *, actor: Viewer = ANNA, **details: Any) -> None:
    with transaction():
        record(actor, WROTE, ("thread", number), **details)


def read(reader: str = "reader", **wishes: Any) -> list[LogRow]:
    with transaction():
        return cursors.read_log(reader, **wishes)


def _fail_after(act: Callable[..., Any], *given: Any) -> None:
    act(*given)
    raise RuntimeError


def test_a_deed_that_fails_leaves_no_row() -> None:
    with pytest.raises(RuntimeError), transaction():
        _fail_after(record, ANNA, WROTE, ("thread", 1))
    assert queries.log_rows() == []
    write(1, place=3, data={"board": 2})
    (row,) = queries.log_rows()
    assert (row.actor_id, row.verb, row.place, row.data) == (7, "test.wrote", 3, {"board": 2})


def test_a_row_names_itself_by_its_kind() -> None:
    with transaction():
        record(SYSTEM, WROTE, make_pool("stock", "x", 1))
    (row,) = queries.log_rows()
    assert (row.actor_id, row.subject_kind) == (None, "pool")
    with pytest.raises(TypeError), transaction():
        record(SYSTEM, WROTE, LogEntry())


def test_a_privileged_act_without_a_reason_is_refused() -> None:
    with pytest.raises(ReasonMissingError), transaction():
        record(ANNA, PROMOTED, ("user", 3), reason="  ")
    with transaction():
        record(ANNA, PROMOTED, ("user", 3), reason="asked by the board")
    write(1)
    assert [row.reason for row in queries.audit_rows()] == ["asked by the board"]
    assert queries.audit_rows(LogFilter(verbs=["test.wrote"])) == []


def test_the_trail_is_filtered_by_person_subject_and_time() -> None:
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for number in range(4):
        write(number, at=noon + timedelta(hours=number), place=number % 2)
    write(9, actor=Viewer(id=8), at=noon)
    assert len(queries.log_rows(LogFilter(actor_id=7))) == 4
    assert len(queries.log_rows(LogFilter(subject=("thread", 9)))) == 1
    assert len(queries.log_rows(LogFilter(place=0, subject_kind="thread"))) == 2
    assert len(queries.log_rows(LogFilter(since=noon + timedelta(hours=2)))) == 2
    assert len(queries.log_rows(LogFilter(until=noon + timedelta(hours=1)))) == 2
    newest = queries.log_rows(limit=2)
    older = queries.log_rows(before_id=newest[-1].id)
    assert [row.subject_id for row in newest + older] == [9, 3, 2, 1, 0]
    assert [row.subject_id for row in queries.history_of(("thread", 2))] == [2]


def test_one_verb_has_one_meaning() -> None:
    assert verb("test.wrote", Hook.TOPIC) is not None
    with pytest.raises(ValueError, match="declared twice"):
        verb("test.wrote", Hook.EVENT)


def test_a_reader_gets_every_row_once_and_in_order() -> None:
    for number in range(5):
        write(number)
    first = read(limit=3)
    rest = read()
    assert [row.subject_id for row in first + rest] == [0, 1, 2, 3, 4]
    assert read() == []
    with transaction():
        assert cursors.is_caught_up("reader")
    write(5)
    assert [row.subject_id for row in read()] == [5]


def test_a_reader_that_fails_reads_the_same_rows_again() -> None:
    write(1)
    with pytest.raises(RuntimeError), transaction():
        _fail_after(cursors.read_log, "reader")
    assert len(read()) == 1


def test_rows_of_other_verbs_are_passed_over_for_good() -> None:
    with transaction():
        record_many(CAME, [(7, ("gathering", n), clock.now(), {}) for n in range(3)])
    write(1)
    assert [row.verb for row in read(verbs=["test.wrote"])] == ["test.wrote"]
    assert read(verbs=["test.came"]) == []


def test_a_new_reader_may_begin_at_the_end() -> None:
    write(1)
    assert read("late", start="end") == []
    write(2)
    assert [row.subject_id for row in read("late")] == [2]
    write(3)
    with transaction():
        cursors.skip_to_end("late")
    assert read("late") == []


@pytest.fixture
def beside(app: Flask) -> sa.Engine:
    """Return a way to PostgreSQL past the site: transactions of others, begun and not yet ended."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    return db.engine


def test_no_row_is_passed_over_whose_writer_ends_late(beside: sa.Engine) -> None:
    row = {"actor_id": 7, "verb": "test.wrote", "subject_kind": "thread", "data": {}}
    row |= {"place": None, "reason": None, "at": clock.now()}
    early, later = beside.connect(), beside.connect()
    early_end, later_end = early.begin(), later.begin()
    early.execute(sa.insert(LogEntry), [row | {"subject_id": 1}])
    write(2)
    assert read() == read() == []
    later.execute(sa.insert(LogEntry), [row | {"subject_id": 3}])
    write(4)
    assert read() == []
    early_end.commit()
    assert [row.subject_id for row in read()] == [
        1,
        2,
    ]  # known to be whole, though one still writes
    assert read() == []
    later_end.commit()
    assert [row.subject_id for row in read()] == [3, 4]
    early.close()
    later.close()


def test_who_writes_elsewhere_holds_no_reader_up(beside: sa.Engine) -> None:
    town_next_door = sa.create_engine(POSTGRESQL)
    with beside.begin() as here, town_next_door.begin() as there:
        here.execute(sa.insert(Cursor), dict.fromkeys(("last_id", "pending_id"), 0) | OTHER)
        there.execute(sa.text("SELECT pg_current_xact_id()"))
        write(1)
        assert [row.subject_id for row in read()] == [1]
    town_next_door.dispose()


def test_two_workers_with_one_reader_share_the_rows(race: Race) -> None:
    with transaction():
        record_many(CAME, [(7, ("gathering", n), clock.now(), {}) for n in range(40)])

    def work(_number: int) -> list[int]:
        return [row.subject_id for _round in range(4) for row in read(limit=5)]

    answers = race(work, runners=3)
    assert sorted(n for numbers in answers for n in numbers) == list(range(40))


def test_deeds_count_as_presence_once_each() -> None:
    monday = datetime(2026, 11, 2, 3, tzinfo=UTC)
    write(1, at=monday)
    write(2, at=monday)
    write(3, actor=SYSTEM, at=monday)
    with transaction():
        record(Viewer(id=8), CAME, ("gathering", 1), at=monday)
    jobs.count_presence(clock.now())
    jobs.count_presence(clock.now())
    day = clock.local(monday).date()
    assert queries.presence_on(day) == {"topic": 1, "event": 1}
    assert queries.members_present(day, day + timedelta(days=1)) == 2
