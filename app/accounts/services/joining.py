"""Joining: an account is made, its name is free, and it can be found."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.errors import MailTakenError, NameTakenError, PhoneTakenError
from app.accounts.models import Guardianship, User
from app.accounts.policies.names import imported_name, name_key, tidy_mail, tidy_name, tidy_phone
from app.accounts.queries.leaving import is_former_name
from app.accounts.services.texts import keep_acceptance
from app.accounts.signals import person_joined
from app.accounts.types import JOINED, JoinedReason, Language
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.search.registry import findable
from app.core.search.services import put_many
from app.core.search.types import Document

SOURCE_FIELDS = ("referrer", "utm_source", "utm_medium", "utm_campaign", "landing", "invited_by")


def create_person(
    *,
    name: str,
    at: datetime,
    mail: str | None = None,
    phone: str | None = None,
    password_hash: str | None = None,
    language: Language = Language.CHINESE,
    neighbourhood_id: int | None = None,
    about: str | None = None,
    signature: str | None = None,
    source: dict[str, Any] | None = None,
    joined_reason: JoinedReason | None = None,
    imported_key: str | None = None,
) -> User:
    """Make an account and ring `person_joined`; refuses a mail or phone that has one already."""
    shown = imported_name(name) if imported_key else tidy_name(name)
    person = User(
        name=shown,
        name_key=name_key(shown),
        mail=_free_mail(mail),
        phone=_free_phone(phone),
        password_hash=password_hash,
        language=Language(language),
        neighbourhood_id=neighbourhood_id,
        about=about or None,
        signature=signature or None,
        source=_tidy_source(source),
        joined_reason=joined_reason,
        joined_at=at,
        imported_key=imported_key,
    )
    _add(person)
    put_many([document(person)])
    if source is not None:  # they came through the door, where the texts are
        keep_acceptance(person.id, at=at)
    joined = {"source": person.source, "reason": joined_reason, "imported": bool(imported_key)}
    actor = Viewer(id=person.id, name=person.name, neighbourhood_id=neighbourhood_id)
    record(actor, JOINED, ("user", person.id), at=at, place=neighbourhood_id, data=joined)
    person_joined.send(person, person=person, at=at)
    return person


def check_name_is_free(name: str, *, but: int | None = None) -> None:
    """Refuse a name that another open account has, and offer one like it: a mention means one."""
    key = name_key(name)
    like = select(User.name_key).where(
        User.name_key.startswith(key, autoescape=True), User.closed_at.is_(None)
    )
    taken = set(db.session.scalars(like.where(User.id != but) if but is not None else like))
    if key in taken or is_former_name(name):
        tidy = name.strip()
        offers = (f"{tidy[:37]}{number}" for number in range(2, len(taken) + 12))
        free = next(
            offer for offer in offers if name_key(offer) not in taken and not is_former_name(offer)
        )
        raise NameTakenError(free)


def _add(person: User) -> None:
    """Two may ask for one mail at the same instant: the database says who was first."""
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError as taken:
        if person.mail is None and person.phone is not None:
            raise PhoneTakenError from taken
        raise MailTakenError from taken


def _free_mail(mail: str | None) -> str | None:
    if not mail or not tidy_mail(mail):
        return None
    tidy = tidy_mail(mail)
    if db.session.scalar(select(User.id).where(User.mail == tidy)) is not None:
        raise MailTakenError
    return tidy


def _free_phone(phone: str | None) -> str | None:
    if not phone or not tidy_phone(phone):
        return None
    tidy = tidy_phone(phone)
    if db.session.scalar(select(User.id).where(User.phone == tidy)) is not None:
        raise PhoneTakenError
    return tidy


def _tidy_source(source: dict[str, Any] | None) -> dict[str, str]:
    known = {name: str((source or {}).get(name) or "")[:120] for name in SOURCE_FIELDS}
    return {name: text for name, text in known.items() if text}


def document(person: User) -> Document:
    """Return a person as the index keeps them."""
    said = " ".join(filter(None, [person.signature, person.about]))
    return Document(
        kind="user",
        subject_id=person.id,
        title=person.name,
        body=said,
        at=person.joined_at,
        lang=str(person.language),
        audience="members",
    )


@findable("user")
def findable_people() -> Iterator[Document]:
    """Yield every open account as the index keeps it, for a rebuild."""
    last = 0
    while True:
        is_child = User.id.in_(select(Guardianship.child_id))
        wanted = select(User).where(User.closed_at.is_(None), User.id > last, ~is_child)
        people = list(db.session.scalars(wanted.order_by(User.id).limit(500)))
        if not people:
            return
        last = people[-1].id
        # Described at once: the rebuild writes in transactions of its own between two documents.
        yield from [document(person) for person in people]
