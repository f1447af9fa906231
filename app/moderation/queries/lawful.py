"""What can be read about requests by law."""

from typing import Any

from sqlalchemy import select

from app.core.activity.models import LogEntry
from app.core.db import db
from app.core.errors import NotFoundError
from app.moderation.models import LawfulRequest, ReviewItem
from app.moderation.types import LawfulRow

_COLUMNS: tuple[Any, ...] = tuple(
    getattr(LawfulRequest, name) for name in LawfulRow.__dataclass_fields__
)


def lawful_requests(*, limit: int = 100) -> list[LawfulRow]:
    """Return requests by law, the newest first."""
    wanted = select(*_COLUMNS).order_by(LawfulRequest.id.desc()).limit(limit)
    return [LawfulRow(*row) for row in db.session.execute(wanted)]


def lawful_request(request_id: int) -> LawfulRow:
    """Return one request by law; refuses an unknown one."""
    row = db.session.execute(select(*_COLUMNS).where(LawfulRequest.id == request_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return LawfulRow(*row)


def rows_about(row: LawfulRow) -> dict[str, list[Any]]:
    """Return what the log and the reviewers hold about one subject in the span asked for."""
    span = (row.from_at, row.until_at)
    about = (LogEntry.subject_kind == row.subject_kind, LogEntry.subject_id == row.subject_id)
    when = (LogEntry.at >= span[0], LogEntry.at < span[1])
    log = select(LogEntry.__table__).where(*about, *when).order_by(LogEntry.id)
    of = (ReviewItem.subject_kind == row.subject_kind, ReviewItem.subject_id == row.subject_id)
    opened = (ReviewItem.opened_at >= span[0], ReviewItem.opened_at < span[1])
    reviews = select(ReviewItem.__table__).where(*of, *opened).order_by(ReviewItem.id)
    return {
        "activity": [dict(one._mapping) for one in db.session.execute(log)],
        "review_items": [dict(one._mapping) for one in db.session.execute(reviews)],
    }
