"""Fixtures: an application on the real database, visitors who come through the front door, pages
read as pages.
"""

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app.core import clock, facts, i18n, keeping, money
from app.core.activity.seen import forget_seen
from app.core.db import Base, db
from app.core.settings import Settings
from app.factory import create_app
from tests.races import Race, race_in
from tests.visitor import Visitor
from tools import live

pytest_plugins = ["tests.sizes"]

POSTGRESQL = os.environ.get("LINLI_TEST_DATABASE", "")


def pytest_configure(config: pytest.Config) -> None:
    """Name the run's folder before the workers begin, so that all of them share it."""
    live.run_folder()


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        instance=folder,
        database_url=url,
        secret_key="tests-only-secret-key",
        testing=True,
        page_seconds=0,
        first_start=False,
        base_url="http://localhost",
        mail_url="log:",
        sqlite_synchronous="NORMAL",  # the power is not cut in a quick test
        sms_url="collect:",
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file that the migrations made; each SQLite test gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(_settings(folder, f"sqlite:///{folder / 'linli.db'}"))
    with app.app_context():
        upgrade()
        facts.hold_fast(app, app.extensions["linli_settings"])
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "linli.db"


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of an empty database of this worker's own, migrated; other runs on the same
    server have others.
    """
    name = f"linli_test_{uuid.uuid4().hex[:10]}"
    live.execute(POSTGRESQL, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    try:
        url = live.named(POSTGRESQL, name)
        app = create_app(_settings(tmp_path_factory.mktemp("postgresql"), url))
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        yield url
    finally:
        live.execute(POSTGRESQL, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Give this worker's one application: what it compiled for one test serves the next."""
    folder = tmp_path_factory.mktemp("built")
    url = f"sqlite:///{folder / 'linli.db'}"
    if POSTGRESQL:
        url = request.getfixturevalue("postgresql_url")
    made = create_app(_settings(folder, url))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest, built: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Return the application as it starts: an empty, migrated database, a folder of its own."""
    with opened(request, built, tmp_path) as fresh:
        yield fresh


@contextmanager
def opened(request: pytest.FixtureRequest, built: Flask, folder: Path) -> Iterator[Flask]:
    """Open the application on an empty, migrated database; all is emptied again afterwards."""
    with built.app_context():
        _hang_up(db.engine)
        keeping.cache.clear()
    known = dict(built.extensions)
    start: Settings = known["linli_settings"]
    built.extensions["linli_settings"] = replace(start, instance=folder)
    if not POSTGRESQL:
        _lay(
            request.getfixturevalue("template"), Path(start.database_url.removeprefix("sqlite:///"))
        )
    forget_seen()
    clock.use_zone(start.timezone)
    money.use_currency(start.currency)
    i18n.use_language(start.language)
    facts.hold_fast(built, start)
    with built.app_context():
        yield built
        db.session.remove()
        if POSTGRESQL:
            _empty(db.engine)
        _hang_up(db.engine)
    built.extensions.clear()
    built.extensions.update(known)


def _hang_up(engine: sa.Engine) -> None:
    """Let go of the database between two tests. A PostgreSQL connection that nobody holds stays:
    a fresh one reads the whole catalogue again.
    """
    pool = engine.pool
    if not POSTGRESQL or not isinstance(pool, sa.QueuePool) or pool.checkedout():
        engine.dispose()


def _lay(template: Path, place: Path) -> None:
    """Lay a fresh copy of the template where the database was; nobody has that one open."""
    for leftover in place.parent.glob(f"{place.name}*"):
        leftover.unlink()
    shutil.copy(template, place)


def _empty(engine: sa.Engine) -> None:
    """Empty the tables that hold rows and start their ids anew; all hundred take a second."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    asked = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in tables)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        answers = connection.execute(sa.text(f"SELECT {asked}")).one()
        filled = [name for name, holds in zip(tables, answers, strict=True) if holds]
        for name in filled:
            connection.execute(sa.text(f'DELETE FROM "{name}"'))
            if "id" in Base.metadata.tables[name].primary_key.columns:
                restart = "SELECT setval(pg_get_serial_sequence(:name, 'id'), 1, false)"
                connection.execute(sa.text(restart), {"name": name})


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Return pytest-xdist's worker name, or `main`."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """Return a visitor without a session."""
    return Visitor(app)


@pytest.fixture
def visit(guest: Visitor) -> Callable[..., Any]:
    """Fetch a page as a guest and check it as a page."""
    return guest.visit


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Visitor]:
    """Return a function that gives a visitor signed in as a person (a row of `users` or its id)."""

    def signed_in(person: Any) -> Visitor:
        return Visitor.signed_in(app, getattr(person, "id", person))

    return signed_in


@pytest.fixture
def race(app: Flask) -> Race:
    """Call `act(number)` in many threads at once; give what each returned or raised."""
    return race_in(app)


@pytest.fixture
def at() -> Callable[[datetime], Any]:
    """Return the clock's time travel: `with at(instant): …`."""
    return clock.travel


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """Return a context manager that lists the statements sent to the database inside it."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []
        kept = app.extensions.get("linli_facts")
        if kept is not None:  # the town's facts are read every few seconds, whatever the page
            app.extensions["linli_facts"] = (time.monotonic(), kept[1])

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of reference data, or skip with a plain notice; in CI it must be there."""
    folder = Path(
        os.environ.get("LINLI_DATA_DIR") or Path(__file__).resolve().parents[2] / "shared" / "data"
    )
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the reference data is missing: {folder}")
        pytest.skip(f"reference data not found in {folder}; set LINLI_DATA_DIR")
    return folder
