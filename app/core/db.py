"""The database: one declarative base, the column types, and `transaction()`, the only commit in the
codebase.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, NamedTuple, cast

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, CursorResult, Dialect, Engine
from sqlalchemy.exc import MultipleResultsFound
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.dml import UpdateBase

from app.core import clock
from app.core.asked import asked
from app.core.errors import AlreadyDoneError, LinliError
from app.core.reading import ReadingSession, keep_ready
from app.core.settings import Settings

try:
    import pysqlite3.dbapi2 as sqlite_driver
except ImportError:  # no wheel for this machine: the standard library's module serves instead
    import sqlite3 as sqlite_driver

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# How many statements a connection keeps ready; the drivers' own 128 and 100 are fewer than ours.
MOST_STATEMENTS = 500


class Base(DeclarativeBase):
    """Every table's base; `subject_kind` is the word by which upward links, log and index name its
    rows.
    """

    metadata = sa.MetaData(naming_convention=NAMING)
    subject_kind: ClassVar[str] = ""


db = SQLAlchemy(
    model_class=Base, session_options={"class_": ReadingSession, "expire_on_commit": False}
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive datetime is refused when it is bound."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database keeps into an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read SQLite's text in one step."""
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def choice(options: type[StrEnum], name: str) -> sa.Enum:
    """Return a column type that keeps one of `options` as its text, behind a named CHECK."""
    return sa.Enum(
        options,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda kind: [str(option.value) for option in kind],
    )


class OnceKey(Base):
    """A form that was sent: its key, and where the first sending led."""

    __tablename__ = "once_keys"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    location: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(slots=True)
class Act:
    """One write in progress; `leads_to` says where its person goes next, also when the form comes
    twice.
    """

    location: str = ""

    def leads_to(self, location: str) -> str:
        """Remember the page that shows what was done."""
        self.location = location
        return location


@contextmanager
def transaction(once: str | None = None, *, though_closed: bool = False) -> Iterator[Act]:
    """Commit all of the block or nothing of it.

    It does not nest (RuntimeError). On SQLite writers queue on a file lock and begin IMMEDIATE; on
    PostgreSQL the level is READ COMMITTED. With `once`, a key seen before raises `AlreadyDoneError`
    with the first act's location and the block is not entered. While nobody may write, the gate
    refuses before the block is entered; only what opens the town again passes `though_closed`.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a transaction does not nest")
    session.rollback()
    with _queue(db.engine):
        session.info["writing"] = True
        try:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            act = Act()
            if not though_closed:
                _check_gate()
            _claim(once)
            yield act
            session.flush()
            _remember(once, act)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


def begin_anew() -> None:
    """Leave what was begun, so that the refusal of a statement can be told: PostgreSQL answers
    nothing more in a transaction that failed.
    """
    db.session.rollback()


def set_gate(app: Flask, gate: Callable[[], None]) -> None:
    """Register what refuses every transaction while nobody may write; `core.running` does this."""
    app.extensions["linli_gate"] = gate


def _check_gate() -> None:
    gate = current_app.extensions.get("linli_gate")
    if gate is not None:
        gate()


def is_closed() -> bool:
    """Whether nobody may write now, so that threads of their own wait rather than fail."""
    try:
        _check_gate()
    except LinliError:
        return True
    return False


def fetch(statement: sa.Select[*tuple[Any, ...]], /, **values: Any) -> Sequence[Any]:
    """Return the rows of a select of columns, its `bindparam`s filled with `values`.

    For selects that were built once, at import or in a cached function: it compiles them once and
    asks the connection itself, past the session's machinery for entities, and so costs a tenth of
    `session.execute`. Rows are named tuples.
    """
    session: Any = db.session()
    if session.info.get("writing"):
        session.flush()
    return asked(statement, db.engine.dialect).rows(session, values)


def fetch_one(statement: sa.Select[*tuple[Any, ...]], /, **values: Any) -> Any:
    """Return the one row that `fetch` would, or None; refuses more than one."""
    found = fetch(statement, **values)
    if len(found) > 1:
        raise MultipleResultsFound
    return found[0] if found else None


class Count(NamedTuple):
    """A number that is asked in one statement with others: a select built once, and its values."""

    wanted: sa.ScalarSelect[int]
    values: dict[str, Any]


def fetch_counts(counts: Mapping[str, Count]) -> dict[str, int]:
    """Return several numbers by name, in one statement; values of one name must be the same."""
    if not counts:
        return {}
    values = {name: value for count in counts.values() for name, value in count.values.items()}
    found = fetch(_beside(tuple(count.wanted for count in counts.values())), **values)[0]
    return {name: number or 0 for name, number in zip(counts, found, strict=True)}


@cache
def _beside(selects: tuple[sa.ScalarSelect[int], ...]) -> Any:
    return sa.select(*selects)


def is_writing() -> bool:
    """Whether a `transaction()` block is open in this context."""
    return bool(db.session().info.get("writing"))


def moved(statement: UpdateBase, error: LinliError) -> None:
    """Carry out a compare-and-swap `UPDATE … WHERE state = expected`; zero rows raise `error`."""
    if changed(statement) == 0:
        raise error


def changed(statement: UpdateBase, /, **values: Any) -> int:
    """Carry out an UPDATE or DELETE, its `bindparam`s filled with `values`; return how many rows it
    touched.

    Like `fetch` it asks the connection itself, so a row that the session has loaded stays as it is.
    """
    session = db.session()
    session.flush()
    result = session.connection().execute(statement, values, execution_options=_COUNTED)
    return cast("CursorResult[Any]", result).rowcount


_COUNTED = {"preserve_rowcount": True}


def changing(statement: Any, /, **values: Any) -> Sequence[Any]:
    """Carry out a write that was built once and return the rows that it gives back."""
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values).all()


def put(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows that all say the same columns with one statement; return their ids in order."""
    if not rows:
        return []
    session = db.session()
    session.flush()
    given = rows[0] if len(rows) == 1 else rows
    return list(session.connection().execute(_put_into(table), given).scalars())


@cache
def _put_into(table: Any) -> Any:
    return sa.insert(table.__table__).returning(table.__table__.c.id, sort_by_parameter_order=True)


def insert_ignoring(table: Any, rows: list[dict[str, Any]], *, keys: list[str]) -> int:
    """Insert rows whose `keys` are not there yet; return how many went in. The same on both
    databases.
    """
    if not rows:
        return 0
    statement = _inserted(table, rows).on_conflict_do_nothing(index_elements=keys)
    return changed(statement)


def _inserted(table: Any, rows: list[dict[str, Any]]) -> Any:
    """Return the INSERT of rows; that of one row is compiled once, that of several every time."""
    return inserting(table).values(rows[0] if len(rows) == 1 else rows)


def inserting(table: Any) -> Any:
    """Return the INSERT of the database in use, which knows ON CONFLICT."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - only one dialect is in use
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    return insert(table)


def upsert(table: Any, rows: list[dict[str, Any]], *, keys: list[str], update: Any) -> int:
    """Insert rows, or where `keys` exist apply `update(excluded) -> {column: expression}`; return
    rows touched.
    """
    if not rows:
        return 0
    statement = _inserted(table, rows)
    return changed(
        statement.on_conflict_do_update(index_elements=keys, set_=update(statement.excluded))
    )


def is_postgresql() -> bool:
    """Whether the site runs on PostgreSQL (otherwise on SQLite)."""
    return db.engine.dialect.name == "postgresql"


def engine_options(settings: Settings) -> dict[str, Any]:
    """Return the engine's options for the settings' database.

    The connection used last is used next, so that one at rest stays at rest: each has pages and
    prepared statements of its own, and the warm one costs a third less. What a refused statement
    was asked with (names, numbers, secrets) stays out of errors, which are logged.
    """
    pool = {"pool_size": 8, "max_overflow": 40, "pool_use_lifo": True, "hide_parameters": True}
    if settings.database_url.startswith("sqlite"):
        return pool | {
            "module": sqlite_driver,
            "connect_args": {
                "check_same_thread": False,
                "timeout": 10,
                "cached_statements": MOST_STATEMENTS,
            },
        }
    return pool | {
        "connect_args": {"options": "-c lock_timeout=10000 -c timezone=UTC"},
    }


def connect(app: Flask, settings: Settings) -> None:
    """Attach the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    app.extensions["linli_sqlite_synchronous"] = settings.sqlite_synchronous
    db.init_app(app)
    with app.app_context():
        prepare(db.engine, settings.sqlite_synchronous)


def prepare(engine: Engine, synchronous: str = "FULL") -> None:
    """Teach an engine our transactions: on SQLite we begin, in WAL, with foreign keys on."""
    if engine.dialect.name != "sqlite":
        keep_ready(engine)

        @event.listens_for(engine, "connect")
        def _remember_more(connection: Any, _record: Any) -> None:
            connection.prepared_max = MOST_STATEMENTS

        return

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'NORMAL' if synchronous == 'NORMAL' else 'FULL'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_size_limit=16777216")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if kind == "DEFERRED":  # takes no lock and cannot fail, so it may go straight to the driver
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN DEFERRED")
        else:
            connection.exec_driver_sql(f"BEGIN {kind}")


def sqlite_version() -> tuple[int, ...]:
    """Return the version of the SQLite library in use."""
    return tuple(int(part) for part in sqlite_driver.sqlite_version.split("."))


@contextmanager
def _queue(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield
        return
    descriptor = os.open(f"{engine.url.database}.queue", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _claim(once: str | None) -> None:
    if once is None:
        return
    if (
        insert_ignoring(OnceKey, [{"key": once, "at": clock.now(), "location": None}], keys=["key"])
        == 0
    ):
        raise AlreadyDoneError(
            db.session.scalar(sa.select(OnceKey.location).where(OnceKey.key == once))
        )


def _remember(once: str | None, act: Act) -> None:
    if once is not None and act.location:
        changed(sa.update(OnceKey).where(OnceKey.key == once).values(location=act.location))


def fold_log() -> None:
    """Fold SQLite's write-ahead log into the file while writers queue; give way to readers."""
    if is_postgresql():
        return
    db.session.rollback()
    with _queue(db.engine), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=100")
        try:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            driver.execute("PRAGMA busy_timeout=10000")


def forget_once_keys(before: datetime) -> int:
    """Delete the keys of forms sent before an instant; a repeat of one counts as new."""
    return changed(sa.delete(OnceKey).where(OnceKey.at < before))


def database_name() -> str:
    """Return the database kind and version for the health page."""
    if not is_postgresql():
        return f"SQLite {sqlite_driver.sqlite_version}"
    return f"PostgreSQL {current_app.extensions['sqlalchemy'].engine.dialect.server_version_info}"
