"""The connection that reads are lent: it begins nothing, is held by nobody, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core import clock, reading
from app.core.db import db, fetch, is_postgresql, transaction
from app.core.facts import Fact

ONE = sa.select(Fact.key, Fact.value).where(Fact.key == sa.bindparam("key"))
MISSING = sa.select(sa.column("no_such_column")).select_from(Fact.__table__)


def pool() -> Any:
    return db.engine.pool


def write(key: str) -> None:
    with transaction():
        db.session.add(Fact(key=key, value=1, changed_at=clock.now()))


def keys() -> list[str]:
    return [key for key in ("a", "b") if fetch(ONE, key=key)]


def test_a_read_begins_no_transaction_and_gives_its_connection_back_at_the_end(app: Flask) -> None:
    held = pool().checkedout()
    with app.app_context():
        fetch(ONE, key="a")
        fetch(ONE, key="b")
        assert not db.session().in_transaction()
        assert pool().checkedout() == held + 1
    assert pool().checkedout() == held


def test_whoever_begins_a_transaction_after_a_read_holds_one_connection(app: Flask) -> None:
    held = pool().checkedout()
    with app.app_context():
        fetch(ONE, key="a")
        db.session.execute(sa.select(Fact.key)).all()
        fetch(ONE, key="a")
        assert pool().checkedout() == held + 1
        with transaction():
            fetch(ONE, key="a")
            assert pool().checkedout() == held + 1
        fetch(ONE, key="a")
        assert pool().checkedout() == held + 1
    assert pool().checkedout() == held


def test_a_connection_that_was_lent_keeps_transactions_whole_afterwards(app: Flask) -> None:
    fetch(ONE, key="a")

    def fail() -> None:
        with transaction():
            db.session.add(Fact(key="a", value=1, changed_at=clock.now()))
            db.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert keys() == []
    write("b")
    assert keys() == ["b"]


def test_a_select_that_the_database_refuses_is_told_in_sqlalchemys_way(app: Flask) -> None:
    with pytest.raises((OperationalError, ProgrammingError), match="no_such_column"):
        fetch(MISSING)
    db.session.rollback()
    write("a")
    assert keys() == ["a"]


def test_nothing_is_written_outside_a_transaction(app: Flask) -> None:
    row = {"key": "a", "value": 1, "changed_at": clock.now()}
    if is_postgresql():
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            db.session.execute(sa.insert(Fact), [row])
    else:
        db.session.execute(sa.insert(Fact), [row])
    db.session.remove()
    assert keys() == []


@contextmanager
def backends() -> Iterator[Any]:
    """Give a connection of its own to the same PostgreSQL database."""
    if not is_postgresql():
        pytest.skip("SQLite has no server")
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_what_was_prepared_stays_prepared_after_reads_of_every_kind(app: Flask) -> None:
    if not is_postgresql():
        pytest.skip("SQLite's statements are kept by its driver")
    for _ in range(8):
        fetch(ONE, key="a")
        db.session.execute(sa.select(Fact.key)).all()
        db.session.remove()
    prepared = db.session().driver().execute("SELECT statement FROM pg_prepared_statements")
    assert any("facts.key = $1" in row[0] for row in prepared.fetchall())


def test_a_read_whose_connection_was_lost_is_asked_again(app: Flask) -> None:
    with backends() as other:
        write("a")
        fetch(ONE, key="a")
        other.execute(sa.text(OTHERS))
        assert keys() == ["a"]  # the one that was lent
        db.session.remove()
        fetch(ONE, key="a")
        db.session.remove()
        other.execute(sa.text(OTHERS))
        assert keys() == ["a"]  # one that was at rest


def test_a_write_finds_out_that_a_connection_at_rest_was_lost(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backends() as other:
        monkeypatch.setattr(reading, "TRUSTED_SECONDS", 0.0)
        for key in ("a", "b"):
            other.execute(sa.text(OTHERS))
            write(key)
        assert keys() == ["a", "b"]
