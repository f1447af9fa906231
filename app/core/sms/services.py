"""Sending text messages, by way of the outbox."""

from datetime import datetime

from app.core.jobs.models import OutboxRow
from app.core.jobs.services import enqueue
from app.core.settings import settings
from app.core.sms import gateway
from app.core.sms.numbers import e164
from app.core.sms.types import Sms

LONGEST = 500


def can_send_sms() -> bool:
    """Whether this town has a gateway; pages offer no text message where it has none."""
    return settings().sms_url.startswith(("http://", "https://", "collect:"))


def send_sms(to: str, text: str, *, key: str, due_at: datetime | None = None) -> OutboxRow:
    """Write a text message into the outbox, inside the transaction that causes it; the same key is
    one message. `to` may be as typed; the town's country is added. `due_at` lets it wait.

    Refuses (PhoneNumberError) what cannot be a mobile number. What is secret is not sent this way
    but by `deliver_now`, from a job that holds only the id of the secret.
    """
    payload = {"to": e164(to), "text": " ".join(text.split())[:LONGEST], "key": key}
    return enqueue("sms.send", payload, key=f"sms:{key}", due_at=due_at)


def deliver_now(to: str, text: str, *, key: str) -> None:
    """Hand a message to the gateway at once, from inside a job: its text stays in no table."""
    conf = settings()
    gateway.deliver(Sms(e164(to), text[:LONGEST], key), url=conf.sms_url, token=conf.sms_token)
