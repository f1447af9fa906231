"""The embedded worker: one thread in one process of the site, chosen by a file lock, and the
outbox's own tidying.
"""

import fcntl
import os
import threading
from datetime import datetime, timedelta
from multiprocessing.util import Finalize
from pathlib import Path

import structlog
from flask import Flask

from app.core import clock
from app.core.db import db, fold_log, forget_once_keys, is_closed, transaction
from app.core.jobs import services
from app.core.jobs.registry import every

_log = structlog.get_logger("linli.jobs")


class Worker:
    """A thread that carries out what is due while it holds the instance folder's worker lock."""

    def __init__(self, app: Flask, folder: Path, *, pause_seconds: float = 1.0) -> None:
        self._app = app
        self._lock = folder / "worker.lock"
        self._pause = pause_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="linli-worker", daemon=True)

    def start(self) -> "Worker":
        """Begin; the thread waits for the lock where another process has it."""
        self._thread.start()
        # A server's worker process ends without atexit, but not without this.
        Finalize(self, self.stop, exitpriority=10)
        return self

    def stop(self, timeout: float = 10.0) -> None:
        """End after the job in hand; returns when the thread has gone or the time is up."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        descriptor = os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if self._is_leader(descriptor):
                with self._app.app_context():
                    work_until(self._stopping, pause_seconds=self._pause)
        finally:
            os.close(descriptor)

    def _is_leader(self, descriptor: int) -> bool:
        while not self._stopping.is_set():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._stopping.wait(2.0)
            else:
                return True
        return False


def start_worker(app: Flask, folder: Path) -> Worker:
    """Start the embedded worker; `wsgi` does this where the settings say so."""
    return Worker(app, folder).start()


def work_until(stopping: threading.Event, *, pause_seconds: float = 1.0) -> None:
    """Carry out due work in this thread until told to stop, the job in hand to its end: the
    embedded worker, and `flask jobs run` on as many machines as one likes. What goes wrong, as when
    the database is away, is logged and tried again.
    """
    is_planned = False
    while not stopping.is_set():
        tried = 0
        try:
            if not is_planned and not is_closed():
                with transaction():
                    services.plan_timed(clock.now())
                is_planned = True
            tried = services.run_due(limit=1)
        except Exception:
            _log.exception("worker stumbled")
        finally:
            db.session.remove()
        if not tried:
            stopping.wait(pause_seconds)


@every(days=1, key="jobs.tidy")
def tidy(now: datetime) -> None:
    """Forget what was done, and which forms were sent, a month ago, and what failed a quarter
    ago: it may hold what somebody wrote.
    """
    with transaction():
        services.forget_ended(
            done_before=now - timedelta(days=30), failed_before=now - timedelta(days=90)
        )
        forget_once_keys(now - timedelta(days=30))


@every(minutes=1, key="jobs.fold_log")
def fold(_now: datetime) -> None:
    """Keep SQLite's write-ahead log short."""
    fold_log()
