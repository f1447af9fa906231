"""Passwords: changed by their owner, or set anew by a link that was mailed."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update

from app.accounts import queries
from app.accounts.errors import ResetLinkError
from app.accounts.models import PasswordReset, User
from app.accounts.policies import words
from app.accounts.services.profiles import own
from app.accounts.services.sessions import sign_out_everywhere
from app.accounts.types import PASSWORD_CHANGED
from app.core.access import Viewer, token_hash
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.i18n import speaking
from app.core.mail.services import send_mail

RESET_LASTS = timedelta(hours=1)


def change_password(actor: Viewer, password_hash: str, *, at: datetime) -> None:
    """Set the actor's own password and end their other sessions; the old one was proven before."""
    person = own(actor)
    person.password_hash = password_hash
    db.session.flush()
    record(actor, PASSWORD_CHANGED, ("user", person.id), at=at)
    sign_out_everywhere(actor, person.id, at=at, but=actor.sign_in_id)
    _tell_changed(person)


def _tell_changed(person: User) -> None:
    if person.mail is not None:
        with speaking(person.language):
            subject, text = words.changed_mail(person.name)
        send_mail(person.mail, subject, text)


def send_reset_link(mail: str, link: Callable[[str], str], *, at: datetime) -> None:
    """Mail a link that sets a new password once, within an hour; an unknown mail gets none."""
    person = queries.user_by_mail(mail)
    if person is None or person.mail is None:
        return
    token = secrets.token_urlsafe(32)
    row = PasswordReset(
        user_id=person.id, token_hash=token_hash(token), made_at=at, ends_at=at + RESET_LASTS
    )
    db.session.add(row)
    db.session.flush()
    with speaking(person.language):
        subject, text = words.reset_mail(person.name, link(token))
    send_mail(person.mail, subject, text, key=f"reset:{row.id}")


def check_reset_is_open(token: str, *, at: datetime) -> None:
    """Refuse a reset link that was used, has run out or never was."""
    if queries.open_reset(token, at=at) is None:
        raise ResetLinkError


def reset_password(token: str, password_hash: str, *, at: datetime) -> User:
    """Set a new password by a reset link and end all sessions; refuses an old link."""
    reset = queries.open_reset(token, at=at)
    if reset is None:
        raise ResetLinkError
    unused = update(PasswordReset).where(
        PasswordReset.user_id == reset.user_id, PasswordReset.used_at.is_(None)
    )
    moved(unused.values(used_at=at), ResetLinkError())
    person = queries.user(reset.user_id)
    person.password_hash = password_hash
    db.session.flush()
    actor = Viewer(id=person.id, name=person.name)
    record(actor, PASSWORD_CHANGED, ("user", person.id), at=at, data={"by": "reset"})
    sign_out_everywhere(actor, person.id, at=at)
    _tell_changed(person)
    return person
