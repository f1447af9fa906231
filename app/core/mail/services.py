"""Sending mail, by way of the outbox."""

import re

from app.core.jobs.models import OutboxRow
from app.core.jobs.services import enqueue
from app.core.mail import gateway
from app.core.mail.errors import MailAddressError
from app.core.mail.types import Mail
from app.core.settings import settings

_ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"()\\\x00-\x1f\x7f]{1,190}"
)


def can_send_mail() -> bool:
    """Whether this town has a mail server; where it only logs, nobody waits for a mail."""
    return not settings().mail_url.startswith("log:")


def deliver_now(to: str, subject: str, text: str, *, key: str) -> None:
    """Hand a mail to the server at once, from inside a job: its text stays in no table."""
    conf = settings()
    gateway.deliver(Mail(to, subject, text, key=key), url=conf.mail_url, sender=conf.mail_from)


def send_mail(
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    *,
    key: str | None = None,
    stop: str | None = None,
) -> OutboxRow:
    """Write a mail into the outbox, inside the transaction that causes it; the same key is one
    mail. `stop` is the address at which one tap ends such mails (RFC 8058).

    Refuses with MailAddressError what cannot be an address; line breaks in the subject become
    blanks.
    """
    if not _ADDRESS.fullmatch(to):
        raise MailAddressError("mail")
    one_line = " ".join(subject.split())[:200]
    payload = {"to": to, "subject": one_line, "text": text, "html": html, "key": key or ""}
    if stop is not None:
        payload["stop"] = stop
    return enqueue("mail.send", payload, key=key)
