"""Proving who somebody is: codes asked for, tried and spent, each once."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import (
    CodeGoneError,
    FreshProofNeededError,
    NoTextMessagesError,
    PasskeyError,
    QuestionNeededError,
    TooManyCodesError,
)
from app.accounts.models import Proof, SignIn, User
from app.accounts.policies import words
from app.accounts.policies.codes import (
    CODE_LASTS,
    GUESSES,
    check_may_ask,
    code_of,
    is_code,
)
from app.accounts.policies.names import tidy_mail
from app.accounts.policies.questions import is_answered
from app.accounts.queries import proofs as reads
from app.accounts.services import totp
from app.accounts.types import Caller, Purpose, Way
from app.core.access import Viewer, signed, token_hash
from app.core.db import changed, db, moved
from app.core.errors import NotAllowedError
from app.core.i18n import language, speaking
from app.core.jobs.services import enqueue
from app.core.mail.services import deliver_now as deliver_mail
from app.core.sms.numbers import e164
from app.core.sms.services import can_send_sms
from app.core.sms.services import deliver_now as deliver_sms

PROOFS_KEPT = timedelta(days=2)
PASSKEY_QUESTIONS = 100


def ask_code(
    purpose: Purpose,
    way: Way,
    target: str,
    caller: Caller,
    *,
    at: datetime,
    user_id: int | None = None,
    attempt_id: int | None = None,
    question: str = "",
    answer: str = "",
) -> str:
    """Send a code to a phone or mail and return the secret token of the browser that asked.

    Whether the address is known here changes nothing that can be seen. Refuses a number that
    cannot be one, a town that cannot send, too many codes, and asks a question where many are
    asked for.
    """
    tidy = _tidy_target(way, target)
    target_hash = signed("target", tidy)
    by_device, by_address = queries.is_known_caller(_person_of(way, tidy), caller, at=at)
    is_known = by_device or by_address
    has_answered = bool(answer) and is_answered(question, answer, caller.address_hash, at=at)
    # Who is signed in, or knows the password, was asked enough.
    is_asked_enough = has_answered or user_id is not None
    asked = reads.asked_codes(target_hash, caller, at=at)
    check_may_ask(asked, is_known=is_known, has_answered=is_asked_enough)
    proof, token = _begun(
        purpose,
        way,
        caller,
        at=at,
        target=tidy,
        target_hash=target_hash,
        user_id=user_id,
        attempt_id=attempt_id,
        is_known=is_known,
        question=question if has_answered else None,
    )
    enqueue("accounts.code", {"proof": proof.id, "language": language()}, key=f"code:{proof.id}")
    return token


def ask_totp(
    purpose: Purpose,
    user_id: int,
    caller: Caller,
    *,
    at: datetime,
    attempt_id: int | None = None,
) -> str:
    """Begin a proof by one-time password and return the secret token of the browser that asked."""
    target_hash = signed("target", f"totp:{user_id}")
    if reads.guesses_lately(target_hash, at=at) >= GUESSES * 4:
        raise TooManyCodesError(retry_after=900)
    _proof, token = _begun(
        purpose,
        Way.TOTP,
        caller,
        at=at,
        target_hash=target_hash,
        user_id=user_id,
        attempt_id=attempt_id,
    )
    return token


def begun_passkey(caller: Caller, *, at: datetime, user_id: int | None = None) -> tuple[Proof, str]:
    """Begin a proof by passkey; refuses where one address begins too many."""
    target_hash = signed("target", f"passkey:{caller.address_hash}")
    if reads.begun_lately(target_hash, at=at) >= PASSKEY_QUESTIONS:
        raise TooManyCodesError(retry_after=900)
    return _begun(
        Purpose.PASSKEY, Way.PASSKEY, caller, at=at, target_hash=target_hash, user_id=user_id
    )


def begun_link(user_id: int, caller: Caller, *, at: datetime, ends_at: datetime) -> str:
    """Begin a link that lets a child in, and return its secret; the guardian is its proof."""
    target_hash = signed("target", f"child:{user_id}")
    proof, token = _begun(
        Purpose.CHILD, Way.LINK, caller, at=at, target_hash=target_hash, user_id=user_id
    )
    proof.proven_at, proof.ends_at = at, ends_at
    db.session.flush()
    return token


def spent_passkey(token: str, *, at: datetime) -> Proof:
    """Use a question to a passkey up before its answer is looked at; refuses one that is over."""
    proof = reads.open_proof(token, Purpose.PASSKEY, at=at)
    if proof is None:
        raise PasskeyError
    unused = (Proof.id == proof.id) & Proof.used_at.is_(None)
    moved(update(Proof).where(unused).values(used_at=at), PasskeyError())
    return proof


def _tidy_target(way: Way, target: str) -> str:
    if way is Way.PHONE:
        if not can_send_sms():
            raise NoTextMessagesError
        return e164(target)
    return tidy_mail(target)


def _person_of(way: Way, target: str) -> User | None:
    return queries.user_by_phone(target) if way is Way.PHONE else queries.user_by_mail(target)


def _begun(
    purpose: Purpose, way: Way, caller: Caller, *, at: datetime, **more: Any
) -> tuple[Proof, str]:
    token = secrets.token_urlsafe(24)
    proof = Proof(
        purpose=purpose,
        way=way,
        token_hash=token_hash(token),
        salt=secrets.token_hex(16),
        ip_hash=caller.address_hash,
        device_hash=caller.device_hash,
        made_at=at,
        ends_at=at + CODE_LASTS,
        **more,
    )
    try:
        with db.session.begin_nested():
            db.session.add(proof)
    except IntegrityError as answered_before:
        raise QuestionNeededError from answered_before
    return proof, token


def send_code(proof_id: int, language: str, *, at: datetime) -> None:
    """Carry a code to its phone or mail, from the job; one that has run out is not sent."""
    proof = db.session.get(Proof, proof_id, populate_existing=True)
    if proof is None or proof.target is None or proof.ends_at <= at or proof.proven_at:
        return
    code, key = code_of(proof.salt), f"code:{proof.id}"
    with speaking(language):
        if proof.way is Way.PHONE:
            deliver_sms(proof.target, words.code_text(code), key=key)
        else:
            subject, text = words.code_mail(code)
            deliver_mail(proof.target, subject, text, key=key)


def try_code(token: str, *purposes: Purpose, code: str, at: datetime) -> Proof | None:
    """Spend one guess on a proof; return it where the code is right, None where it is wrong.

    The guess counts either way, so the caller raises after its transaction. Refuses
    (`CodeGoneError`) a proof that is over.
    """
    proof = reads.open_proof(token, *purposes, at=at)
    if proof is None or proof.ends_at <= at:
        raise CodeGoneError
    open_one = (Proof.id == proof.id) & Proof.proven_at.is_(None) & (Proof.tries < GUESSES)
    moved(update(Proof).where(open_one).values(tries=Proof.tries + 1), CodeGoneError())
    if not _is_right(proof, code, at=at):
        return None
    moved(
        update(Proof).where(Proof.id == proof.id, Proof.proven_at.is_(None)).values(proven_at=at),
        CodeGoneError(),
    )
    db.session.refresh(proof)
    return proof


def _is_right(proof: Proof, code: str, *, at: datetime) -> bool:
    if proof.way is Way.TOTP:
        return totp.is_spent(proof.user_id or 0, code, at=at)
    return is_code(proof.salt, code)


def spend(token: str, *purposes: Purpose, at: datetime) -> Proof:
    """Use a proven proof up, so that it opens nothing a second time; refuses any other."""
    proof = reads.open_proof(token, *purposes, at=at)
    if proof is None or proof.proven_at is None:
        raise CodeGoneError
    moved(
        update(Proof).where(Proof.id == proof.id, Proof.used_at.is_(None)).values(used_at=at),
        CodeGoneError(),
    )
    return proof


def note_proven_way(person: User, way: Way, *, at: datetime) -> None:
    """Write down that a person has just received a code by their phone or mail."""
    if way is Way.PHONE:
        person.phone_proven_at = at
    elif way is Way.MAIL:
        person.mail_proven_at = at
    db.session.flush()


def make_fresh(sign_in_id: int, *, at: datetime) -> None:
    """Write down that this session was proven just now."""
    changed(update(SignIn).where(SignIn.id == sign_in_id).values(proven_at=at))


def check_fresh(viewer: Viewer, *, at: datetime) -> None:
    """Refuse (`FreshProofNeededError`, which leads to the proof) a session that was not proven
    within the last minutes; asked before money details are shown or changed.
    """
    if viewer.id is None:
        raise NotAllowedError
    if not reads.is_fresh(viewer, at=at):
        raise FreshProofNeededError


def forget_proofs(*, at: datetime) -> int:
    """Delete proofs that no allowance looks at any more, with the addresses in them."""
    return changed(delete(Proof).where(Proof.made_at < at - PROOFS_KEPT))
