"""The rules of leaving: asking, changing one's mind, and being forgotten by every house."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts.errors import ClosingGoneError, StillBoundError
from app.accounts.models import (
    Closing,
    FormerName,
    Guardianship,
    NumberChange,
    Passkey,
    PasswordReset,
    Proof,
    RecoveryCode,
    RoleGrant,
    SignIn,
    User,
)
from app.accounts.policies.names import name_key
from app.accounts.queries import leaving as reads
from app.accounts.queries import user
from app.accounts.queries.numbers import OPEN
from app.accounts.services.farewell import promise_farewell
from app.accounts.services.own_data import drop_exports_of
from app.accounts.types import (
    ACCOUNT_CLOSED,
    CLOSING_ASKED,
    CLOSING_WITHDRAWN,
    ChangeState,
    ClosingState,
    Leaving,
)
from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, moved
from app.core.errors import NotSignedInError
from app.core.i18n import gettext as _
from app.core.i18n import site_language, speaking
from app.core.media.services import drop_pictures
from app.core.search.services import drop
from app.places.services import forget_addresses

MIND_CHANGES_FOR = timedelta(days=7)
Forget = Callable[[Leaving, datetime], dict[str, int]]
EMPTIED = (
    *("mail", "mail_proven_at", "phone", "phone_proven_at", "password_hash"),
    *("totp_secret", "totp_step", "about", "signature", "joined_reason"),
    *("neighbourhood_id", "imported_key"),
)
_HOUSES: dict[str, Forget] = {}


def forgets(house: str, forget: Forget) -> None:
    """Let a house forget a person who leaves, in the transaction that closes the account."""
    _HOUSES[house] = forget


def ask_closing(actor: Viewer, *, keeps_words: bool, at: datetime) -> Closing:
    """Ask to leave; some days later it is done. Refuses while something still binds the person."""
    if actor.id is None:
        raise NotSignedInError
    _check_free(actor.id, at=at)
    row = Closing(
        user_id=actor.id,
        state=ClosingState.WAITING,
        keeps_words=keeps_words,
        asked_at=at,
        due_at=at + MIND_CHANGES_FOR,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as asked:
        raise ClosingGoneError from asked
    record(actor, CLOSING_ASKED, ("user", actor.id), at=at, data={"keeps_words": keeps_words})
    return row


def _check_free(person_id: int, *, at: datetime) -> None:
    binding = [one for one in reads.obligations_of(person_id, at=at) if one.holds]
    if binding:
        raise StillBoundError(what="; ".join(str(one.words) for one in binding[:5]))


def withdraw_closing(actor: Viewer, *, at: datetime) -> None:
    """Stay after all; refuses when it was done or taken back before."""
    waits = update(Closing).where(
        Closing.user_id == actor.id, Closing.state == ClosingState.WAITING
    )
    moved(waits.values(state=ClosingState.WITHDRAWN, over_at=at), ClosingGoneError())
    record(actor, CLOSING_WITHDRAWN, ("user", actor.id or 0), at=at)


def close_account(closing_id: int, *, at: datetime) -> dict[str, int] | None:
    """Carry out a closing whose day has come: every house forgets, the person's row is emptied and
    kept. Puts it off by a day, saying why, where something new binds the person.
    """
    row = db.session.get(Closing, closing_id, populate_existing=True)
    if row is None or row.state is not ClosingState.WAITING or row.due_at > at:
        return None
    try:
        _check_free(row.user_id, at=at)
    except StillBoundError as bound:
        row.held_by, row.due_at = str(bound)[:300], at + timedelta(days=1)
        db.session.flush()
        return None
    with speaking(site_language()):
        former = _("A former neighbour")
    leaving = Leaving(row.user_id, row.keeps_words, former)
    promise_farewell(user(row.user_id), row)
    counts: dict[str, int] = {}
    for house, forget in sorted(_HOUSES.items(), reverse=True):
        counts |= {f"{house}.{name}": n for name, n in forget(leaving, at).items() if n}
    _empty(row.user_id, former, at=at)
    row.state, row.over_at, row.counts = ClosingState.DONE, at, counts
    db.session.flush()
    record(SYSTEM, ACCOUNT_CLOSED, ("user", row.user_id), at=at, data={"rows": counts})
    return counts


def _empty(user_id: int, former: str, *, at: datetime) -> None:
    person = db.session.get(User, user_id, populate_existing=True)
    if person is None:
        return
    kept = {"name_hash": reads.former_hash(person.name), "at": at}
    insert_ignoring(FormerName, [kept], keys=["name_hash"])
    picture_id, person.avatar_picture_id = person.avatar_picture_id, None
    person.name, person.name_key = former, name_key(former)
    for column in EMPTIED:
        setattr(person, column, None)
    person.source, person.closed_at = {}, at
    db.session.flush()
    if picture_id is not None:
        drop_pictures([picture_id])
    drop("user", user_id)


def forget_sign_ins(leaving: Leaving, at: datetime) -> dict[str, int]:
    """Forget every way in: sessions end, passkeys and codes go, roles are taken back."""
    who = leaving.person_id
    own = (Passkey, RecoveryCode, PasswordReset, Proof)
    counts = {
        model.__tablename__: changed(delete(model).where(model.user_id == who)) for model in own
    }
    pairs = (Guardianship.child_id == who) | (Guardianship.guardian_id == who)
    counts["guardianships"] = changed(delete(Guardianship).where(pairs))
    numbers = update(NumberChange).where(NumberChange.user_id == who)
    changed(
        numbers.where(NumberChange.state.in_(OPEN)).values(state=ChangeState.STOPPED, ended_at=at)
    )
    counts["number_changes"] = changed(numbers.values(phone=""))
    drop_exports_of(who, at=at)
    runs = update(SignIn).where(SignIn.user_id == who, SignIn.ended_at.is_(None))
    counts["sign_ins"] = changed(runs.values(ended_at=at))
    held = update(RoleGrant).where(RoleGrant.user_id == who, RoleGrant.taken_at.is_(None))
    counts["addresses"] = forget_addresses("user", who)
    counts["role_grants"] = changed(held.values(taken_at=at, taken_reason="closed"))
    return counts
