"""What can be read about people, their sessions and their roles."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, null, or_, select

from app.accounts.errors import PersonNotFoundError
from app.accounts.models import Guardianship, PasswordReset, RoleGrant, SignIn, SignInAttempt, User
from app.accounts.policies.ages import is_child_on
from app.accounts.policies.names import name_key, tidy_mail, tidy_phone
from app.accounts.policies.tries import ALLOWANCES, Tries
from app.accounts.types import (
    AttemptKind,
    Caller,
    PersonCard,
    PersonRow,
    ProfileRow,
    RoleRow,
    SignInRow,
)
from app.core import clock
from app.core.access import Grant, Role, Viewer, token_hash
from app.core.db import UtcDateTime, db, fetch
from app.core.pages import Page, decode_key, instant, keyset

KNOWN_FOR = timedelta(days=180)

_VIEWER: tuple[Any, ...] = (
    User.id,
    User.name,
    User.language,
    User.neighbourhood_id,
    User.avatar_picture_id,
    User.text_size,
    User.theme,
    User.silenced_until,
    User.accepted_mark,
    User.phone_proven_at,
    Guardianship.born_on,
    RoleGrant.role,
    RoleGrant.scope_kind,
    RoleGrant.scope_id,
)
_PROFILE: tuple[Any, ...] = (
    User.id,
    User.name,
    User.avatar_picture_id,
    User.about,
    User.signature,
    User.neighbourhood_id,
    User.joined_at,
    User.closed_at.is_not(None),
    User.silenced_until,
    User.suspended_until,
)
_HELD = and_(RoleGrant.user_id == User.id, RoleGrant.taken_at.is_(None))

_NOW = bindparam("now", type_=UtcDateTime)
_SIGNED_IN: Any = (
    select(SignIn.id.label("sign_in_id"), *_VIEWER)
    .join(User, SignIn.user_id == User.id)
    .outerjoin(RoleGrant, _HELD)
    .outerjoin(Guardianship, Guardianship.child_id == User.id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.ends_at > _NOW,
        User.closed_at.is_(None),
        or_(User.suspended_until.is_(None), User.suspended_until <= _NOW),
    )
)
_AS_PERSON: Any = (
    select(null().label("sign_in_id"), *_VIEWER)
    .select_from(User)
    .outerjoin(RoleGrant, _HELD)
    .outerjoin(Guardianship, Guardianship.child_id == User.id)
    .where(User.id == bindparam("user_id"))
)
_CARDS: Any = select(User.id, User.name, User.avatar_picture_id, User.closed_at.is_not(None)).where(
    User.id.in_(bindparam("ids", expanding=True))
)


def viewer_of(token: str) -> Viewer | None:
    """Return who this session token belongs to, with roles, in one statement; None if it ended."""
    now = clock.now()
    rows = fetch(_SIGNED_IN, token_hash=token_hash(token), now=now)
    return _viewer(rows, token, now) if rows else None


def viewer_as(user_id: int) -> Viewer:
    """Return a person as the actor of a service, without a session; refuses an unknown one."""
    rows = fetch(_AS_PERSON, user_id=user_id)
    if not rows:
        raise PersonNotFoundError
    return _viewer(rows, "", clock.now())


def _viewer(rows: Sequence[Any], token: str, now: datetime) -> Viewer:
    first = rows[0]
    grants = (Grant(row.role, row.scope_kind, row.scope_id) for row in rows if row.role)
    return Viewer(
        id=first.id,
        name=first.name,
        language=first.language,
        neighbourhood_id=first.neighbourhood_id,
        grants=frozenset(grants),
        sign_in_id=first.sign_in_id,
        token=token,
        avatar_picture_id=first.avatar_picture_id,
        text_size=first.text_size,
        theme=first.theme,
        silenced=bool(first.silenced_until and first.silenced_until > now),
        accepted_mark=first.accepted_mark,
        has_proven_number=first.phone_proven_at is not None,
        is_child=first.born_on is not None and is_child_on(first.born_on, clock.local(now).date()),
    )


def user(user_id: int) -> User:
    """Return a person whose account is open; refuses any other."""
    found = db.session.get(User, user_id, populate_existing=True)
    if found is None or found.closed_at is not None:
        raise PersonNotFoundError
    return found


def user_by_mail(mail: str) -> User | None:
    """Return the open account with this mail address, or None."""
    wanted = select(User).where(User.mail == tidy_mail(mail), User.closed_at.is_(None))
    return db.session.scalar(wanted)


def user_by_phone(phone: str) -> User | None:
    """Return the open account with this phone number, or None."""
    wanted = select(User).where(User.phone == tidy_phone(phone), User.closed_at.is_(None))
    return db.session.scalar(wanted)


def names_for(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Return names by id, in one statement; a closed account has an empty name."""
    return {card.id: card.name for card in cards_for(user_ids).values()}


def cards_for(user_ids: Iterable[int | None]) -> dict[int, PersonCard]:
    """Return name and avatar by id, in one statement; unknown ids are left out."""
    ids = {user_id for user_id in user_ids if user_id is not None}
    if not ids:
        return {}
    return {row[0]: PersonCard(*row) for row in fetch(_CARDS, ids=list(ids))}


def mail_and_language(user_ids: Iterable[int]) -> dict[int, tuple[str | None, str]]:
    """Return mail address and language by id of open accounts, for those who write to them."""
    wanted = select(User.id, User.mail, User.language).where(
        User.id.in_(set(user_ids)), User.closed_at.is_(None)
    )
    return {row.id: (row.mail, row.language) for row in db.session.execute(wanted)}


def profile(user_id: int) -> ProfileRow:
    """Return what everybody may know of a person; refuses an unknown one."""
    wanted = select(*_PROFILE).where(User.id == user_id)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise PersonNotFoundError
    return ProfileRow(*row)


def signatures_for(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the signatures of those who have one, in one statement."""
    wanted = select(User.id, User.signature).where(
        User.id.in_(set(user_ids)), User.signature.is_not(None), User.closed_at.is_(None)
    )
    return {row[0]: row[1] or "" for row in db.session.execute(wanted)}


def people_named(start: str, *, limit: int = 8) -> list[PersonCard]:
    """Return open accounts whose name starts with these signs, for mentions."""
    key = name_key(start)
    if not key:
        return []
    wanted = (
        select(User.id, User.name, User.avatar_picture_id)
        .where(
            User.name_key.startswith(key, autoescape=True),
            User.closed_at.is_(None),
            User.id.not_in(select(Guardianship.child_id)),
        )
        .order_by(User.name_key, User.id)
    )
    return [PersonCard(*row) for row in db.session.execute(wanted.limit(limit))]


def ids_by_name(names: Iterable[str], *, near: int | None = None) -> dict[str, int]:
    """Return the person meant by each name as typed; of namesakes the neighbour, then the first."""
    keys = {name_key(name): name for name in names if name_key(name)}
    if not keys:
        return {}
    is_far = case((User.neighbourhood_id == near, 0), else_=1) if near else func.abs(0)
    wanted = (
        select(User.id, User.name_key)
        .where(User.name_key.in_(keys), User.closed_at.is_(None))
        .order_by(is_far, User.id)
    )
    found: dict[str, int] = {}
    for row in db.session.execute(wanted):
        found.setdefault(keys[row.name_key], row.id)
    return found


def people(
    *,
    words: str = "",
    standing: str = "",
    is_oldest_first: bool = False,
    after: str | None = None,
    size: int = 30,
    neighbourhood_id: int | None = None,
) -> Page[PersonRow]:
    """Return accounts, newest or oldest first; those with the words in name, mail or phone, if
    given, and those that are `stopped` (silenced or suspended now) or `closed`.
    """
    wanted = select(
        User.id,
        User.name,
        User.mail,
        User.phone,
        User.neighbourhood_id,
        User.joined_at,
        User.joined_reason,
        User.avatar_picture_id,
        User.silenced_until,
        User.suspended_until,
        User.closed_at,
    )
    if key := name_key(words):
        said = (User.name_key, User.mail, User.phone)
        wanted = wanted.where(or_(*(column.contains(key, autoescape=True) for column in said)))
    if neighbourhood_id is not None:
        wanted = wanted.where(User.neighbourhood_id == neighbourhood_id)
    if standing == "stopped":
        now = clock.now()
        wanted = wanted.where(or_(User.silenced_until > now, User.suspended_until > now))
    if standing == "closed":
        wanted = wanted.where(User.closed_at.is_not(None))
    if (last := decode_key(after, instant, int)) is not None:
        further = User.id > last[1] if is_oldest_first else User.id < last[1]
        past = User.joined_at > last[0] if is_oldest_first else User.joined_at < last[0]
        wanted = wanted.where(or_(past, and_(User.joined_at == last[0], further)))
    order = (User.joined_at, User.id)
    wanted = wanted.order_by(*(one if is_oldest_first else one.desc() for one in order))
    wanted = wanted.limit(size + 1)
    rows = [PersonRow(*row) for row in db.session.execute(wanted)]
    return keyset(rows, size, lambda row: (row.joined_at, row.id))


def joined_since(start: datetime, *, limit: int = 20) -> tuple[int, list[PersonCard]]:
    """Return how many people joined since, and the newest of them."""
    new = and_(User.joined_at >= start, User.closed_at.is_(None), User.imported_key.is_(None))
    number = db.session.scalar(select(func.count()).select_from(User).where(new)) or 0
    wanted = select(User.id, User.name, User.avatar_picture_id).where(new)
    newest = db.session.execute(wanted.order_by(User.joined_at.desc(), User.id.desc()).limit(limit))
    return number, [PersonCard(*row) for row in newest]


def open_sign_ins(viewer: Viewer, *, at: datetime) -> list[SignInRow]:
    """Return the viewer's sessions that are still open, this one first, then the latest."""
    wanted = (
        select(SignIn.id, SignIn.user_agent, SignIn.made_at, SignIn.seen_at)
        .where(SignIn.user_id == viewer.id, SignIn.ended_at.is_(None), SignIn.ends_at > at)
        .order_by((SignIn.id == viewer.sign_in_id).desc(), SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(100)
    )
    return [
        SignInRow(row.id, row.user_agent, row.made_at, row.seen_at, row.id == viewer.sign_in_id)
        for row in db.session.execute(wanted)
    ]


def roles_of(user_id: int) -> list[RoleRow]:
    """Return all roles that a person holds or held, the newest first."""
    return _roles(RoleGrant.user_id == user_id)


def role_holders(
    *roles: str, scope: tuple[str, int] | None = None, with_taken: bool = False
) -> list[RoleRow]:
    """Return who holds one of these roles (all roles, if none is named), in a scope if given."""
    wanted: list[Any] = [] if with_taken else [RoleGrant.taken_at.is_(None)]
    if roles:
        wanted.append(RoleGrant.role.in_([Role(role) for role in roles]))
    if scope is not None:
        wanted += [RoleGrant.scope_kind == scope[0], RoleGrant.scope_id == scope[1]]
    return _roles(*wanted)


def _roles(*conditions: Any) -> list[RoleRow]:
    wanted = (
        select(
            RoleGrant.id,
            RoleGrant.user_id,
            User.name,
            RoleGrant.role,
            RoleGrant.scope_kind,
            RoleGrant.scope_id,
            RoleGrant.given_at,
            RoleGrant.given_by,
            RoleGrant.given_reason,
            RoleGrant.taken_at,
            RoleGrant.taken_reason,
        )
        .join(User, RoleGrant.user_id == User.id)
        .where(*conditions)
        .order_by(RoleGrant.given_at.desc(), RoleGrant.id.desc())
    )
    return [RoleRow(*row) for row in db.session.execute(wanted)]


def is_known_caller(account: User | None, caller: Caller, *, at: datetime) -> tuple[bool, bool]:
    """Return whether the person signed in before from this device, and from this address."""
    if account is None:
        return False, False
    # A browser without its secret is no known one, though some sessions were opened without, too.
    device = caller.device_hash or ""
    wanted = select(
        func.max(case((SignIn.device_hash == device, 1), else_=0)),
        func.max(case((SignIn.ip_hash == caller.address_hash, 1), else_=0)),
    ).where(SignIn.user_id == account.id, SignIn.made_at > at - KNOWN_FOR)
    by_device, by_address = db.session.execute(wanted).one()
    return bool(by_device), bool(by_address)


def tries(
    kind: AttemptKind, account_hash: str, caller: Caller, *, by_device: bool, at: datetime
) -> Tries:
    """Return how often this door was tried lately, for the account, from here, and by strangers."""
    mine = SignInAttempt.account_hash == account_hash
    here = SignInAttempt.ip_hash == caller.address_hash
    if by_device:
        pair = and_(mine, SignInAttempt.device_hash == caller.device_hash)
    else:
        pair = and_(mine, here, SignInAttempt.device_hash.is_(None))
    stranger = SignInAttempt.is_known.is_(False)
    wanted = select(
        func.count(case((pair, 1))),
        func.count(case((and_(here, stranger), 1))),
        func.count(case((and_(mine, stranger), 1))),
        func.min(SignInAttempt.at),
    ).where(
        SignInAttempt.kind == kind,
        SignInAttempt.has_failed.is_(True),
        SignInAttempt.at > at - ALLOWANCES[kind].span,
        or_(mine, here),
    )
    return Tries(*db.session.execute(wanted).one())


def open_reset(token: str, *, at: datetime) -> PasswordReset | None:
    """Return the reset that this link still allows, or None."""
    wanted = select(PasswordReset).where(
        PasswordReset.token_hash == token_hash(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.ends_at > at,
    )
    return db.session.scalar(wanted)
