"""What the clock brings: alarms of new orders, digests, and forgetting."""

from datetime import datetime, timedelta

from flask import current_app

from app.core.db import transaction
from app.core.i18n import speaking
from app.core.jobs.registry import every
from app.core.mail.services import send_mail
from app.core.settings import settings
from app.notifications.jobs.channels import post, post_lines
from app.notifications.parts import digest_of
from app.notifications.services import alarms, allowances, digests, failures
from app.notifications.types import Errand, Letter


@every(seconds=15, key="notifications.alarms")
def ring(now: datetime) -> None:
    """Take the due steps of the alarms of new orders."""
    while True:
        with transaction():
            looked, found = alarms.ring(at=now)
            post([one for one in found if isinstance(one, Letter)])
            post_lines([one for one in found if isinstance(one, Errand)])
        if looked < alarms.BATCH:
            break


@every(minutes=10, key="notifications.digests")
def write_digests(now: datetime) -> None:
    """Write the letters of what was missed that are due."""
    while True:
        with transaction():
            looked, letters = digests.write_due(at=now)
            with current_app.test_request_context(base_url=settings().base_url):
                for letter in letters:
                    with speaking(letter.language):
                        subject, text, html, stop = digest_of(letter)
                    send_mail(letter.to, subject, text, html, key=letter.key, stop=stop)
        if looked < digests.BATCH:
            break


@every(days=1, key="notifications.forget")
def forget(now: datetime) -> None:
    """Forget last week's counts, and addresses that failed half a year ago."""
    with transaction():
        allowances.forget(now - timedelta(days=7))
        failures.forget(now - timedelta(days=180))
