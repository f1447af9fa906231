"""Sends the outbox's text messages."""

from typing import Any

from app.core.jobs.registry import job
from app.core.sms.services import deliver_now


@job("sms.send", attempts=6, lease_seconds=60)
def send(payload: dict[str, Any]) -> None:
    """Hand one text message to the gateway."""
    deliver_now(payload["to"], payload["text"], key=payload["key"])
