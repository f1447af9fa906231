"""Writing work into the outbox, and carrying it out: claim, call, record, each in its own
transaction.
"""

import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from app.core import clock
from app.core.db import (
    changed,
    db,
    insert_ignoring,
    inserting,
    is_closed,
    is_writing,
    transaction,
)
from app.core.errors import LinliError, OutsideDownError
from app.core.jobs import registry
from app.core.jobs.errors import GiveUpError, NoSuchJobError
from app.core.jobs.models import OutboxRow
from app.core.jobs.queries import has_due, is_due, job_row
from app.core.jobs.types import Claimed, JobState, Outcome

_log = structlog.get_logger("linli.jobs")
_PLAIN = {"synchronize_session": False}
_LONGEST_LEASE = timedelta(minutes=30)
_TIMED_LEASE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=6)


def enqueue(
    name: str, payload: dict[str, Any], *, key: str | None = None, due_at: datetime | None = None
) -> OutboxRow:
    """Write work into the outbox, inside the transaction that wants it; a key that is there returns
    the old row.
    """
    now = clock.now()
    values = {
        "name": name,
        "payload": payload,
        "key": key,
        "created_at": now,
        "due_at": due_at or now,
        "attempts": 0,
    }
    step = inserting(OutboxRow).values(values).on_conflict_do_nothing(index_elements=["key"])
    row = db.session.scalar(step.returning(OutboxRow))
    return row or db.session.scalars(sa.select(OutboxRow).where(OutboxRow.key == key)).one()


def enqueue_many(name: str, jobs: Sequence[tuple[str, dict[str, Any]]]) -> int:
    """Write many keyed pieces of the same work with one statement; return how many were new."""
    now = clock.now()
    rows = [
        {
            "name": name,
            "payload": payload,
            "key": key,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
        }
        for key, payload in jobs
    ]
    return insert_ignoring(OutboxRow, rows, keys=["key"])


def run_now(row: OutboxRow | int, *, wait_seconds: float = 5.0) -> Outcome:
    """Carry a committed row out at once, for a person who waits; the worker finishes what this
    leaves.

    Returns what came of it; the handler's refusal is in `error`. Where a worker has the row
    already, waits for it a few seconds. Refuses to run inside a transaction.
    """
    _refuse_inside()
    row_id = row if isinstance(row, int) else row.id
    with transaction():
        claimed = _claimed(OutboxRow.id == row_id, _is_free(clock.now()))
    if claimed:
        return _carried_out(claimed[0])
    return _awaited(row_id, wait_seconds)


def run_due(*, limit: int = 20, names: Sequence[str] | None = None) -> int:
    """Carry out what is due, oldest first; return how many rows were tried. Refuses inside a
    transaction. While nobody may write, everything waits.
    """
    _refuse_inside()
    now = clock.now()
    if not has_due(now) or is_closed():
        db.session.rollback()
        return 0
    conditions = [is_due(now)]
    if names is not None:
        conditions.append(OutboxRow.name.in_(names))
    tried = 0
    while tried < limit and not (tried and is_closed()):
        with transaction():
            claimed = _claimed(*conditions)
        if not claimed:
            break
        _carried_out(claimed[0])
        tried += 1
    return tried


def run_all(*, limit: int = 10_000) -> int:
    """Carry out all that is due until nothing is left, what it brings about included; for tests and
    the demo.
    """
    total = 0
    while total < limit:
        tried = run_due()
        if not tried:
            return total
        total += tried
    return total


def plan_timed(now: datetime) -> None:
    """Write a row for each piece of timed work that has none; it is first due at once."""
    rows = [
        {
            "name": f"{registry.TIMED}{key}",
            "payload": {},
            "key": f"{registry.TIMED}{key}",
            "created_at": now,
            "due_at": now,
            "attempts": 0,
        }
        for key in sorted(registry.timed)
    ]
    insert_ignoring(OutboxRow, rows, keys=["key"])


def hold_timed(until: datetime) -> int:
    """Let no timed work begin before an instant, as while a past is being written; an instant that
    is over lets all of it begin. Return how many pieces were moved.
    """
    plan_timed(clock.now())
    rows = (OutboxRow.key.startswith(registry.TIMED)) & (OutboxRow.done_at.is_(None))
    return changed(sa.update(OutboxRow).where(rows).values(due_at=until))


def retry(row_id: int | None = None) -> int:
    """Give one failed row, or all of them, another round of attempts; return how many.

    Refuses with NoSuchJobError where the row named is not a failed one.
    """
    step = (
        sa.update(OutboxRow)
        .where(OutboxRow.failed_at.is_not(None))
        .values(failed_at=None, attempts=0, due_at=clock.now(), lease_until=None, lease_token=None)
    )
    count = changed(step if row_id is None else step.where(OutboxRow.id == row_id))
    if row_id is not None and not count:
        raise NoSuchJobError(job_id=row_id)
    return count


def forget_ended(*, done_before: datetime, failed_before: datetime) -> int:
    """Delete rows that were done, or given up, before an instant; their keys may be used again."""
    ended = sa.or_(OutboxRow.done_at < done_before, OutboxRow.failed_at < failed_before)
    return changed(sa.delete(OutboxRow).where(ended))


def _refuse_inside() -> None:
    if is_writing():
        raise RuntimeError("a job is carried out outside the transaction")


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a row may be taken by somebody who does not care when it is due."""
    return sa.and_(
        OutboxRow.done_at.is_(None),
        OutboxRow.failed_at.is_(None),
        sa.or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= now),
    )


def _claimed(*conditions: sa.ColumnElement[bool]) -> list[Claimed]:
    """Lease the first row that meets the conditions; two workers never get the same one."""
    first = (
        sa.select(OutboxRow.id)
        .where(*conditions)
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    step = (
        sa.update(OutboxRow)
        # One value, not IN: PostgreSQL may carry out an IN's select again and lease a second row.
        .where(OutboxRow.id == first.scalar_subquery())
        .values(
            lease_token=secrets.token_hex(16),
            lease_until=clock.now() + _LONGEST_LEASE,
            attempts=OutboxRow.attempts + 1,
        )
        .returning(
            OutboxRow.id,
            OutboxRow.name,
            OutboxRow.payload,
            OutboxRow.attempts,
            OutboxRow.lease_token,
        )
    )
    rows = db.session.execute(step, execution_options=_PLAIN).all()
    claimed = [Claimed(*row) for row in rows]
    for row in claimed:
        changed(
            sa.update(OutboxRow)
            .where(OutboxRow.id == row.id)
            .values(lease_until=clock.now() + _lease_of(row.name))
        )
    return claimed


def _lease_of(name: str) -> timedelta:
    """Return how long one attempt may take; what is done every minute must not wait for half an
    hour after a crash.
    """
    if (known := registry.jobs.get(name)) is not None:
        return known.lease
    timed = registry.timed.get(name.removeprefix(registry.TIMED))
    return min(max(5 * timed.interval, _TIMED_LEASE), _LONGEST_LEASE) if timed else _LONGEST_LEASE


def _carried_out(claimed: Claimed) -> Outcome:
    if claimed.name.startswith(registry.TIMED):
        return _swept(claimed)
    known = registry.jobs.get(claimed.name)
    try:
        if known is None:
            raise GiveUpError(f"no handler for {claimed.name}")
        if claimed.attempts > known.attempts:
            raise GiveUpError(f"{known.attempts} workers ended while they were at it")
        result = known.handler(claimed.payload)
    except Exception as error:
        db.session.rollback()
        return _failed(claimed, error, attempts=known.attempts if known else 0)
    db.session.rollback()
    _record(claimed, done_at=clock.now(), result=result, last_error=None)
    return Outcome(JobState.DONE, result)


def _swept(claimed: Claimed) -> Outcome:
    """Do a piece of timed work and set its next time, counted from the time it was due at, never in
    the past.
    """
    known = registry.timed.get(claimed.name.removeprefix(registry.TIMED))
    error: Exception | None = None
    now = clock.now()
    try:
        if known is not None:
            known.sweep(now)
    except Exception as raised:
        _log.exception("timed work failed", job=claimed.name)
        error = raised
    db.session.rollback()
    interval = known.interval if known else timedelta(days=1)
    _record(claimed, due_at=_next_time(now, interval), last_error=_text(error), attempts=0)
    return Outcome(JobState.WAITING if error else JobState.DONE, error=error)


def _next_time(now: datetime, interval: timedelta) -> datetime:
    """Return the next multiple of the interval, so that daily work keeps its hour and never runs
    twice for one time.
    """
    start = datetime(2020, 1, 1, tzinfo=clock.site_zone())
    return start + ((now - start) // interval + 1) * interval


def _failed(claimed: Claimed, error: Exception, *, attempts: int) -> Outcome:
    is_final = isinstance(error, LinliError) and not isinstance(error, OutsideDownError)
    if is_final or claimed.attempts >= attempts:
        _log.error("job given up", job=claimed.name, id=claimed.id, error=_text(error))
        _record(claimed, failed_at=clock.now(), last_error=_text(error))
        return Outcome(JobState.FAILED, error=error)
    _log.warning("job failed", job=claimed.name, id=claimed.id, error=_text(error))
    pause = min(timedelta(seconds=10 * 4 ** (claimed.attempts - 1)), _LONGEST_PAUSE)
    _record(claimed, due_at=clock.now() + pause, last_error=_text(error))
    return Outcome(JobState.WAITING, error=error)


def _record(claimed: Claimed, **values: Any) -> None:
    """Write the outcome, unless the lease ran out and somebody else has the row now. What was done
    is written down even if the town was closed meanwhile, so that it is not done again.
    """
    with transaction(though_closed=True):
        changed(
            sa.update(OutboxRow)
            .where(OutboxRow.id == claimed.id, OutboxRow.lease_token == claimed.lease_token)
            .values(lease_token=None, lease_until=None, **values)
        )


def _text(error: Exception | None) -> str | None:
    return None if error is None else f"{type(error).__name__}: {error}"[:2000]


def _awaited(row_id: int, wait_seconds: float) -> Outcome:
    deadline = time.monotonic() + wait_seconds
    while True:
        row = job_row(row_id)
        db.session.rollback()
        if row is None:
            raise NoSuchJobError(job_id=row_id)
        if row.state is not JobState.RUNNING or time.monotonic() > deadline:
            error = None if row.last_error is None else OutsideDownError(row.last_error)
            return Outcome(row.state, row.result, error)
        time.sleep(0.05)
