"""Letters of what was missed, for those who chose them."""

from datetime import datetime, timedelta

from sqlalchemy import update

from app.core import clock
from app.core.db import changed
from app.notifications.models import ReachWish
from app.notifications.queries.inbox import missed_by
from app.notifications.queries.reach import due_digests, has_failed, reach_wishes_of
from app.notifications.types import Digest, DigestLetter, Way

HOUR = 8
BATCH = 50


def next_digest(digest: Digest, at: datetime) -> datetime | None:
    """Return when the next letter is due: at eight in the morning, weekly ones on Mondays."""
    if digest is Digest.NONE:
        return None
    day = clock.local(at).date()
    morning = clock.at_local(day, datetime.min.time().replace(hour=HOUR))
    while morning <= at or (digest is Digest.WEEKLY and day.weekday() != 0):
        day += timedelta(days=1)
        morning = clock.at_local(day, datetime.min.time().replace(hour=HOUR))
    return morning


def write_due(*, at: datetime, limit: int = BATCH) -> tuple[int, list[DigestLetter]]:
    """Set the next time of all digests that are due; return how many, and the letters to write.

    Whoever missed nothing, or has no address that works, gets none. A late one is written once.
    """
    due = due_digests(at, limit=limit)
    wishes = reach_wishes_of(one[0] for one in due)
    letters = []
    for person_id, since, mail, language in due:
        digest = wishes[person_id].digest
        mine = (ReachWish.person_id == person_id, ReachWish.digest_due_at <= at)
        step = update(ReachWish).where(*mine)
        if not changed(step.values(digest_due_at=next_digest(digest, at), digest_from=at)):
            continue
        rows, count = missed_by(person_id, since=since)
        if rows and mail and not has_failed(Way.MAIL, mail):
            key = f"digest:{person_id}:{at.isoformat(timespec='minutes')}"
            letters.append(DigestLetter(mail, language, tuple(rows), count, key, person_id))
    return len(due), letters
