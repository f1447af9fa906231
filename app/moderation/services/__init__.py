"""The rules of moderation: judging a text, reporting, holding, deciding, silencing, suspending."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts
from app.accounts import services as people
from app.accounts.services import writing
from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, moved
from app.core.errors import FieldError, NotSignedInError
from app.core.i18n import lazy_gettext as _l
from app.moderation import queries
from app.moderation.errors import (
    AlreadyDecidedError,
    AlreadyReportedError,
    TooManyReportsError,
    WordTakenError,
)
from app.moderation.models import FilterWord, Report, ReviewItem, Sanction
from app.moderation.policies import reviewing
from app.moderation.policies.reading import folded
from app.moderation.policies.reviewing import (
    REPORTS_A_DAY,
    check_can_decide,
    check_can_sanction,
    check_may_write,
    check_reason,
)
from app.moderation.signals import review_decided
from app.moderation.types import (
    DECIDED,
    DECISIONS,
    REPORTED,
    SANCTION_ENDED,
    SANCTIONED,
    WORD_CHANGED,
    Decision,
    Judgement,
    Reportable,
    ReportReason,
    ReviewCause,
    Rule,
    SanctionKind,
    WordOutcome,
)

EXCERPT = 400
# The rule that the houses with held words ask, at their own door.
is_held = reviewing.is_held


def judged(text: str, actor: Viewer) -> Judgement:
    """Return what the word list says about a text; refuses an actor who is silenced, and one whose
    number is not proven where the town asks for that.
    """
    check_may_write(actor)
    writing.check_may_write(actor)
    return queries.words_in_force().judgement_on(text)


def hold(
    kind: str,
    subject_id: int,
    *,
    at: datetime,
    author_id: int | None = None,
    excerpt: str = "",
    words: Iterable[str] = (),
    scope: tuple[str, int] = ("", 0),
) -> ReviewItem:
    """Put something into the review queue before it is shown; its open item, if it has one."""
    found = Reportable("", excerpt, author_id, scope)
    return _item(kind, subject_id, ReviewCause.HELD, found, words=tuple(words), at=at)


def _item(
    kind: str,
    subject_id: int,
    cause: ReviewCause,
    found: Reportable,
    *,
    words: tuple[str, ...] = (),
    at: datetime,
) -> ReviewItem:
    if (open_item := queries.waiting_item(kind, subject_id)) is not None:
        return open_item
    said = f"{found.title}\n{found.excerpt}" if found.title else found.excerpt
    item = ReviewItem(
        subject_kind=kind,
        subject_id=subject_id,
        cause=cause,
        scope_kind=found.scope[0],
        scope_id=found.scope[1],
        author_id=found.author_id,
        excerpt=said[:EXCERPT],
        words=list(words),
        opened_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(item)
    except IntegrityError:
        return queries.waiting_item(kind, subject_id) or item
    return item


def report(
    actor: Viewer,
    kind: str,
    subject_id: int,
    *,
    reason: ReportReason,
    text: str | None,
    at: datetime,
) -> ReviewItem:
    """File a person's report, once per subject; refuses a repeat, and more than a day's worth."""
    found = queries.reportable_for(actor, kind, subject_id)
    if actor.id is None:
        raise NotSignedInError
    if queries.has_reported(actor, kind, subject_id):
        raise AlreadyReportedError
    if queries.reports_by(actor.id, since=at - timedelta(days=1)) >= REPORTS_A_DAY:
        raise TooManyReportsError(retry_after=3600)
    item = _item(kind, subject_id, ReviewCause.REPORTED, found, at=at)
    row = {
        "subject_kind": kind,
        "subject_id": subject_id,
        "reporter_id": actor.id,
        "item_id": item.id,
        "reason": reason,
        "text": (text or "").strip() or None,
        "at": at,
    }
    keys = ["subject_kind", "subject_id", "reporter_id"]
    if insert_ignoring(Report, [row], keys=keys) == 0:
        raise AlreadyReportedError
    more = update(ReviewItem).where(ReviewItem.id == item.id)
    changed(more.values(report_count=ReviewItem.report_count + 1))
    record(actor, REPORTED, (kind, subject_id), at=at, data={"reason": reason, "item": item.id})
    return item


def appeal(actor: Viewer, kind: str, subject_id: int, *, text: str, at: datetime) -> ReviewItem:
    """Bring an author's answer to a hiding before the reviewers, once; refuses what nobody took
    away from them.
    """
    queries.appealable_for(actor, kind, subject_id)
    return report(actor, kind, subject_id, reason=ReportReason.OTHER, text=text, at=at)


def decide(
    actor: Viewer,
    item_id: int,
    decision: Decision,
    *,
    rule: Rule = Rule.NONE,
    note: str | None = None,
    at: datetime,
) -> ReviewItem:
    """Decide about an item and ring `review_decided`; refuses one that somebody decided before."""
    item = check_can_decide(actor, db.session.get(ReviewItem, item_id))
    if decision is Decision.HIDE and rule is Rule.NONE:
        raise FieldError("rule", _l("Which rule does it break?"))
    state = DECISIONS[decision]
    waits = update(ReviewItem).where(ReviewItem.id == item_id, ReviewItem.decided_at.is_(None))
    decided = waits.values(
        state=state,
        decided_at=at,
        decided_by=actor.id,
        rule=rule,
        note=(note or "").strip() or None,
    )
    moved(decided, AlreadyDecidedError())
    db.session.refresh(item)
    subject = (item.subject_kind, item.subject_id)
    data = {"decision": decision, "rule": rule, "item": item.id}
    record(actor, DECIDED, subject, at=at, data=data, reason=item.note or str(rule))
    review_decided.send(item, item=item, decision=decision, actor=actor, at=at)
    return item


def withdraw(kind: str, subject_id: int) -> None:
    """Take a subject's open item out of the queue without reports, when its author deletes it."""
    item = queries.waiting_item(kind, subject_id)
    if item is not None and item.report_count == 0:
        db.session.delete(item)
        db.session.flush()


def add_word(actor: Viewer, word: str, outcome: WordOutcome, *, at: datetime) -> FilterWord:
    """Put a word on the list; refuses one that is there, and one that is nothing when folded."""
    key = folded(word)
    if not key:
        raise FieldError("word", _l("Nothing of this can be compared."))
    if db.session.scalar(select(FilterWord.id).where(FilterWord.word_key == key)) is not None:
        raise WordTakenError("word")
    row = FilterWord(
        word=word.strip(), word_key=key, outcome=outcome, added_by=actor.id, changed_at=at
    )
    db.session.add(row)
    db.session.flush()
    _record_word(actor, row.id, f"{outcome}: {row.word}", at=at)
    return row


def add_words(actor: Viewer, listed: Iterable[str], outcome: WordOutcome, *, at: datetime) -> int:
    """Put many words on the list, leaving out those that are there; return how many were new."""
    wanted = {folded(word): word.strip() for word in listed}
    known = set(db.session.scalars(select(FilterWord.word_key)))
    rows = [
        FilterWord(word=word[:80], word_key=key, outcome=outcome, added_by=actor.id, changed_at=at)
        for key, word in wanted.items()
        if key and key not in known and len(key) <= 160
    ]
    db.session.add_all(rows)
    db.session.flush()
    if rows:
        _record_word(actor, rows[0].id, f"{outcome}: {len(rows)} words", at=at)
    return len(rows)


def remove_word(actor: Viewer, word_id: int, *, at: datetime) -> None:
    """Take a word off the list; one that is gone stays gone."""
    row = db.session.get(FilterWord, word_id)
    if row is not None and changed(delete(FilterWord).where(FilterWord.id == word_id)):
        db.session.expunge(row)
        _record_word(actor, word_id, f"removed: {row.word}", at=at)


def _record_word(actor: Viewer, word_id: int, what: str, *, at: datetime) -> None:
    record(actor, WORD_CHANGED, ("filter_word", word_id), at=at, reason=what)


def sanction(
    actor: Viewer,
    user_id: int,
    kind: SanctionKind,
    *,
    lasts: timedelta,
    rule: Rule,
    reason: str,
    at: datetime,
) -> Sanction:
    """Silence or suspend a person for a while, with rule and reason; refuses who may not."""
    is_operator = any(
        row.role == Role.OPERATOR and row.taken_at is None for row in accounts.roles_of(user_id)
    )
    check_can_sanction(actor, user_id, is_operator=is_operator)
    row = Sanction(
        user_id=accounts.user(user_id).id,
        kind=kind,
        rule=rule,
        reason=check_reason(reason),
        given_by=actor.id,
        from_at=at,
        until=at + lasts,
    )
    db.session.add(row)
    db.session.flush()
    _apply(user_id, kind, at=at)
    data = {"kind": kind, "until": row.until.isoformat(), "rule": rule}
    record(actor, SANCTIONED, ("user", user_id), at=at, data=data, reason=row.reason)
    return row


def end_sanction(actor: Viewer, sanction_id: int, *, reason: str, at: datetime) -> Sanction:
    """End a silence or suspension early, with a reason; refuses one that has ended."""
    row = db.session.get(Sanction, sanction_id)
    if row is None:
        raise AlreadyDecidedError
    check_can_sanction(actor, row.user_id, is_operator=False)
    tidy = check_reason(reason)
    running = update(Sanction).where(Sanction.id == sanction_id, Sanction.ended_at.is_(None))
    ended = running.values(ended_at=at, ended_by=actor.id, ended_reason=tidy)
    moved(ended, AlreadyDecidedError())
    db.session.refresh(row)
    _apply(row.user_id, row.kind, at=at)
    record(
        actor, SANCTION_ENDED, ("user", row.user_id), at=at, data={"kind": row.kind}, reason=tidy
    )
    return row


def _apply(user_id: int, kind: SanctionKind, *, at: datetime) -> None:
    """Write down, in accounts, the latest end of what still runs."""
    runs = (Sanction.user_id == user_id, Sanction.kind == kind, Sanction.ended_at.is_(None))
    until = db.session.scalar(select(func.max(Sanction.until)).where(*runs, Sanction.until > at))
    if kind is SanctionKind.SILENCE:
        people.set_silenced(user_id, until)
    else:
        people.set_suspended(user_id, until, at=at)
