"""Work of the log: presence read off it, and the thread that writes down what was seen."""

import threading
from collections import Counter
from datetime import date, datetime
from multiprocessing.util import Finalize

import structlog
from flask import Flask

from app.core import clock
from app.core.activity import services
from app.core.activity.cursors import read_log
from app.core.activity.seen import flush_seen
from app.core.activity.types import Hook, verb_named
from app.core.db import db, transaction
from app.core.jobs.registry import every

_log = structlog.get_logger("linli.activity")


@every(minutes=1, key="activity.presence")
def count_presence(_now: datetime) -> None:
    """Add what members did since to their daily presence."""
    while True:
        with transaction():
            rows = read_log("activity.presence", limit=1000)
            shown: Counter[tuple[int, date, Hook]] = Counter()
            for row in rows:
                declared = verb_named(row.verb)
                if row.actor_id is not None and declared is not None:
                    shown[(row.actor_id, clock.local(row.at).date(), declared.hook)] += 1
            services.count_presence(shown)
        if not rows:
            return


class Flusher:
    """A thread per process that writes down what was seen, every few seconds and at the end."""

    def __init__(self, app: Flask, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="linli-seen", daemon=True)

    def start(self) -> "Flusher":
        """Begin."""
        self._thread.start()
        # A server's worker process ends without atexit, but not without this.
        Finalize(self, self.stop, exitpriority=10)
        return self

    def stop(self, timeout: float = 5.0) -> None:
        """Write down the rest and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        with self._app.app_context():
            while True:
                is_last = self._stopping.wait(self._seconds)
                try:
                    flush_seen()
                except Exception:
                    _log.exception("what was seen could not be written down")
                finally:
                    db.session.remove()
                if is_last:
                    return


def start_flushing(app: Flask, seconds: float) -> Flusher:
    """Start this process's thread that writes down what was seen; `wsgi` does this."""
    return Flusher(app, seconds).start()
