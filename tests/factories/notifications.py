"""Following the log in tests, as the worker does in time."""

import time
from datetime import datetime

from app.core.activity.cursors import is_caught_up
from app.notifications import jobs
from app.notifications.types import READER

PATIENCE = 10.0


def follow(at: datetime) -> None:
    """Tell people all that the log holds.

    On PostgreSQL a writer anywhere on the server, another test's too, may hold the log back a
    moment; the worker would look again later, and so does this.
    """
    until = time.monotonic() + PATIENCE
    while True:
        jobs.follow(at)
        if is_caught_up(READER) or time.monotonic() > until:
            break
        time.sleep(0.02)
