"""Timed work of merchants: opening spans are kept fourteen days ahead."""

from __future__ import annotations

from datetime import datetime

from app.core.db import transaction
from app.core.jobs.registry import every
from app.merchants.services.hours import keep_late_spans


@every(minutes=30, key="merchants.spans")
def keep_spans(now: datetime) -> None:
    """Renew the spans of all shops that reach less than fourteen days ahead, some at a time."""
    while True:
        with transaction():
            renewed = keep_late_spans(at=now)
        if renewed == 0:
            return
