"""A number that has a new owner: the old one's account asks for one more thing, or lets it go."""

from datetime import datetime

from sqlalchemy import update

from app.accounts import queries
from app.accounts.errors import CodeGoneError, NumberInUseError, TooManyCodesError
from app.accounts.models import Proof, User
from app.accounts.policies import words
from app.accounts.policies.codes import ANSWERS, ANSWERS_A_DAY
from app.accounts.queries import proofs as reads
from app.accounts.services.sessions import check_not_suspended
from app.accounts.types import NUMBER_FREED, Caller, Purpose
from app.core.access import SYSTEM
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.i18n import speaking
from app.core.mail.services import can_send_mail, send_mail
from app.core.sms.numbers import masked


def owner_asked(token: str, caller: Caller, *, at: datetime) -> tuple[Proof, User]:
    """Return the proven number and the account that nobody used for long; refuses (CodeGoneError)
    a step that is over, and (NumberInUseError) an account that is in use.
    """
    proof = reads.open_proof(token, Purpose.ENTER, at=at)
    person = queries.user_by_phone(proof.target or "") if proof and proof.proven_at else None
    if proof is None or person is None:
        raise CodeGoneError
    if not reads.may_be_somebody_else(person, caller, at=at):
        raise NumberInUseError
    return proof, person


def count_answer(token: str, caller: Caller, *, at: datetime) -> User:
    """Spend one try at what only the owner knows, before it is looked at; refuses too many."""
    proof, person = owner_asked(token, caller, at=at)
    if reads.answers_lately(proof.target_hash, at=at) >= ANSWERS_A_DAY:
        raise TooManyCodesError(retry_after=3600)
    open_one = (Proof.id == proof.id) & Proof.used_at.is_(None) & (Proof.tries < ANSWERS)
    moved(update(Proof).where(open_one).values(tries=Proof.tries + 1), CodeGoneError("answer"))
    return person


def free_number(token: str, caller: Caller, *, at: datetime) -> None:
    """Take a number off an account that nobody used for long, because somebody else has proven it
    now. The account keeps everything else and is told by its mail; two people of the desk give it a
    new number. Refuses an account in use, and a suspended one.
    """
    proof, person = owner_asked(token, caller, at=at)
    check_not_suspended(person, at=at)
    person.phone = person.phone_proven_at = None
    db.session.flush()
    number = masked(proof.target or "")
    record(SYSTEM, NUMBER_FREED, ("user", person.id), at=at, data={"number": number})
    if person.mail is not None and can_send_mail():
        with speaking(person.language):
            subject, text = words.number_freed_mail(person.name, number)
        send_mail(person.mail, subject, text, key=f"freed:{proof.id}")
