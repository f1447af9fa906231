"""Sends the outbox's mail."""

from typing import Any

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import job
from app.core.mail import gateway
from app.core.mail.errors import AddressRefusedError
from app.core.mail.signals import mail_arrived, mail_refused
from app.core.mail.types import Mail
from app.core.settings import settings


@job("mail.send")
def send(payload: dict[str, Any]) -> None:
    """Hand one mail to the server, and tell the houses above what became of it."""
    mail = Mail(
        payload["to"],
        payload["subject"],
        payload["text"],
        payload.get("html"),
        payload.get("key", ""),
        payload.get("stop"),
    )
    try:
        gateway.deliver(mail, url=settings().mail_url, sender=settings().mail_from)
    except AddressRefusedError as refused:
        with transaction():
            mail_refused.send(mail, to=mail.to, why=str(refused), at=clock.now())
        raise
    with transaction():
        mail_arrived.send(mail, to=mail.to, at=clock.now())
