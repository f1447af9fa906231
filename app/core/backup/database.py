"""Copies of a whole database in its own kind: a snapshot beside the running site, and putting one
in place of another.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.core.backup import gateway
from app.core.backup.errors import BackupError
from app.core.db import engine_options, sqlite_driver  # type: ignore[attr-defined]
from app.core.settings import Settings

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MEMBER = {SQLITE: "database.sqlite", POSTGRESQL: "database.dump"}
_LEFTOVERS = ("", "-wal", "-shm", "-journal")


def kind_of(url: str) -> str:
    """Return `sqlite` or `postgresql`."""
    return SQLITE if url.startswith("sqlite") else POSTGRESQL


def file_of(url: str) -> Path:
    """Return the file of a SQLite database."""
    return Path(make_url(url).database or "")


@contextmanager
def reading(url: str) -> Iterator[sa.Connection]:
    """Give a connection of its own that sees one state of a database from its first statement."""
    options = engine_options(Settings(database_url=url))
    for name in ("pool_size", "max_overflow", "pool_use_lifo"):
        options.pop(name, None)
    level = {} if kind_of(url) == SQLITE else {"isolation_level": "REPEATABLE READ"}
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(address, poolclass=sa.NullPool, **options, **level)
    try:
        with engine.connect() as connection:
            if kind_of(url) == SQLITE:  # the driver itself begins only before it writes
                connection.exec_driver_sql("BEGIN")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[tuple[Path, sa.Connection]]:
    """Copy a database into a file of `folder` while the site runs; give the file and a connection
    that sees the same state.
    """
    target = folder / MEMBER[kind_of(url)]
    if kind_of(url) == SQLITE:
        copy_sqlite(file_of(url), target)
        with reading(f"sqlite:///{target}") as connection:
            yield target, connection
        for ending in _LEFTOVERS[1:]:
            Path(f"{target}{ending}").unlink(missing_ok=True)
        return
    gateway.check_tools(server_major(url))
    with reading(url) as connection:
        name = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        gateway.dump(url, target, str(name), server_major(url))
        yield target, connection


def server_major(url: str) -> int:
    """Return the first number of a PostgreSQL server's version."""
    with reading(url) as connection:
        return int((connection.dialect.server_version_info or (0,))[0])


def await_others(url: str, *, seconds: float = 3.0) -> int:
    """Wait a little until nobody else is connected to a PostgreSQL database; return how many still
    are.
    """
    others = 0
    for _ in range(int(seconds * 10)):
        with reading(url) as connection:
            others = int(connection.scalar(_OTHERS) or 0)
        if not others:
            break
        time.sleep(0.1)
    return others


_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database by its own backup interface; whole, whoever writes meanwhile. The
    target may be in use: its readers see the old state until the copy is complete.
    """
    here, there = (sqlite_driver.connect(str(path), timeout=60) for path in (source, target))
    try:
        here.backup(there)
    finally:
        here.close()
        there.close()


def check_sqlite(file: Path) -> None:
    """Refuse (BackupError) a database file that is damaged, or whose keys lead nowhere."""
    connection = sqlite_driver.connect(str(file))
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        said = connection.execute("PRAGMA integrity_check(3)").fetchall()
        astray = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite_driver.DatabaseError as damaged:
        raise BackupError(f"the database in it is damaged: {damaged}") from damaged
    finally:
        connection.close()
    if said != [("ok",)] or astray:
        raise BackupError(f"the database in it is damaged: {(said + [astray])[0]}")


def is_empty(url: str) -> bool:
    """Whether a database has no tables."""
    if kind_of(url) == SQLITE and not file_of(url).exists():
        return True
    with reading(url) as connection:
        return not sa.inspect(connection).get_table_names()


@contextmanager
def replaced(url: str, source: Path, aside: Path) -> Iterator[str]:
    """Put a copy in a database's place and say where what was there lies; it goes back if the block
    fails.

    SQLite's file is overwritten by its own backup interface, so that programs which have it open
    see the new state; PostgreSQL's tables go into a schema of their own.
    """
    way = _replaced_file if kind_of(url) == SQLITE else _replaced_schema
    with way(url, source, aside) as kept:
        yield kept


@contextmanager
def _replaced_file(url: str, source: Path, aside: Path) -> Iterator[str]:
    live, old = file_of(url), aside / "database.sqlite"
    had_one = not is_empty(url)
    if had_one:
        aside.mkdir(parents=True, exist_ok=True)
        copy_sqlite(live, old)
    try:
        copy_sqlite(source, live)
        live.chmod(0o600)
        yield str(aside) if had_one else ""
    except BaseException:
        if had_one:
            copy_sqlite(old, live)
        else:
            for ending in _LEFTOVERS:
                Path(f"{live}{ending}").unlink(missing_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        raise


@contextmanager
def _replaced_schema(url: str, source: Path, aside: Path) -> Iterator[str]:
    name = f"replaced_{aside.name.rpartition('-')[2]}"
    had_one = not is_empty(url)
    if had_one:
        _carry_out(url, f'ALTER SCHEMA public RENAME TO "{name}"', "CREATE SCHEMA public")
    try:
        gateway.load(url, source, server_major(url))
        yield f"the schema {name}" if had_one else ""
    except BaseException:
        _carry_out(url, "DROP SCHEMA public CASCADE")
        back = f'ALTER SCHEMA "{name}" RENAME TO public' if had_one else "CREATE SCHEMA public"
        _carry_out(url, back)
        raise


def _carry_out(url: str, *statements: str) -> None:
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


def clear(url: str) -> None:
    """Take all tables out of a PostgreSQL database that was empty before us."""
    _carry_out(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


def as_columns(row: Any) -> dict[str, Any]:
    """Return a row as a dictionary by column."""
    return dict(row._mapping)


def synced(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
