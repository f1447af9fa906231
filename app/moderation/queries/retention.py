"""How long each kind of data is kept: said by its house, moved by the operator within bounds."""

from sqlalchemy import func, select

from app.core.db import db
from app.core.facts import facts
from app.moderation.models import RetentionRun
from app.moderation.types import Period, PeriodRow

FACT = "retention"
_PERIODS: dict[str, Period] = {}


def keeps(period: Period) -> None:
    """Let a house say how long it keeps something, and how it is removed."""
    _PERIODS[period.key] = period


def periods() -> list[Period]:
    """Return every kind that has a period."""
    return [_PERIODS[key] for key in sorted(_PERIODS)]


def days_of(period: Period) -> int:
    """Return for how many days something is kept now; never outside its bounds."""
    chosen = (facts().get(FACT) or {}).get(period.key, period.days)
    return max(period.least, min(period.most, int(chosen)))


def period_rows() -> list[PeriodRow]:
    """Return all periods with what their last run removed, and all runs together."""
    latest = select(RetentionRun.kind, func.max(RetentionRun.id), func.sum(RetentionRun.removed))
    sums = {
        row[0]: (row[1], row[2]) for row in db.session.execute(latest.group_by(RetentionRun.kind))
    }
    ids = [number for number, _total in sums.values()]
    runs = {
        row.kind: row
        for row in db.session.scalars(select(RetentionRun).where(RetentionRun.id.in_(ids)))
    }
    return [
        PeriodRow(
            period=period,
            days=days_of(period),
            last_at=runs[period.key].at if period.key in runs else None,
            last_removed=runs[period.key].removed if period.key in runs else 0,
            removed=int(sums[period.key][1]) if period.key in sums else 0,
        )
        for period in periods()
    ]
