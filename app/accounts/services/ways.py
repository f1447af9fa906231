"""The ways by which a person is reached and proves themselves: their phone and their mail."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import MailTakenError, PhoneTakenError
from app.accounts.models import Proof, User
from app.accounts.policies import words
from app.accounts.services import proofs
from app.accounts.types import WAY_PROVEN, Way
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.i18n import speaking
from app.core.mail.services import send_mail
from app.core.sms.numbers import e164_or_none
from app.core.sms.services import can_send_sms, send_sms


def set_way(actor: Viewer, proof: Proof, *, at: datetime) -> User:
    """Make the proven phone or mail the actor's own, and tell the old one and the other way.

    Refuses one that somebody else has; who got the code may know that.
    """
    person = queries.user(actor.id or 0)
    old_phone, old_mail = person.phone, person.mail
    try:
        with db.session.begin_nested():
            if proof.way is Way.PHONE:
                person.phone = proof.target
            else:
                person.mail = proof.target
    except IntegrityError as taken:
        raise (PhoneTakenError if proof.way is Way.PHONE else MailTakenError)("code") from taken
    proofs.note_proven_way(person, proof.way, at=at)
    record(actor, WAY_PROVEN, ("user", person.id), at=at, data={"way": str(proof.way)})
    if (old_phone, old_mail) != (person.phone, person.mail):
        tell(person, phone=old_phone, mail=old_mail, key=f"way:{proof.id}")
    return person


def tell(person: User, *, phone: str | None, mail: str | None, key: str) -> None:
    """Tell a person by their old ways that how they sign in was changed."""
    with speaking(person.language):
        subject, text = words.way_changed_mail(person.name)
        if mail is not None:
            send_mail(mail, subject, text, key=f"mail:{key}")
        if phone is not None and can_send_sms() and e164_or_none(phone):
            send_sms(phone, words.way_changed_text(), key=key)
