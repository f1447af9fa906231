"""Reading the log by cursor: every row once, in order, never past one whose writer has not
ended.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from app.core.activity.models import Cursor, LogEntry
from app.core.activity.queries import COLUMNS
from app.core.activity.types import LogRow
from app.core.db import changed, db, insert_ignoring, is_postgresql

# The transactions of others that have a row in the log, or are about to: PostgreSQL gives them this
# lock before the row's id and takes it back when they have ended.
_WRITERS = sa.text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND relation = to_regclass(:log)"
).bindparams(log=LogEntry.__tablename__)


def read_log(
    reader: str, *, verbs: Sequence[str] | None = None, limit: int = 500, start: str = "begin"
) -> list[LogRow]:
    """Return the next rows for a reader and move its cursor, in the caller's transaction.

    What the reader writes and the cursor commit together, so each row takes effect once. Rows of
    other verbs are passed over; an empty list does not mean the end, `is_caught_up` does. A new
    reader starts at the log's `begin`, or at its `end` if it does not care for the past. Two
    workers with one reader take turns.
    """
    cursor = _cursor(reader, start)
    upto = _settled(cursor)
    statement = (
        sa.select(*COLUMNS)
        .where(LogEntry.id > cursor.last_id, LogEntry.id <= upto)
        .order_by(LogEntry.id)
        .limit(limit)
    )
    if verbs is not None:
        statement = statement.where(LogEntry.verb.in_(list(verbs)))
    rows = [LogRow(*row) for row in db.session.execute(statement)]
    reached = rows[-1].id if len(rows) == limit else upto
    if reached > cursor.last_id:
        _moved(reader, last_id=reached)
    return rows


def is_caught_up(reader: str) -> bool:
    """Whether a reader has read all that the log holds."""
    last = db.session.scalar(sa.select(Cursor.last_id).where(Cursor.reader == reader)) or 0
    newest = db.session.scalar(sa.select(sa.func.max(LogEntry.id))) or 0
    return last >= newest


def skip_to_end(reader: str) -> None:
    """Put a reader behind all that is there, as after an import whose rows are history."""
    _cursor(reader, "begin")
    _moved(reader, last_id=_newest(), pending_id=0, pending_writers="")


def _cursor(reader: str, start: str) -> Cursor:
    wanted = (
        sa.select(Cursor)
        .where(Cursor.reader == reader)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    cursor = db.session.scalar(wanted)
    if cursor is None:
        first = {"reader": reader, "last_id": _newest() if start == "end" else 0}
        insert_ignoring(Cursor, [first | {"pending_id": 0, "pending_writers": ""}], keys=["reader"])
        cursor = db.session.scalars(wanted).one()
    return cursor


def _settled(cursor: Cursor) -> int:
    """Return the id up to which no row can appear any more.

    SQLite writes in the order of ids. On PostgreSQL a lower id may commit after a higher one: so
    the newest id is remembered together with those who were writing into the log just after it was
    read, and is safe once all of them have ended. Who writes elsewhere holds nobody up.
    """
    newest = _newest()
    if not is_postgresql():
        return newest
    writers = set(db.session.scalars(_WRITERS))
    if not writers:
        return newest
    settled = cursor.last_id
    if writers.isdisjoint(cursor.pending_writers.split()):
        settled = max(settled, cursor.pending_id)
        if newest > settled:
            _moved(cursor.reader, pending_id=newest, pending_writers=" ".join(sorted(writers)))
    return settled


def _newest() -> int:
    return db.session.scalar(sa.select(sa.func.max(LogEntry.id))) or 0


def _moved(reader: str, **values: int | str) -> None:
    changed(sa.update(Cursor).where(Cursor.reader == reader).values(**values))
