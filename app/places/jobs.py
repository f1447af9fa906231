"""Asking the geocoder, one question a second, never inside a transaction."""

import time
from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.db import transaction
from app.core.errors import OutsideDownError
from app.core.jobs.registry import job
from app.places import queries, services
from app.places.gateway import geocoder
from app.places.types.rows import Found

PATIENCE = timedelta(seconds=10)


@job(services.GEOCODE_JOB, lease_seconds=60)
def geocode(payload: dict[str, Any]) -> dict[str, Any]:
    """Find an address's place: a kept answer, else the geocoder's; a pin set by hand stays."""
    question = str(payload["question"])
    kept = queries.kept_answer(question, at=clock.now())
    found = _asked(question) if kept is None else kept.found
    with transaction():
        if kept is None:
            services.keep_answer(question, found, at=clock.now())
        is_pinned = found is not None and services.pin_found_address(
            int(payload["address_id"]), question, found.point
        )
    return {"found": found is not None, "pinned": is_pinned}


def _asked(question: str) -> Found | None:
    asked_at = clock.now()
    middle = next((row.point for row in queries.neighbourhoods()), None)
    with transaction():
        turn = services.take_geocoder_turn(asked_at, patience=PATIENCE)
    if turn is None:
        raise OutsideDownError
    time.sleep(max(0.0, (turn - asked_at).total_seconds()))
    return geocoder().find(question, near=middle, language="zh,en")
