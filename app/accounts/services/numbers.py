"""A new number for who lost the old one: two people of the desk, a notice, a day's wait."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import (
    ChangeAskedError,
    ChangeGoneError,
    PhoneTakenError,
    SecondPersonError,
    StopLinkError,
)
from app.accounts.models import NumberChange, Passkey, User
from app.accounts.policies import words
from app.accounts.policies.roles import check_reason
from app.accounts.queries import numbers as reads
from app.accounts.services import totp
from app.accounts.services.sessions import sign_out_everywhere
from app.accounts.types import (
    NUMBER_ASKED,
    NUMBER_CHANGED,
    NUMBER_CONFIRMED,
    NUMBER_STOPPED,
    ChangeState,
)
from app.core.access import SYSTEM, Role, Viewer, token_hash
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import NotAllowedError
from app.core.i18n import speaking
from app.core.mail.services import can_send_mail, send_mail
from app.core.sms.numbers import e164, e164_or_none, masked
from app.core.sms.services import can_send_sms, send_sms

WAIT = timedelta(days=1)


def ask_number(
    actor: Viewer, user_id: int, phone: str, *, reason: str, at: datetime
) -> NumberChange:
    """Ask for a new number for a person who stands at the desk; somebody else confirms it.

    Refuses a number that somebody has, a second request, one's own account, and an account of the
    town's team for who is no operator.
    """
    person = _may_help(actor, user_id)
    tidy = e164(phone)
    if queries.user_by_phone(tidy) is not None:
        raise PhoneTakenError
    if reads.open_change_of(user_id) is not None:
        raise ChangeAskedError
    row = NumberChange(
        user_id=person.id,
        phone=tidy,
        reason=check_reason(reason),
        state=ChangeState.ASKED,
        stop_hash=secrets.token_hex(32),
        asked_by=actor.id,
        asked_at=at,
    )
    db.session.add(row)
    db.session.flush()
    told = {"number": masked(tidy), "change": row.id}
    record(actor, NUMBER_ASKED, ("user", person.id), at=at, data=told, reason=row.reason)
    return row


def _may_help(actor: Viewer, user_id: int) -> User:
    if not actor.has_role(Role.OPERATOR, Role.MODERATOR):
        raise NotAllowedError
    if actor.id == user_id:
        raise SecondPersonError
    team = {Role.OPERATOR, Role.MODERATOR} & {grant.role for grant in _grants(user_id)}
    if team and not actor.is_operator:
        raise NotAllowedError
    return queries.user(user_id)


def _grants(user_id: int) -> Any:
    return queries.viewer_as(user_id).grants


def confirm_number(
    actor: Viewer, change_id: int, stop_link: Callable[[str], str], *, at: datetime
) -> NumberChange:
    """Confirm a new number as the second person; the old ways are told and have a day to say no.

    Refuses who asked for it, whose it is, and a change that is settled.
    """
    row = reads.change(change_id)
    _may_help(actor, row.user_id)
    if actor.id == row.asked_by:
        raise SecondPersonError
    token = secrets.token_urlsafe(24)
    asked = (NumberChange.id == change_id) & (NumberChange.state == ChangeState.ASKED)
    values = {
        "state": ChangeState.CONFIRMED,
        "confirmed_by": actor.id,
        "confirmed_at": at,
        "due_at": at + WAIT,
        "stop_hash": token_hash(token),
    }
    moved(update(NumberChange).where(asked).values(**values), ChangeGoneError())
    record(actor, NUMBER_CONFIRMED, ("user", row.user_id), at=at, data={"change": row.id},
           reason=row.reason)  # fmt: skip
    _tell(queries.user(row.user_id), row, stop_link(token))
    return row


def _tell(person: User, row: NumberChange, link: str) -> None:
    with speaking(person.language):
        subject, text = words.number_mail(person.name, masked(row.phone), link)
        if person.mail is not None and can_send_mail():
            send_mail(person.mail, subject, text, key=f"number:{row.id}")
        if can_send_sms():
            if person.phone is not None and e164_or_none(person.phone):
                send_sms(person.phone, words.number_text(link), key=f"number:{row.id}:old")
            send_sms(row.phone, words.new_number_text(), key=f"number:{row.id}:new")


def stop_number(actor: Viewer, change_id: int, *, reason: str, at: datetime) -> None:
    """Stop a change of number at the desk; refuses one that is settled."""
    row = reads.change(change_id)
    _may_help(actor, row.user_id)
    _stopped(row, actor, reason=check_reason(reason), at=at)


def stop_by_link(token: str, *, at: datetime) -> None:
    """Stop a change of number by the link that the old ways got; refuses one that is settled."""
    row = reads.change_by_stop(token)
    if row is None:
        raise StopLinkError
    _stopped(row, SYSTEM, reason="stopped by the link sent to the old number or mail", at=at)


def _stopped(row: NumberChange, actor: Viewer, *, reason: str, at: datetime) -> None:
    is_open = NumberChange.state.in_([ChangeState.ASKED, ChangeState.CONFIRMED])
    ends = update(NumberChange).where(NumberChange.id == row.id, is_open)
    moved(ends.values(state=ChangeState.STOPPED, ended_at=at), ChangeGoneError())
    told = {"change": row.id}
    record(actor, NUMBER_STOPPED, ("user", row.user_id), at=at, data=told, reason=reason)


def change_number(change_id: int, *, at: datetime) -> bool:
    """Carry out a confirmed change whose day has come: the new number counts, all sessions end, and
    what may have been on the lost phone (app, passkeys) opens nothing any more.
    """
    row = reads.change(change_id)
    if row.state is not ChangeState.CONFIRMED or row.due_at is None or row.due_at > at:
        return False
    person = queries.user(row.user_id)
    try:
        with db.session.begin_nested():
            person.phone, person.phone_proven_at = row.phone, None
    except IntegrityError:
        db.session.refresh(person)
        _stopped(row, SYSTEM, reason="somebody else has proven this number", at=at)
        return False
    ends = update(NumberChange).where(NumberChange.id == row.id)
    moved(
        ends.where(NumberChange.state == ChangeState.CONFIRMED).values(
            state=ChangeState.DONE, ended_at=at
        ),
        ChangeGoneError(),
    )
    totp.forget(person)
    changed(delete(Passkey).where(Passkey.user_id == person.id))
    sign_out_everywhere(SYSTEM, person.id, at=at)
    told = {"change": row.id, "number": masked(row.phone)}
    record(SYSTEM, NUMBER_CHANGED, ("user", person.id), at=at, data=told, reason=row.reason)
    return True
