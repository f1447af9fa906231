"""What can be read about proofs: the open ones, how many were asked for, a person's ways."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.accounts import queries
from app.accounts.models import NumberChange, Passkey, Proof, SignIn, User
from app.accounts.policies.codes import DAY, FRESH_LASTS, HOUR, PROVEN_LASTS, QUIET_FOR, Asked
from app.accounts.policies.names import masked_mail
from app.accounts.types import Caller, ChangeState, Purpose, Way, WayRow, Whose
from app.core.access import Viewer, token_hash
from app.core.db import db
from app.core.mail.services import can_send_mail
from app.core.sms.numbers import masked
from app.core.sms.services import can_send_sms

QUARTER = timedelta(minutes=15)
_SENT = (Way.PHONE, Way.MAIL)


def asked_codes(target_hash: str, caller: Caller, *, at: datetime) -> Asked:
    """Return how many unproven codes were asked for within a day and an hour."""
    lately = Proof.made_at > at - HOUR
    stranger = Proof.is_known.is_(False)
    to_target = Proof.target_hash == target_hash
    own = and_(to_target, Proof.is_known.is_(True))
    here = and_(Proof.ip_hash == caller.address_hash, stranger)
    strangers = and_(to_target, stranger)
    wanted = select(
        func.count(case((and_(strangers, lately), 1))),
        func.count(case((strangers, 1))),
        func.count(case((and_(own, lately), 1))),
        func.count(case((own, 1))),
        func.count(case((and_(here, lately), 1))),
        func.count(case((here, 1))),
        func.count(case((stranger, 1))),
    ).where(
        Proof.made_at > at - DAY,
        Proof.proven_at.is_(None),
        Proof.way.in_(_SENT),
    )
    return Asked(*db.session.execute(wanted).one())


def open_proof(token: str, *purposes: Purpose, at: datetime) -> Proof | None:
    """Return the proof of this token that may still be tried, or None."""
    if not token:
        return None
    wanted = select(Proof).where(
        Proof.token_hash == token_hash(token),
        Proof.purpose.in_(purposes),
        Proof.used_at.is_(None),
        or_(Proof.ends_at > at, Proof.proven_at > at - PROVEN_LASTS),
    )
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def ways_of(person: User) -> list[WayRow]:
    """Return by which ways a person can prove themselves here and now, the safest first."""
    ways = []
    if person.totp_secret:
        ways.append(WayRow(Way.TOTP, None, ""))
    if person.phone and person.phone_proven_at and can_send_sms():
        ways.append(WayRow(Way.PHONE, person.phone, masked(person.phone)))
    if person.mail and person.mail_proven_at and can_send_mail():
        ways.append(WayRow(Way.MAIL, person.mail, masked_mail(person.mail)))
    return ways


def whose_number(person: User) -> Whose:
    """Return what only the owner of an account has or knows, besides the number: where one-time
    passwords were chosen nothing weaker; the name only where there is nothing else.
    """
    ways = [row for row in ways_of(person) if row.way is not Way.PHONE]
    has_passkey = bool(credential_ids(person.id))
    if person.totp_secret:
        return Whose([row for row in ways if row.way is Way.TOTP], has_passkey)
    if person.password_hash is not None:
        return Whose(ways, has_passkey, asks="password")
    is_lone = not (ways or has_passkey or queries.viewer_as(person.id).grants)
    return Whose(ways, has_passkey, asks="name" if is_lone else "")


def passkeys_of(user_id: int) -> list[Any]:
    """Return a person's passkeys, the oldest first."""
    wanted = select(Passkey.id, Passkey.name, Passkey.made_at, Passkey.used_at).where(
        Passkey.user_id == user_id
    )
    return list(db.session.execute(wanted.order_by(Passkey.id)))


def is_fresh(viewer: Viewer, *, at: datetime) -> bool:
    """Return whether this session was proven within the last minutes."""
    wanted = select(SignIn.proven_at).where(SignIn.id == viewer.sign_in_id)
    proven_at = db.session.scalar(wanted)
    return proven_at is not None and proven_at > at - FRESH_LASTS


def guesses_lately(target_hash: str, *, at: datetime) -> int:
    """Return how many wrong guesses were spent on one target within a quarter of an hour."""
    wanted = select(func.coalesce(func.sum(Proof.tries), 0)).where(
        Proof.target_hash == target_hash, Proof.proven_at.is_(None), Proof.made_at > at - QUARTER
    )
    return int(db.session.scalar(wanted) or 0)


def is_own_device(person: User, caller: Caller, *, at: datetime) -> bool:
    """Return whether the person signed in before from this very device."""
    by_device, _by_address = queries.is_known_caller(person, caller, at=at)
    return by_device


def may_be_somebody_else(person: User, caller: Caller, *, at: datetime) -> bool:
    """Return whether a proven number may have a new owner: nobody was in the account for long, and
    this is no device of its own.
    """
    seen = select(func.max(SignIn.seen_at)).where(SignIn.user_id == person.id)
    moved = select(func.max(NumberChange.ended_at)).where(
        NumberChange.user_id == person.id, NumberChange.state == ChangeState.DONE
    )
    row = db.session.execute(select(seen.scalar_subquery(), moved.scalar_subquery())).one()
    sure = max(one for one in (person.joined_at, person.phone_proven_at, *row) if one)
    return sure < at - QUIET_FOR and not is_own_device(person, caller, at=at)


def answers_lately(target_hash: str, *, at: datetime) -> int:
    """Return how many tries were spent within a day on what only a number's account knows."""
    wanted = select(func.coalesce(func.sum(Proof.tries), 0)).where(
        Proof.target_hash == target_hash,
        Proof.purpose == Purpose.ENTER,
        Proof.proven_at.is_not(None),
        Proof.made_at > at - DAY,
    )
    return int(db.session.scalar(wanted) or 0)


def begun_lately(target_hash: str, *, at: datetime) -> int:
    """Return how many proofs of one target were begun within a quarter of an hour."""
    wanted = select(func.count()).where(
        Proof.target_hash == target_hash, Proof.made_at > at - QUARTER
    )
    return db.session.scalar(wanted) or 0


def credential_ids(user_id: int) -> list[str]:
    """Return by which ids a person's devices know their passkeys."""
    wanted = select(Passkey.credential_id).where(Passkey.user_id == user_id)
    return list(db.session.scalars(wanted))


def passkey_by_credential(credential_id: str) -> Passkey | None:
    """Return the passkey of this id, or None."""
    wanted = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(wanted)
