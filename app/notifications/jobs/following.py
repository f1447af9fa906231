"""Following the log, and climbing the ladders that begin there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import every, job
from app.notifications.jobs.channels import post
from app.notifications.services import delivery, ladders
from app.notifications.types import FAN_OUT_JOB, Begun, Letter


@every(seconds=15, key="notifications.follow")
def follow(now: datetime) -> None:
    """Tell people what happened since the last look, in small transactions."""
    while True:
        with transaction():
            read, news = delivery.follow_log(at=now)
            _begin(news, at=now)
        if read < delivery.BATCH:
            break
    climb(now)


@job(FAN_OUT_JOB)
def fan_out(payload: dict[str, Any]) -> dict[str, Any]:
    """Tell many people one thing."""
    now = clock.now()
    with transaction():
        news = delivery.fan_out(int(payload["log_id"]), at=now)
        _begin(news, at=now)
    climb(now)
    return {"told": len(news)}


def climb(now: datetime) -> None:
    """Take the steps that are due, in small transactions."""
    while True:
        with transaction():
            looked, letters = ladders.climb(at=now)
            post(letters)
        if looked < ladders.BATCH:
            break


def _begin(news: Sequence[Begun | Letter], *, at: datetime) -> None:
    ladders.start([one for one in news if isinstance(one, Begun)], at=at)
    post([one for one in news if isinstance(one, Letter)])
