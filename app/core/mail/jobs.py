"""Sends the outbox's mail."""

from typing import Any

from app.core.jobs.registry import job
from app.core.mail import gateway
from app.core.mail.types import Mail
from app.core.settings import settings


@job("mail.send")
def send(payload: dict[str, Any]) -> None:
    """Hand one mail to the server."""
    mail = Mail(
        payload["to"],
        payload["subject"],
        payload["text"],
        payload.get("html"),
        payload.get("key", ""),
        payload.get("stop"),
    )
    gateway.deliver(mail, url=settings().mail_url, sender=settings().mail_from)
