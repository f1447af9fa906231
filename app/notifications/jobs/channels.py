"""The ways out of the site, all alike to whoever has a letter; and the jobs that carry out pushes
and robots' lines.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from flask import current_app

from app.core import clock
from app.core.db import transaction
from app.core.errors import OutsideDownError
from app.core.i18n import speaking
from app.core.jobs.errors import GiveUpError
from app.core.jobs.registry import job
from app.core.jobs.services import enqueue
from app.core.mail.errors import MailAddressError
from app.core.mail.services import send_mail
from app.core.settings import settings
from app.core.sms.errors import PhoneNumberError
from app.core.sms.services import send_sms
from app.notifications.errors import DeviceGoneError
from app.notifications.gateway import push, robots
from app.notifications.parts import line_of, mail_of, push_of, text_of
from app.notifications.queries import desk, reach
from app.notifications.services import devices
from app.notifications.services import robots as robot_services
from app.notifications.types import (
    PRESSING,
    PUSH_JOB,
    ROBOT_JOB,
    URGENT_FOR_OPEN_SHOPS,
    Channel,
    Errand,
    Letter,
    PushNote,
    Way,
)

_log = structlog.get_logger("linli.notifications")


class MailChannel:
    """Mail, with the address that stops it."""

    def post(self, letter: Letter) -> None:
        """Write the mail into the outbox."""
        subject, text, html, stop = mail_of(letter)
        send_mail(letter.to, subject, text, html, key=letter.key, stop=stop)


class SmsChannel:
    """Text messages: one sentence."""

    def post(self, letter: Letter) -> None:
        """Write the message into the outbox."""
        send_sms(letter.to, text_of(letter), key=letter.key, due_at=letter.due_at)


class PushChannel:
    """Web push to one browser."""

    def post(self, letter: Letter) -> None:
        """Write the note into the outbox."""
        loud = letter.notice.kind in PRESSING | URGENT_FOR_OPEN_SHOPS
        payload = {
            "device_id": int(letter.to),
            "note": push_of(letter),
            "urgency": "high" if loud else "normal",
        }
        enqueue(PUSH_JOB, payload, key=letter.key)


CHANNELS: Mapping[Way, Channel] = {
    Way.MAIL: MailChannel(),
    Way.SMS: SmsChannel(),
    Way.PUSH: PushChannel(),
}


def post(letters: Iterable[Letter]) -> None:
    """Put letters into the outbox, each worded in its reader's language, in the transaction that
    decided on them.
    """
    waiting = list(letters)
    if not waiting:
        return
    with current_app.test_request_context(base_url=settings().base_url):
        for letter in waiting:
            try:
                with speaking(letter.language):
                    CHANNELS[letter.way].post(letter)
            except (MailAddressError, PhoneNumberError):
                # One address that cannot be one must not keep everybody else from being told.
                _log.warning("not sent: not an address", key=letter.key, way=letter.way.value)


def post_lines(errands: Iterable[Errand]) -> None:
    """Put robots' lines into the outbox, in the town's language."""
    waiting = list(errands)
    if not waiting:
        return
    with (
        current_app.test_request_context(base_url=settings().base_url),
        speaking(settings().language),
    ):
        for errand in waiting:
            payload = {"robot_id": errand.robot_id, "text": line_of(errand)}
            enqueue(ROBOT_JOB, payload, key=errand.key)


@job(PUSH_JOB, attempts=5, lease_seconds=60)
def send_push(payload: dict[str, Any]) -> dict[str, Any]:
    """Hand a note to a browser's push service; a browser that is gone is forgotten."""
    found = reach.device(int(payload["device_id"]))
    if found is None:
        return {"gone": True}
    note = PushNote(
        found.endpoint,
        found.public_key,
        found.auth,
        payload["note"],
        payload["urgency"],
    )
    conf = settings()
    try:
        push.send(
            note,
            key=push.town_key(conf.instance),
            contact=conf.base_url,
            private=conf.private_webhooks,
        )
    except DeviceGoneError:
        with transaction():
            devices.drop_gone(found.id)
        return {"gone": True}
    return {"sent": True}


@job(ROBOT_JOB, attempts=5, lease_seconds=60)
def say_line(payload: dict[str, Any]) -> dict[str, Any]:
    """Say a line in a group; a robot that is refused is marked, and shown where it was set up."""
    found = desk.robot(int(payload["robot_id"]))
    if found is None:
        return {"gone": True}
    try:
        robots.say(
            found.kind,
            found.url,
            found.secret,
            payload["text"],
            private=settings().private_webhooks,
        )
    except OutsideDownError:
        raise
    except GiveUpError as refused:
        with transaction():
            robot_services.note_failed(found.id, why=str(refused), at=clock.now())
        raise
    with transaction():
        robot_services.note_said(found.id, at=clock.now())
    return {"said": True}
