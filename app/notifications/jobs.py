"""Following the log in the worker."""

from datetime import datetime
from typing import Any

import structlog
from flask import current_app

from app.core import clock
from app.core.db import transaction
from app.core.i18n import speaking
from app.core.jobs.registry import every, job
from app.core.mail.errors import MailAddressError
from app.core.mail.services import send_mail
from app.core.settings import settings
from app.notifications.parts import mail_of
from app.notifications.services import delivery
from app.notifications.types import FAN_OUT_JOB, Letter

_log = structlog.get_logger("linli.notifications")


@every(seconds=15, key="notifications.follow")
def follow(now: datetime) -> None:
    """Tell people what happened since the last look, in small transactions."""
    while True:
        with transaction():
            read, letters = delivery.follow_log(at=now)
            _post(letters)
        if read < delivery.BATCH:
            break


@job(FAN_OUT_JOB)
def fan_out(payload: dict[str, Any]) -> dict[str, Any]:
    """Tell many people one thing."""
    with transaction():
        letters = delivery.fan_out(int(payload["log_id"]), at=clock.now())
        _post(letters)
    return {"mails": len(letters)}


def _post(letters: list[Letter]) -> None:
    """Word the letters and put them into the outbox, in the transaction that keeps the notices."""
    worded = []
    if letters:
        with current_app.test_request_context(base_url=settings().base_url):
            for letter in letters:
                with speaking(letter.language):
                    worded.append(mail_of(letter))
    for letter, (subject, text, html, stop) in zip(letters, worded, strict=True):
        try:
            send_mail(letter.to, subject, text, html, key=letter.key, stop=stop)
        except MailAddressError:
            # One address that cannot be one must not keep everybody else from being told.
            _log.warning("no mail: not an address", key=letter.key)
