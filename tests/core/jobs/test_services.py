"""What leaves the building: at least once, not twice for nothing, and late rather than never."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import db, is_writing, transaction
from app.core.errors import OutsideDownError, PaymentRefusedError
from app.core.jobs import jobs, queries, registry, services
from app.core.jobs.errors import GiveUpError, NoSuchJobError
from app.core.jobs.models import OutboxRow
from app.core.jobs.types import JobState
from tests.races import Race

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def done(app: Flask) -> Iterator[list[Any]]:
    """Register jobs of this test's own; give the list of what they did."""
    done: list[Any] = []
    known, timed = dict(registry.jobs), dict(registry.timed)
    registry.timed.clear()

    @registry.job("test.note")
    def _note(payload: dict[str, Any]) -> dict[str, Any]:
        done.append((payload["n"], is_writing()))
        return {"doubled": payload["n"] * 2}

    @registry.job("test.fail", attempts=3)
    def _fail(payload: dict[str, Any]) -> None:
        done.append(payload["error"])
        raise {
            "down": OutsideDownError(),
            "refused": PaymentRefusedError(),
            "never": GiveUpError(),
            "bug": ZeroDivisionError("ours"),
        }[payload["error"]]

    yield done
    registry.jobs.clear()
    registry.jobs.update(known)
    registry.timed.clear()
    registry.timed.update(timed)


def enqueue(name: str, **wishes: Any) -> OutboxRow:
    payload = wishes.pop("payload", {"n": 1})
    with transaction():
        return services.enqueue(name, payload, **wishes)


def row(row_id: int) -> OutboxRow:
    found = queries.job_row(row_id)
    db.session.rollback()
    assert found is not None
    return found


def _enqueue_and_fail() -> None:
    services.enqueue("test.note", {"n": 1})
    raise RuntimeError


def test_work_of_a_transaction_that_fails_is_never_done(done: list[Any]) -> None:
    with pytest.raises(RuntimeError), transaction():
        _enqueue_and_fail()
    assert services.run_all() == 0
    enqueue("test.note")
    assert services.run_all() == 1
    assert done == [(1, False)]


def test_the_same_key_is_one_piece_of_work(done: list[Any]) -> None:
    first = enqueue("test.note", key="order:5")
    assert enqueue("test.note", key="order:5", payload={"n": 2}).id == first.id
    with transaction():
        assert services.enqueue_many("test.note", [("order:5", {}), ("order:6", {"n": 6})]) == 1
    services.run_all()
    assert [n for n, _writing in done] == [1, 6]
    assert enqueue("test.note", key="order:5").state is JobState.DONE


def test_work_is_done_when_it_is_due_and_not_before(
    done: list[Any], at: Callable[[datetime], Any]
) -> None:
    with at(NOON):
        enqueue("test.note", due_at=NOON + timedelta(hours=1))
        assert services.run_all() == 0
    with at(NOON + timedelta(days=9)):
        assert services.run_all() == 1
        assert services.run_all() == 0


def test_a_person_who_waits_gets_the_answer_and_the_worker_does_not_repeat_it(
    done: list[Any],
) -> None:
    waiting = enqueue("test.note", due_at=clock.now() + timedelta(hours=1))
    outcome = services.run_now(waiting)
    assert (outcome.is_done, outcome.result) == (True, {"doubled": 2})
    assert services.run_now(waiting.id).result == {"doubled": 2}
    assert services.run_all() == 0
    assert len(done) == 1


def test_a_refusal_is_final_and_handed_to_the_person_who_waits(done: list[Any]) -> None:
    outcome = services.run_now(enqueue("test.fail", payload={"error": "refused"}))
    assert outcome.state is JobState.FAILED
    assert isinstance(outcome.error, PaymentRefusedError)
    assert services.run_all() == 0


@pytest.mark.parametrize("error", ["down", "bug"])
def test_silence_and_our_own_bugs_are_tried_again_with_longer_pauses(
    done: list[Any], at: Callable[[datetime], Any], error: str
) -> None:
    with at(NOON):
        waiting = enqueue("test.fail", payload={"error": error})
        assert services.run_all() == 1
        assert row(waiting.id).due_at == NOON + timedelta(seconds=10)
    with at(NOON + timedelta(seconds=10)):
        assert services.run_all() == 1
        assert row(waiting.id).due_at == NOON + timedelta(seconds=50)
    with at(NOON + timedelta(minutes=5)):
        assert services.run_all() == 1
        assert row(waiting.id).state is JobState.FAILED
        assert queries.failed_jobs()[0].attempts == 3


def test_a_failed_row_is_tried_again_when_an_operator_says_so(done: list[Any]) -> None:
    failed = enqueue("test.fail", payload={"error": "never"})
    fine = enqueue("test.note")
    services.run_all()
    with transaction():
        assert services.retry(failed.id) == 1
    assert services.run_all() == 1
    with pytest.raises(NoSuchJobError), transaction():
        services.retry(fine.id)


def test_work_without_a_handler_fails_by_name() -> None:
    outcome = services.run_now(enqueue("test.nobody"))
    assert "test.nobody" in str(outcome.error)
    assert outcome.state is JobState.FAILED


def test_nothing_is_carried_out_inside_a_transaction() -> None:
    waiting = enqueue("test.note")
    with transaction():
        with pytest.raises(RuntimeError):
            services.run_now(waiting)
        with pytest.raises(RuntimeError):
            services.run_due()


def test_work_whose_worker_died_is_done_by_another_after_its_lease(
    done: list[Any], at: Callable[[datetime], Any]
) -> None:
    with at(NOON):
        waiting = enqueue("test.note")
        with transaction():
            (claimed,) = services._claimed(OutboxRow.id == waiting.id)
        assert services.run_all() == 0
        assert services.run_now(waiting, wait_seconds=0.1).state is JobState.RUNNING
    with at(NOON + timedelta(minutes=3)):
        assert services.run_all() == 1
    services._record(claimed, done_at=None, last_error="the dead one comes back")
    assert row(waiting.id).last_error is None
    assert row(waiting.id).state is JobState.DONE


def test_work_that_ends_its_workers_is_given_up_without_another_try(
    done: list[Any], at: Callable[[datetime], Any]
) -> None:
    deadly = enqueue("test.fail", payload={"error": "bug"}, due_at=NOON)
    for hour in range(3):
        with at(NOON + timedelta(hours=hour)), transaction():
            assert services._claimed(OutboxRow.id == deadly.id)
    with at(NOON + timedelta(hours=4)):
        assert services.run_all() == 1
    assert (done, row(deadly.id).state) == ([], JobState.FAILED)
    assert "3 workers ended" in (row(deadly.id).last_error or "")


def test_timed_work_goes_on_minutes_after_its_worker_died(at: Callable[[datetime], Any]) -> None:
    swept: list[datetime] = []
    registry.every(minutes=1, key="test.minutely")(swept.append)
    with at(NOON), transaction():
        services.plan_timed(NOON)
        assert services._claimed(queries.is_due(NOON))
    for minute in (4, 6):
        with at(NOON + timedelta(minutes=minute)):
            services.run_all()
    assert swept == [NOON + timedelta(minutes=6)]


def test_many_workers_do_each_piece_once(done: list[Any], race: Race) -> None:
    with transaction():
        services.enqueue_many("test.note", [(f"k{n}", {"n": n}) for n in range(30)])
    race(lambda _number: services.run_due(limit=50), runners=4)
    assert sorted(n for n, _writing in done) == list(range(30))


def test_one_claim_leases_one_row_however_the_database_goes_about_it(app: Flask) -> None:
    with transaction():
        services.enqueue_many("test.note", [(f"k{n}", {"n": n}) for n in range(30)])
    with transaction():
        if db.engine.dialect.name == "postgresql":
            for way in ("hashjoin", "mergejoin", "material", "hashagg", "sort"):
                db.session.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        services._claimed(queries.is_due(clock.now()))
    leased = sa.select(sa.func.count()).where(OutboxRow.lease_token.is_not(None))
    assert db.session.scalar(leased) == 1


def test_timed_work_missed_for_days_is_done_once(at: Callable[[datetime], Any]) -> None:
    swept: list[datetime] = []
    registry.every(hours=1, key="test.hourly")(swept.append)
    with at(NOON), transaction():
        services.plan_timed(NOON)
        services.plan_timed(NOON)
    for hours in (0, 0.5, 1, 80, 80.2):
        with at(NOON + timedelta(hours=hours)):
            services.run_all()
    assert swept == [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=80)]


def test_timed_work_that_fails_comes_again_at_its_next_time(at: Callable[[datetime], Any]) -> None:
    def fail(_now: datetime) -> None:
        raise ZeroDivisionError

    registry.every(hours=1, key="test.failing")(fail)
    with at(NOON):
        with transaction():
            services.plan_timed(NOON)
        assert services.run_all() == 1
        kept = db.session.scalars(sa.select(OutboxRow)).one()
        assert (kept.state, kept.due_at) == (JobState.WAITING, NOON + timedelta(hours=1))
        assert "ZeroDivisionError" in (kept.last_error or "")


def test_what_was_finished_long_ago_is_forgotten(at: Callable[[datetime], Any]) -> None:
    with at(NOON):
        enqueue("test.note")
        waiting = enqueue("test.note", due_at=NOON + timedelta(days=90))
        services.run_all()
        failed = enqueue("test.fail", payload={"error": "never"})
        services.run_all()
    jobs.tidy(NOON + timedelta(days=31))
    kept = sa.select(OutboxRow.id).order_by(OutboxRow.id)
    assert db.session.scalars(kept).all() == [waiting.id, failed.id]
    jobs.tidy(NOON + timedelta(days=91))
    assert db.session.scalars(kept).all() == [waiting.id]


def test_the_embedded_worker_works_alone_and_hands_over_when_it_stops(
    app: Flask, done: list[Any], tmp_path: Path
) -> None:
    first = jobs.Worker(app, tmp_path, pause_seconds=0.02).start()
    second = jobs.Worker(app, tmp_path, pause_seconds=0.02)
    enqueue("test.note")
    assert _soon(lambda: len(done) == 1)
    first.stop()
    second.start()
    enqueue("test.note", payload={"n": 2})
    assert _soon(lambda: len(done) == 2)
    second.stop()
    assert not second._thread.is_alive()


def test_a_worker_that_meets_a_broken_database_goes_on_when_it_is_mended(
    app: Flask, done: list[Any], tmp_path: Path
) -> None:
    enqueue("test.note")
    db.session.remove()
    _renamed("outbox", "outbox_away")
    with capture_logs() as said:
        worker = jobs.Worker(app, tmp_path, pause_seconds=0.02).start()
        assert _soon(lambda: len(said) > 1)
        _renamed("outbox_away", "outbox")
        assert _soon(lambda: len(done) == 1)
        worker.stop()
    assert said[0]["event"] == "worker stumbled"


def _renamed(table: str, name: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


def _soon(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


def test_the_commands_run_count_and_retry(app: Flask, done: list[Any]) -> None:
    runner = app.test_cli_runner()
    enqueue("test.note")
    failed = enqueue("test.fail", payload={"error": "never"})
    assert "2 jobs" in runner.invoke(args=["jobs", "run", "--once"]).output
    assert '"failed": 1' in runner.invoke(args=["jobs", "status", "--json"]).output
    assert f"failed {failed.id} test.fail" in runner.invoke(args=["jobs", "status"]).output
    assert "1 jobs" in runner.invoke(args=["jobs", "retry", str(failed.id)]).output
    assert runner.invoke(args=["jobs", "retry"]).exit_code == 2
