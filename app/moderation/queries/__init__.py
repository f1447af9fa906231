"""What can be read about reports, the review queue, the word list and sanctions."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.access import Role, Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, instant, keyset, subject_link
from app.moderation.errors import NothingToAppealError
from app.moderation.models import FilterWord, Report, ReviewItem, Sanction
from app.moderation.policies.reading import WordList
from app.moderation.types import (
    Reportable,
    ReportRow,
    ReviewRow,
    ReviewState,
    Rule,
    SanctionRow,
    WordRow,
)

Reader = Callable[[Viewer, int], Reportable]

_READERS: dict[str, Reader] = {}
_lists: dict[tuple[Any, ...], WordList] = {}
_REVIEW: tuple[Any, ...] = (
    ReviewItem.id,
    ReviewItem.subject_kind,
    ReviewItem.subject_id,
    ReviewItem.cause,
    ReviewItem.state,
    ReviewItem.author_id,
    User.name,
    ReviewItem.excerpt,
    ReviewItem.words,
    ReviewItem.report_count,
    ReviewItem.opened_at,
    ReviewItem.decided_at,
    ReviewItem.decided_by,
    ReviewItem.rule,
    ReviewItem.note,
)


def register_reader(kind: str, reader: Reader) -> None:
    """Let the owner of a kind say what a report may show; it raises for what is not there."""
    _READERS[kind] = reader


def reportable_for(viewer: Viewer, kind: str, subject_id: int) -> Reportable:
    """Return what is about to be reported; refuses what the viewer may not see or nobody shows."""
    if (reader := _READERS.get(kind)) is not None:
        return reader(viewer, subject_id)
    if subject_link(kind, subject_id) is None:
        raise NotFoundError
    return Reportable(title="")


def person_reportable(viewer: Viewer, user_id: int) -> Reportable:
    """Return what a report on a person shows: name, signature, what they say of themselves."""
    row = accounts.profile(user_id)
    said = " · ".join(filter(None, [row.signature, row.about]))
    return Reportable(title=row.name, excerpt=said, author_id=row.id)


def words_in_force() -> WordList:
    """Return the word list, rebuilt only when a row of it changed."""
    version = tuple(
        db.session.execute(
            select(
                func.count(),
                func.max(FilterWord.changed_at),
                func.sum(FilterWord.id),
                func.min(FilterWord.word_key),
                func.max(FilterWord.word_key),
                func.sum(func.length(FilterWord.word_key)),
            )
        ).one()
    )
    if version not in _lists:
        rows = db.session.execute(select(FilterWord.word_key, FilterWord.word, FilterWord.outcome))
        _lists.clear()
        _lists[version] = WordList.of({row[0]: (row[1], row[2]) for row in rows})
    return _lists[version]


def words(*, search: str = "") -> list[WordRow]:
    """Return the word list in its own order."""
    wanted = select(FilterWord.id, FilterWord.word, FilterWord.outcome, FilterWord.changed_at)
    if search:
        wanted = wanted.where(FilterWord.word_key.contains(search, autoescape=True))
    return [WordRow(*row) for row in db.session.execute(wanted.order_by(FilterWord.word_key))]


def _reviewed_by(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_reviewer:
        return true()
    scopes = [
        and_(ReviewItem.scope_kind == grant.scope_kind, ReviewItem.scope_id == grant.scope_id)
        for grant in viewer.grants
        if grant.role in {Role.MODERATOR, Role.LEADER} and grant.scope_kind
    ]
    return or_(*scopes) if scopes else ~true()


def review_queue(
    viewer: Viewer,
    *,
    state: ReviewState = ReviewState.WAITING,
    after: str | None = None,
    size: int = 20,
) -> Page[ReviewRow]:
    """Return what the viewer may review: waiting ones oldest first, decided ones latest first."""
    is_waiting = state is ReviewState.WAITING
    moment = ReviewItem.opened_at if is_waiting else ReviewItem.decided_at
    wanted = select(*_REVIEW).outerjoin(User, ReviewItem.author_id == User.id)
    wanted = wanted.where(ReviewItem.state == state, _reviewed_by(viewer))
    if (last := decode_key(after, instant, int)) is not None:
        later = moment > last[0] if is_waiting else moment < last[0]
        further = ReviewItem.id > last[1] if is_waiting else ReviewItem.id < last[1]
        wanted = wanted.where(or_(later, and_(moment == last[0], further)))
    order = (moment, ReviewItem.id) if is_waiting else (moment.desc(), ReviewItem.id.desc())
    rows = list(db.session.execute(wanted.order_by(*order).limit(size + 1)))
    page = keyset(rows, size, lambda row: (row.opened_at if is_waiting else row.decided_at, row.id))
    reports = reports_under(row.id for row in page.rows)
    return Page([_review_row(row, reports.get(row.id, ())) for row in page.rows], page.next_key)


def _review_row(row: Any, reports: Sequence[ReportRow]) -> ReviewRow:
    return ReviewRow(*[*row, reports])


def waiting_count(viewer: Viewer) -> int:
    """Return how many items wait for the viewer's decision."""
    waits = and_(ReviewItem.state == ReviewState.WAITING, _reviewed_by(viewer))
    return db.session.scalar(select(func.count()).select_from(ReviewItem).where(waits)) or 0


def reports_under(item_ids: Iterable[int]) -> dict[int, Sequence[ReportRow]]:
    """Return the reports under each item, oldest first, in one statement."""
    ids = set(item_ids)
    if not ids:
        return {}
    wanted = (
        select(Report.item_id, Report.reporter_id, User.name, Report.reason, Report.text, Report.at)
        .join(User, Report.reporter_id == User.id)
        .where(Report.item_id.in_(ids))
        .order_by(Report.id)
    )
    found: dict[int, list[ReportRow]] = {}
    for row in db.session.execute(wanted):
        found.setdefault(row.item_id, []).append(ReportRow(*row[1:]))
    return dict(found)


def waiting_item(kind: str, subject_id: int) -> ReviewItem | None:
    """Return the open item of a subject, if it waits for a decision."""
    wanted = select(ReviewItem).where(
        ReviewItem.subject_kind == kind,
        ReviewItem.subject_id == subject_id,
        ReviewItem.state == ReviewState.WAITING,
    )
    return db.session.scalar(wanted)


def appealable_for(viewer: Viewer, kind: str, subject_id: int) -> Reportable:
    """Return the viewer's own words that somebody took away; refuses anything else."""
    found = reportable_for(viewer, kind, subject_id)
    if not found.is_taken or found.author_id != viewer.id:
        raise NothingToAppealError
    return found


def last_hiding(kind: str, subject_id: int) -> tuple[Rule | None, str | None] | None:
    """Return rule and note of the last decision that hid a subject, if a reviewer decided so."""
    wanted = (
        select(ReviewItem.rule, ReviewItem.note)
        .where(
            ReviewItem.subject_kind == kind,
            ReviewItem.subject_id == subject_id,
            ReviewItem.state == ReviewState.HIDDEN,
        )
        .order_by(ReviewItem.id.desc())
        .limit(1)
    )
    row = db.session.execute(wanted).one_or_none()
    return None if row is None else (row.rule, row.note)


def has_reported(viewer: Viewer, kind: str, subject_id: int) -> bool:
    """Return whether the viewer reported this before."""
    wanted = select(Report.id).where(
        Report.subject_kind == kind,
        Report.subject_id == subject_id,
        Report.reporter_id == viewer.id,
    )
    return db.session.scalar(wanted) is not None


def reports_by(user_id: int, *, since: datetime) -> int:
    """Return how many reports a person made since."""
    mine = and_(Report.reporter_id == user_id, Report.at >= since)
    return db.session.scalar(select(func.count()).select_from(Report).where(mine)) or 0


def sanctions_of(user_id: int) -> list[SanctionRow]:
    """Return a person's silences and suspensions, the latest first."""
    wanted = (
        select(
            Sanction.id,
            Sanction.user_id,
            Sanction.kind,
            Sanction.rule,
            Sanction.reason,
            Sanction.given_by,
            User.name,
            Sanction.from_at,
            Sanction.until,
            Sanction.ended_at,
            Sanction.ended_reason,
        )
        .outerjoin(User, Sanction.given_by == User.id)
        .where(Sanction.user_id == user_id)
        .order_by(Sanction.id.desc())
    )
    return [SanctionRow(*row) for row in db.session.execute(wanted)]
