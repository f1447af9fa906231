"""Which function carries out which job, and what is done every so often; filled when houses' jobs
are imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Handler = Callable[[dict[str, Any]], dict[str, Any] | None]
Sweep = Callable[[datetime], object]

TIMED = "every:"


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: its handler, how often it is tried, and how long one attempt may take."""

    name: str
    handler: Handler
    attempts: int
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Timed:
    """Work that comes back: its key and the time between two runs."""

    key: str
    sweep: Sweep
    interval: timedelta


jobs: dict[str, Job] = {}
timed: dict[str, Timed] = {}


def job(name: str, *, attempts: int = 8, lease_seconds: int = 120) -> Callable[[Handler], Handler]:
    """Register the handler of a job; it runs outside any transaction, at least once, and may raise
    GiveUpError.
    """

    def register(handler: Handler) -> Handler:
        if name in jobs and jobs[name].handler.__module__ != handler.__module__:
            raise ValueError(f"two handlers of the job {name}")
        jobs[name] = Job(name, handler, attempts, timedelta(seconds=lease_seconds))
        return handler

    return register


def every(
    *, key: str, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0
) -> Callable[[Sweep], Sweep]:
    """Register work that is done every so often; after a pause it is done once, however many times
    were missed.
    """
    interval = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
    if not interval:
        raise ValueError(f"how often is {key} to be done?")

    def register(sweep: Sweep) -> Sweep:
        timed[key] = Timed(key, sweep, interval)
        return sweep

    return register
