"""The rules of people in pictures: who shared one says whether they agreed, and whoever is in it
may have it hidden until that is decided.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved, upsert
from app.core.errors import NotAllowedError
from app.core.media.services import hide_picture, show_picture
from app.moderation.errors import AlreadyDecidedError, TooManyReportsError
from app.moderation.models import PictureConsent, PictureRemoval
from app.moderation.policies.reviewing import check_reason
from app.moderation.queries import pictures as reads
from app.moderation.types import (
    CONSENT_SAID,
    PICTURE_ASKED,
    PICTURE_DECIDED,
    Consent,
    RemovalState,
)

WISHES_A_DAY = 10


def say_consent(actor: Viewer, picture_id: int, consent: Consent, *, at: datetime) -> None:
    """Write down what the one who shared a picture says about the people in it; refuses others."""
    row = reads.picture_shown(picture_id)
    if not reads.may_say(actor, row.given_by):
        raise NotAllowedError
    values = {"picture_id": picture_id, "consent": consent, "by_id": actor.id, "at": at}
    upsert(
        PictureConsent,
        [values],
        keys=["picture_id"],
        update=lambda new: {"consent": new.consent, "by_id": new.by_id, "at": new.at},
    )
    record(actor, CONSENT_SAID, ("picture", picture_id), at=at, data={"consent": consent})


def say_with(
    actor: Viewer, picture_ids: Iterable[int], consent: Consent | None, *, at: datetime
) -> None:
    """Write down what was said beside pictures while they were shared, if anything was; a guest's
    are nobody's to speak for later.
    """
    if consent is not None and actor.is_member:
        for picture_id in picture_ids:
            say_consent(actor, picture_id, consent, at=at)


def ask_removal(
    actor: Viewer, picture_id: int, *, text: str, contact: str, ip_hash: str, at: datetime
) -> PictureRemoval:
    """Hide a picture at once because somebody is in it and does not want to be; a wish that waits
    already is enough. Refuses too many wishes from one place.
    """
    reads.picture_shown(picture_id)
    waiting = select(PictureRemoval).where(
        PictureRemoval.picture_id == picture_id, PictureRemoval.state == RemovalState.WAITING
    )
    if (known := db.session.scalar(waiting)) is not None:
        return known
    lately = select(func.count()).where(
        PictureRemoval.ip_hash == ip_hash, PictureRemoval.made_at > at - timedelta(days=1)
    )
    if (db.session.scalar(lately) or 0) >= WISHES_A_DAY:
        raise TooManyReportsError(retry_after=3600)
    row = PictureRemoval(
        picture_id=picture_id,
        person_id=actor.id,
        text=text.strip(),
        contact=contact.strip(),
        ip_hash=ip_hash,
        made_at=at,
    )
    db.session.add(row)
    db.session.flush()
    hide_picture(picture_id, at=at)
    record(actor, PICTURE_ASKED, ("picture", picture_id), at=at)
    return row


def decide_removal(
    actor: Viewer, removal_id: int, *, is_removed: bool, reason: str, at: datetime
) -> PictureRemoval:
    """Keep a picture hidden for good, or show it again, with a reason; refuses who is no reviewer,
    the one who shared it, and what was decided before.
    """
    row = db.session.get(PictureRemoval, removal_id, populate_existing=True)
    if row is None:
        raise AlreadyDecidedError
    if not actor.is_reviewer or reads.picture_shown(row.picture_id).given_by == actor.id:
        raise NotAllowedError
    tidy = check_reason(reason)
    state = RemovalState.REMOVED if is_removed else RemovalState.KEPT
    waits = update(PictureRemoval).where(
        PictureRemoval.id == removal_id, PictureRemoval.state == RemovalState.WAITING
    )
    decided = {"state": state, "decided_at": at, "decided_by": actor.id, "reason": tidy}
    moved(waits.values(**decided), AlreadyDecidedError())
    db.session.refresh(row)
    if not is_removed:
        show_again(row.picture_id)
    data = {"removed": is_removed}
    record(actor, PICTURE_DECIDED, ("picture", row.picture_id), at=at, data=data, reason=tidy)
    return row


def show_again(picture_id: int) -> None:
    """Show a hidden picture, unless another wish or a take-down still hides it."""
    if not reads.is_kept_hidden(picture_id):
        show_picture(picture_id)


def forget_askers(before: datetime) -> int:
    """Empty the contact on wishes that were decided before an instant; return how many."""
    over = update(PictureRemoval).where(
        PictureRemoval.decided_at < before, PictureRemoval.ip_hash != ""
    )
    return changed(over.values(contact="", ip_hash=""))
