"""Open the demo town: check, then serve, and write the town while the site answers.

`serve.py check` needs nothing but a Python; `serve.py` runs on the Python of .venv. Ctrl-C ends
everything that was started here.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
OLDEST_PYTHON = (3, 11)
SIGN_INS = [
    ("resident", "resident@linli.test"),
    ("merchant", "merchant@linli.test"),
    ("operator", "operator@linli.test"),
]
PASSWORD = "linli-demo"
SERVER = [
    "--interface",
    "wsgi",
    "--host",
    HOST,
    "--workers",
    "1",
    "--blocking-threads",
    "32",
    "--no-ws",
    "--respawn-failed-workers",
    "--log-level",
    "error",
    "wsgi:app",
]


class CannotStartError(Exception):
    """One plain line that says what stands in the way and what to do."""


def port() -> int:
    """Return the port asked for, or refuse what is not one."""
    asked = os.environ.get("PORT", "8000")
    if not asked.isdigit() or not 0 < int(asked) < 65536:
        raise CannotStartError(
            f"PORT={asked} is not a port: choose a number from 1 to 65535, say PORT=8080."
        )
    return int(asked)


def instance() -> Path:
    """Return the folder where the site keeps its data."""
    return Path(os.environ.get("LINLI_INSTANCE", ROOT / "instance")).expanduser().resolve()


def check() -> None:
    """Refuse at once, before anything is fetched, what would fail later."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise CannotStartError(
            f"Linli needs Python 3.11 or newer and this is {have}: make run PYTHON=python3.11"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port()))
        except OSError as taken:
            raise CannotStartError(
                f"Port {port()} cannot be used ({taken.strerror}): "
                f"make run PORT={port() % 65535 + 1}"
            ) from taken
    try:
        instance().mkdir(parents=True, exist_ok=True)
        probe_file = instance() / ".can-write"
        probe_file.write_text("")
        probe_file.unlink()
    except OSError as refused:
        raise CannotStartError(
            f"Linli cannot write in {instance()} ({refused.strerror}): "
            "set LINLI_INSTANCE to a folder that it may use."
        ) from refused


def is_empty_wanted() -> bool:
    """Whether this folder is for a town of one's own: DEMO=no said so once, before any demo."""
    own = instance() / "own-town"
    if os.environ.get("DEMO", "yes").lower() in {"no", "0"}:
        if (instance() / "demo-town-written").exists():
            raise CannotStartError(
                f"The demo town lives in {instance()}: "
                "set LINLI_INSTANCE to another folder for a town of your own."
            )
        own.touch()
    return own.exists()


class Children:
    """The programs started here: each in a group of its own, all ended together."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program out of the terminal's reach, so that only we end it."""
        child = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        self.running.append(child)
        return child

    def end(self) -> None:
        """Ask every group to stop, wait, and make sure."""
        for child in self.running:
            self._tell(child, signal.SIGTERM)
        deadline = time.monotonic() + 10
        for child in self.running:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(child, signal.SIGKILL)
                child.wait()
            self._tell(child, signal.SIGKILL)

    @staticmethod
    def _tell(child: subprocess.Popen[bytes], what: signal.Signals) -> None:
        try:
            os.killpg(child.pid, what)
        except ProcessLookupError:
            return


def program(name: str) -> str:
    """Return the path of a program that was installed beside this Python."""
    return str(Path(sys.executable).parent / name)


def serve(children: Children) -> int:
    """Bring the tables up to date, open the site, write the town, and stay until told to stop."""
    started = time.monotonic()
    address = f"http://{HOST}:{port()}"
    os.environ.setdefault("LINLI_BASE_URL", address)
    os.environ.setdefault("LINLI_JOBS_EMBEDDED", "1")
    os.environ.setdefault("LINLI_FIRST_START", "yes" if is_empty_wanted() else "no")
    # Every thread would keep a heap of its own: with two, a worker stays some 15 MiB smaller.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    if not has_newest_tables():
        print("Making the tables…", flush=True)
        tables = children.start(program("flask"), "--app", "wsgi", "db", "upgrade")
        if tables.wait() != 0:
            raise CannotStartError("The tables could not be made; the reason stands above.")
    site = children.start(program("granian"), "--port", str(port()), *SERVER)
    wait_for(site, address)
    print(f"\nLinli is open at {address} after {time.monotonic() - started:.1f} s.", flush=True)
    written = instance() / "demo-town-written"
    if not written.exists() and not is_empty_wanted():
        print("The demo town is being written while you look around.", flush=True)
        town = children.start(program("flask"), "--app", "wsgi", "demo", "town")
        if wait_both(site, town) == 0:
            written.touch()
        else:
            print("The demo town was not finished; the reason stands above.", file=sys.stderr)
    if written.exists():
        print_sign_ins()
    return site.wait()


def has_newest_tables() -> bool:
    """Ask the site's own SQLite file, so that a second start need not load the migrations."""
    file = instance() / "linli.db"
    if "LINLI_DATABASE_URL" in os.environ or not file.is_file():
        return False
    newest = max(path.stem for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute("SELECT version_num FROM alembic_version").fetchall() == [
                (newest,)
            ]
    except sqlite3.Error:
        return False


def wait_for(site: subprocess.Popen[bytes], address: str) -> None:
    """Wait until the site answers; refuse when it ends or stays silent for a minute."""
    for _ in range(1200):
        if site.poll() is not None:
            raise CannotStartError("The server stopped at once; the reason stands above.")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise CannotStartError("The server did not answer within a minute.")


def wait_both(site: subprocess.Popen[bytes], town: subprocess.Popen[bytes]) -> int:
    """Wait for the town; a site that ends meanwhile ends the wait."""
    while town.poll() is None and site.poll() is None:
        time.sleep(0.2)
    return town.poll() if town.poll() is not None else 1


def print_sign_ins() -> None:
    """Print who one may be."""
    print("Sign in as")
    for who, mail in SIGN_INS:
        print(f"  {who:<10}{mail:<24}{PASSWORD}")
    print("Ctrl-C stops everything.", flush=True)


class Stopped(BaseException):
    """A signal asked the site to close."""


def stop(number: int, frame: object) -> None:
    """Turn the first signal into a tidy end and be deaf to the rest."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    """Return 0 after a tidy end, 1 with one clear line otherwise."""
    children = Children()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    try:
        check()
        return 0 if sys.argv[1:] == ["check"] else serve(children)
    except CannotStartError as reason:
        print(reason, file=sys.stderr)
        return 1
    except Stopped:
        print("\nLinli is closed.")
        return 0
    finally:
        children.end()


if __name__ == "__main__":
    sys.exit(main())
