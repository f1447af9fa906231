"""The rules of accounts: joining, signing in, sessions, roles, a person's own settings."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import (
    AlreadyHoldsRoleError,
    LastOperatorError,
    MailTakenError,
    NameTakenError,
    PersonNotFoundError,
    PhoneTakenError,
    ResetLinkError,
    RoleGoneError,
    SuspendedError,
)
from app.accounts.models import Guardianship, PasswordReset, RoleGrant, SignIn, SignInAttempt, User
from app.accounts.policies import passwords, words
from app.accounts.policies.names import imported_name, name_key, tidy_mail, tidy_name, tidy_phone
from app.accounts.policies.roles import check_can_give, check_reason
from app.accounts.policies.tries import check_may_try
from app.accounts.queries.leaving import is_former_name
from app.accounts.services.texts import keep_acceptance
from app.accounts.signals import person_joined, role_given, role_taken
from app.accounts.types import (
    JOINED,
    PASSWORD_CHANGED,
    PROFILE_EDITED,
    ROLE_GIVEN,
    ROLE_TAKEN,
    SIGNED_OUT_EVERYWHERE,
    AttemptKind,
    Caller,
    JoinedReason,
    Language,
    TextSize,
    Theme,
)
from app.core import clock
from app.core.access import SYSTEM, Role, Viewer, signed, token_hash
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.i18n import speaking
from app.core.mail.services import send_mail
from app.core.search.registry import findable
from app.core.search.services import put_many
from app.core.search.types import Document

SIGN_IN_LASTS = timedelta(days=180)
RESET_LASTS = timedelta(hours=1)
ATTEMPTS_KEPT = timedelta(days=1)
SOURCE_FIELDS = ("referrer", "utm_source", "utm_medium", "utm_campaign", "landing", "invited_by")

names_for = queries.names_for
hashed_password = passwords.hashed


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
    put_many([_document(person)])
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


def _document(person: User) -> Document:
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


def edit_profile(
    actor: Viewer,
    *,
    name: str,
    language: Language,
    neighbourhood_id: int | None,
    signature: str | None,
    about: str | None,
    text_size: TextSize,
    theme: Theme,
    at: datetime,
) -> User:
    """Change what a person says of themselves and how they read the site; refuses a name that
    somebody else has.
    """
    person = _own(actor)
    if name_key(name) != person.name_key:
        check_name_is_free(name, but=person.id)
    person.name, person.name_key = tidy_name(name), name_key(name)
    person.language, person.neighbourhood_id = Language(language), neighbourhood_id
    person.signature, person.about = (
        (signature or "").strip() or None,
        (about or "").strip() or None,
    )
    person.text_size, person.theme = TextSize(text_size), Theme(theme)
    db.session.flush()
    _find_again(actor, person)
    record(actor, PROFILE_EDITED, ("user", person.id), at=at, place=neighbourhood_id)
    return person


def _find_again(actor: Viewer, person: User) -> None:
    if not actor.is_child:  # a child is found by nobody
        put_many([_document(person)])


def choose_look(
    actor: Viewer, *, language: str | None, size: str | None, theme: str | None
) -> None:
    """Change how a person reads the site, as far as they chose; the rest stays."""
    person = _own(actor)
    person.language = Language(language or person.language)
    person.text_size = TextSize(size or person.text_size)
    person.theme = Theme(theme or person.theme)
    db.session.flush()


def introduce(actor: Viewer, *, signature: str | None, joined_reason: JoinedReason | None) -> User:
    """Take down the little that a newcomer says of themselves right after joining."""
    person = _own(actor)
    person.signature = (signature or "").strip() or person.signature
    person.joined_reason = joined_reason or person.joined_reason
    db.session.flush()
    _find_again(actor, person)
    return person


def set_avatar(actor: Viewer, picture_id: int | None) -> None:
    """Show this picture beside the person's name, or none."""
    _own(actor).avatar_picture_id = picture_id
    db.session.flush()


def _own(actor: Viewer) -> User:
    if actor.id is None:
        raise PersonNotFoundError
    return queries.user(actor.id)


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
    if person.suspended_until is not None and person.suspended_until > at:
        ends = clock.local(person.suspended_until)
        raise SuspendedError(until=f"{ends:%Y-%m-%d %H:%M}")
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


def start_session(user_id: int, *, user_agent: str = "", address: str = "") -> str:
    """Open a session for a person who is proven in another way, and return its secret token."""
    caller = Caller(address_hash=signed("address", address), user_agent=user_agent)
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


def change_password(actor: Viewer, password_hash: str, *, at: datetime) -> None:
    """Set the actor's own password and end their other sessions; the old one was proven before."""
    person = _own(actor)
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


def give_role(
    actor: Viewer,
    user_id: int,
    role: str,
    *,
    reason: str,
    at: datetime,
    scope: tuple[str, int] = ("", 0),
) -> RoleGrant:
    """Give a role, for the site or in a scope; refuses a second time, and who may not."""
    wanted = Role(role)
    check_can_give(actor, wanted, *scope)
    person = queries.user(user_id)
    grant = RoleGrant(
        user_id=person.id,
        role=wanted,
        scope_kind=scope[0],
        scope_id=scope[1],
        given_by=actor.id,
        given_reason=check_reason(reason),
        given_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(grant)
    except IntegrityError as held:
        raise AlreadyHoldsRoleError from held
    data = {"role": wanted, "scope": list(scope)}
    record(actor, ROLE_GIVEN, ("user", user_id), at=at, data=data, reason=grant.given_reason)
    role_given.send(grant, grant=grant, at=at)
    return grant


def take_role(actor: Viewer, grant_id: int, *, reason: str, at: datetime) -> RoleGrant:
    """Take a role back with a reason; refuses one that is gone, and the last operator's."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None:
        raise RoleGoneError
    check_can_give(actor, grant.role, grant.scope_kind, grant.scope_id)
    if grant.role is Role.OPERATOR and grant.taken_at is None and _operators() <= 1:
        raise LastOperatorError
    tidy = check_reason(reason)
    held = update(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.taken_at.is_(None))
    moved(held.values(taken_at=at, taken_by=actor.id, taken_reason=tidy), RoleGoneError())
    db.session.refresh(grant)
    data = {"role": grant.role, "scope": [grant.scope_kind, grant.scope_id]}
    record(actor, ROLE_TAKEN, ("user", grant.user_id), at=at, data=data, reason=tidy)
    role_taken.send(grant, grant=grant, at=at)
    return grant


def _operators() -> int:
    held = (RoleGrant.role == Role.OPERATOR) & RoleGrant.taken_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RoleGrant).where(held)) or 0


def set_silenced(user_id: int, until: datetime | None) -> None:
    """Write down until when a person may not write; `moderation` decides and keeps why."""
    queries.user(user_id).silenced_until = until
    db.session.flush()


def set_suspended(user_id: int, until: datetime | None, *, at: datetime) -> None:
    """Write down until when a person may not sign in, and end their sessions."""
    queries.user(user_id).suspended_until = until
    db.session.flush()
    if until is not None:
        sign_out_everywhere(SYSTEM, user_id, at=at)


def note_seen(sign_in_ids: dict[int, datetime]) -> None:
    """Write down when sessions were last used."""
    for sign_in_id, at in sign_in_ids.items():
        changed(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


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
        yield from [_document(person) for person in people]


def forget_attempts(*, at: datetime) -> int:
    """Delete counted tries that no allowance looks at any more."""
    return changed(delete(SignInAttempt).where(SignInAttempt.at < at - ATTEMPTS_KEPT))
