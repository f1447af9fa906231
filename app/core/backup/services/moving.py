"""The move from SQLite to PostgreSQL: every row, in one transaction there, held against the source
before it is kept.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from app.core.backup import database, gateway
from app.core.backup.errors import BackupError
from app.core.backup.figures import figures_of, known_revisions, revision_of
from app.core.backup.types import Figures, Outcome, Watcher, nobody
from app.core.db import Base
from app.core.presence import alone
from app.core.running.queries import is_closed
from app.core.settings import settings

# Written anew there, with the tokens of that database's own kind.
SEARCH = "search_documents"
_ROWS = 500
_KEYS = sa.text(
    'SELECT conrelid::regclass::text AS "table", conname AS name, '
    "pg_get_constraintdef(oid) AS says FROM pg_constraint WHERE contype = 'f' "
    "AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
)
_TRIGGERS = sa.text(
    "SELECT c.relname AS name, count(t.oid) AS n FROM pg_trigger t JOIN pg_class c "
    "ON c.oid = t.tgrelid WHERE NOT t.tgisinternal GROUP BY c.relname"
)


def move(target: str, watch: Watcher = nobody) -> Outcome:
    """Copy this site's SQLite database into an empty PostgreSQL one and return what came of it.

    Refuses (BackupError) another source, tables that are not up to date, a site that people may
    write to meanwhile and a target that is not empty. The source is only read; a target that fails
    is left empty.
    """
    conf = settings()
    _check_ends(conf.database_url, target)
    with alone(conf.instance) as is_alone:
        if not is_alone and not is_closed():
            raise BackupError(
                "the site runs and people write to it: stop it, or flask town mode read-only"
            )
        with TemporaryDirectory(dir=conf.instance, prefix=".moving-") as folder:
            copy = Path(folder) / "source.sqlite"
            database.copy_sqlite(database.file_of(conf.database_url), copy)
            database.check_sqlite(copy)
            try:
                return _moved(f"sqlite:///{copy}", target, watch)
            except BaseException:
                database.clear(target)
                raise


def _check_ends(source: str, target: str) -> None:
    if database.kind_of(source) != database.SQLITE:
        raise BackupError("this site is on PostgreSQL already")
    if not target.startswith(("postgresql://", "postgresql+psycopg://")):
        raise BackupError("say where to: postgresql://user:password@host/name")
    with database.reading(source) as connection:
        stands = revision_of(connection)
    if stands != known_revisions()[-1]:
        raise BackupError(f"its tables stand at {stands or 'nothing'}: flask upgrade first")
    try:
        is_empty = database.is_empty(target)
    except sa.exc.OperationalError as silent:
        raise BackupError(
            f"the target does not answer: {str(silent.orig).splitlines()[0]}"
        ) from silent
    if not is_empty:
        raise BackupError("the target has tables already: choose an empty database")


def _moved(source: str, target: str, watch: Watcher) -> Outcome:
    watch("tables", 0, 1)
    gateway.flask(target, ["db", "upgrade"])
    watch("tables", 1, 1)
    with database.reading(source) as here:
        known = figures_of(here)
        found = _copied(here, known, target, watch)
    watch("search", 0, 1)
    gateway.flask(target, ["search", "rebuild"])
    watch("search", 1, 1)
    outcome = Outcome(found, revision=known_revisions()[-1])
    for words in (["ledger", "check"], ["pools", "check"]):
        gateway.flask(target, words)
        outcome.notes.append(f"{' '.join(words)}: clean there")
    outcome.notes.append("set LINLI_DATABASE_URL to the new address and start the site")
    return outcome


def _copied(here: sa.Connection, known: Figures, target: str, watch: Watcher) -> Figures:
    """Copy every table; foreign keys are taken off before and checked when put back."""
    with database.reading(target) as there:
        keys = there.execute(_KEYS).all()
        for key in keys:
            there.exec_driver_sql(f'ALTER TABLE {key.table} DROP CONSTRAINT "{key.name}"')
        total, done = sum(known.tables.values()), 0
        for table in Base.metadata.sorted_tables:
            if table.name not in known.tables or table.name == SEARCH:
                continue
            there.execute(table.delete())
            for rows in _batches(here, table):
                there.execute(table.insert(), rows)
                done += len(rows)
                watch("rows", done, total)
            _set_sequence(there, table)
        for key in keys:
            there.exec_driver_sql(f'ALTER TABLE {key.table} ADD CONSTRAINT "{key.name}" {key.says}')
        found = figures_of(there)
        differences = known.differences(found, without=(SEARCH,))
        if differences:
            raise BackupError(f"what arrived is not what was sent: {'; '.join(differences[:5])}")
        _check_triggers(here, there)
        there.commit()
    watch("rows", total, total)
    return found


def _batches(here: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    rows = here.execute(sa.select(table).order_by(*table.primary_key.columns))
    while batch := [_plain(row) for row in islice(rows, _ROWS)]:
        yield batch


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    """Return a row as PostgreSQL takes it, which keeps no zero bytes in a text."""
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value
        for name, value in row._mapping.items()
    }


def _set_sequence(there: sa.Connection, table: sa.Table) -> None:
    """Let the next row get the number after the highest."""
    for column in table.primary_key.columns:
        sequence = there.scalar(
            sa.text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        )
        if sequence:
            highest = there.scalar(sa.select(sa.func.max(column)))
            there.execute(
                sa.text("SELECT setval(:sequence, :next, :is_taken)"),
                {"sequence": sequence, "next": highest or 1, "is_taken": highest is not None},
            )


def _check_triggers(here: sa.Connection, there: sa.Connection) -> None:
    guarded = {row.name for row in there.execute(_TRIGGERS)}
    wanted = set(
        here.scalars(sa.text("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    )
    if wanted - guarded:
        raise BackupError(f"no trigger guards {', '.join(sorted(wanted - guarded))} there")
