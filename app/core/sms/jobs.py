"""Sends the outbox's text messages."""

from typing import Any

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import job
from app.core.sms.errors import NumberRefusedError
from app.core.sms.services import deliver_now
from app.core.sms.signals import sms_arrived, sms_refused


@job("sms.send", attempts=6, lease_seconds=60)
def send(payload: dict[str, Any]) -> None:
    """Hand one text message to the gateway, and tell the houses above what became of it."""
    number = payload["to"]
    try:
        deliver_now(number, payload["text"], key=payload["key"])
    except NumberRefusedError as refused:
        with transaction():
            sms_refused.send("sms", to=number, why=str(refused), at=clock.now())
        raise
    with transaction():
        sms_arrived.send("sms", to=number, at=clock.now())
