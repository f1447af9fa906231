"""Children under 14: an account that a guardian makes, holds, sees and closes."""

from datetime import date, datetime, timedelta

from app.accounts import queries
from app.accounts.errors import (
    ChildLinkError,
    ChildMayNotError,
    ChildNotFoundError,
    TooManyChildrenError,
)
from app.accounts.models import Guardianship, Proof, User
from app.accounts.policies.ages import check_is_child
from app.accounts.queries import children as reads
from app.accounts.queries import proofs as proof_reads
from app.accounts.services import proofs
from app.accounts.services.closing import ask_closing, withdraw_closing
from app.accounts.services.joining import create_person
from app.accounts.services.sessions import sign_out_everywhere
from app.accounts.types import CHILD_CLOSED, CHILD_MADE, Caller, Language, Purpose
from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.search.services import drop

MOST = 6
LINK_LASTS = timedelta(minutes=15)


def make_child(actor: Viewer, *, name: str, born_on: date, at: datetime) -> User:
    """Make an account for a child under 14, held by the actor; no phone, mail or password is kept.

    Refuses a child as guardian, who is 14 or older, and more children than a family has.
    """
    if actor.id is None or actor.is_child:
        raise ChildMayNotError
    check_is_child(born_on, clock.local(at).date())
    if len(reads.children_of(actor.id, at=at)) >= MOST:
        raise TooManyChildrenError
    child = create_person(
        name=name,
        at=at,
        language=Language(actor.language or Language.CHINESE),
        neighbourhood_id=actor.neighbourhood_id,
        source={"invited_by": "guardian"},
    )
    row = Guardianship(
        child_id=child.id, guardian_id=actor.id, born_on=born_on.replace(day=1), made_at=at
    )
    db.session.add(row)
    db.session.flush()
    drop("user", child.id)
    record(actor, CHILD_MADE, ("user", child.id), at=at)
    return child


def link_for(actor: Viewer, child_id: int, caller: Caller, *, at: datetime) -> str:
    """Return the secret of a link that signs the child in on one device, once, within minutes."""
    child_of(actor, child_id)
    return proofs.begun_link(child_id, caller, at=at, ends_at=at + LINK_LASTS)


def child_of(actor: Viewer, child_id: int) -> Guardianship:
    """Return the guardianship over a child of the actor's; refuses any other."""
    row = db.session.get(Guardianship, child_id)
    if row is None or actor.id is None or row.guardian_id != actor.id:
        raise ChildNotFoundError
    return row


def child_by_link(token: str, *, at: datetime) -> Proof:
    """Return the open link of a child; refuses one that was used or has run out."""
    proof = proof_reads.open_proof(token, Purpose.CHILD, at=at)
    if proof is None or proof.ends_at <= at:
        raise ChildLinkError
    return proof


def spend_link(token: str, *, at: datetime) -> User:
    """Use a child's link up and return the child."""
    child_by_link(token, at=at)
    return queries.user(proofs.spend(token, Purpose.CHILD, at=at).user_id or 0)


def sign_child_out(actor: Viewer, child_id: int, *, at: datetime) -> int:
    """End all sessions of a child of the actor's."""
    child_of(actor, child_id)
    return sign_out_everywhere(actor, child_id, at=at)


def close_child(actor: Viewer, child_id: int, *, at: datetime) -> None:
    """Close a child's account: sessions end now, and after the days for changing one's mind what it
    wrote goes with it.
    """
    child_of(actor, child_id)
    sign_out_everywhere(actor, child_id, at=at)
    ask_closing(queries.viewer_as(child_id), keeps_words=False, at=at)
    record(actor, CHILD_CLOSED, ("user", child_id), at=at)


def keep_child(actor: Viewer, child_id: int, *, at: datetime) -> None:
    """Keep a child's account after all, while there is still time."""
    child_of(actor, child_id)
    withdraw_closing(queries.viewer_as(child_id), at=at)


def check_may_order(viewer: Viewer) -> None:
    """Refuse a child under 14; orders are contracts, and the guardian makes them."""
    if viewer.is_child:
        raise ChildMayNotError
