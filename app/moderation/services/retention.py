"""The rules of keeping: an operator moves a period within its bounds, and the night removes."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.facts import facts, put_fact
from app.core.i18n import lazy_gettext as _l
from app.moderation.models import RetentionRun
from app.moderation.policies.reviewing import check_reason
from app.moderation.queries import retention as reads
from app.moderation.types import PERIOD_SET

RUNS_KEPT = timedelta(days=400)


def set_period(actor: Viewer, key: str, days: int, *, reason: str, at: datetime) -> None:
    """Keep a kind of data for another number of days; refuses what the law does not let, and who
    does not run the town.
    """
    if not actor.is_operator:
        raise NotAllowedError
    period = next((one for one in reads.periods() if one.key == key), None)
    if period is None:
        raise NotFoundError
    if not period.least <= days <= period.most:
        said = _l("Between %(least)s and %(most)s days, please.")
        raise FieldError("days", said, least=period.least, most=period.most)
    tidy = check_reason(reason)
    known = dict(facts().get(reads.FACT) or {})
    put_fact(reads.FACT, known | {key: days})
    data = {"kind": key, "days": days, "was": known.get(key, period.days)}
    record(actor, PERIOD_SET, ("fact", 0), at=at, data=data, reason=tidy)


def sweep(key: str, *, at: datetime) -> int:
    """Remove what is older than its period lets, and write down how much that was."""
    period = next(one for one in reads.periods() if one.key == key)
    before = at - timedelta(days=reads.days_of(period))
    removed = period.sweep(before)
    db.session.add(RetentionRun(kind=key, at=at, before=before, removed=removed))
    changed(delete(RetentionRun).where(RetentionRun.at < at - RUNS_KEPT))
    return removed
