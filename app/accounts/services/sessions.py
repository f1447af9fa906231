"""Doors and sessions: tries counted, sessions opened, used and ended."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from app.accounts import queries
from app.accounts.errors import SuspendedError
from app.accounts.models import SignIn, SignInAttempt, User
from app.accounts.policies.names import tidy_mail
from app.accounts.policies.tries import check_may_try
from app.accounts.types import SIGNED_OUT_EVERYWHERE, AttemptKind, Caller
from app.core import clock
from app.core.access import Viewer, address_hash, signed, token_hash
from app.core.activity.services import record
from app.core.db import changed, db

SIGN_IN_LASTS = timedelta(days=180)
ATTEMPTS_KEPT = timedelta(days=1)


def count_try(kind: AttemptKind, account: str, caller: Caller, *, at: datetime) -> int:
    """Count one try at a door before it is opened; refuses when there were too many of them."""
    account_hash = signed("account", tidy_mail(account))
    person = queries.user_by_mail(account)
    by_device, by_address = queries.is_known_caller(person, caller, at=at)
    found = queries.tries(kind, account_hash, caller, by_device=by_device, at=at)
    check_may_try(kind, found, is_known=by_device or by_address, at=at)
    attempt = SignInAttempt(
        kind=kind,
        account_hash=account_hash,
        ip_hash=caller.address_hash,
        device_hash=caller.device_hash if by_device else None,
        is_known=by_device or by_address,
        at=at,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def sign_in(
    user_id: int,
    caller: Caller,
    *,
    at: datetime,
    attempt_id: int | None = None,
    old_token: str | None = None,
    new_hash: str | None = None,
    is_proven: bool = False,
) -> str:
    """Open a session and return its secret token; refuses a suspended person."""
    person = queries.user(user_id)
    check_not_suspended(person, at=at)
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=token_hash(token),
        user_id=user_id,
        device_hash=caller.device_hash,
        user_agent=caller.user_agent[:300],
        ip_hash=caller.address_hash,
        made_at=at,
        seen_at=at,
        ends_at=at + SIGN_IN_LASTS,
        proven_at=at if is_proven else None,
    )
    db.session.add(row)
    if new_hash:
        person.password_hash = new_hash
    if old_token:
        end_session_of(old_token, at=at)
    if attempt_id is not None:
        changed(_attempt_succeeded(attempt_id))
    db.session.flush()
    return token


def check_not_suspended(person: User, *, at: datetime) -> None:
    """Refuse a suspended person, and say until when."""
    if person.suspended_until is not None and person.suspended_until > at:
        ends = clock.local(person.suspended_until)
        raise SuspendedError(until=f"{ends:%Y-%m-%d %H:%M}")


def start_session(user_id: int, *, user_agent: str = "", address: str = "") -> str:
    """Open a session for a person who is proven in another way, and return its secret token."""
    caller = Caller(address_hash=address_hash(address), user_agent=user_agent)
    return sign_in(user_id, caller, at=clock.now(), is_proven=True)


def _attempt_succeeded(attempt_id: int) -> Any:
    return update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(has_failed=False)


def end_session_of(token: str, *, at: datetime) -> None:
    """End the session of this token, if it is open."""
    is_this = (SignIn.token_hash == token_hash(token)) & SignIn.ended_at.is_(None)
    changed(update(SignIn).where(is_this).values(ended_at=at))


def end_sign_in(actor: Viewer, sign_in_id: int, *, at: datetime) -> None:
    """End one of the actor's own sessions; one that is not theirs or has ended stays as it is."""
    is_own = (SignIn.id == sign_in_id) & (SignIn.user_id == actor.id) & SignIn.ended_at.is_(None)
    changed(update(SignIn).where(is_own).values(ended_at=at))


def sign_out_everywhere(
    actor: Viewer, user_id: int, *, at: datetime, but: int | None = None
) -> int:
    """End all sessions of a person (but one, if named) and return how many there were."""
    ends = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        ends = ends.where(SignIn.id != but)
    number = changed(ends.values(ended_at=at))
    record(actor, SIGNED_OUT_EVERYWHERE, ("user", user_id), at=at, data={"sessions": number})
    return number


def note_seen(sign_in_ids: dict[int, datetime]) -> None:
    """Write down when sessions were last used."""
    for sign_in_id, at in sign_in_ids.items():
        changed(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def forget_attempts(*, at: datetime) -> int:
    """Delete counted tries that no allowance looks at any more."""
    return changed(delete(SignInAttempt).where(SignInAttempt.at < at - ATTEMPTS_KEPT))
