"""The rules of taking something down at somebody's request: claim, decision, answer, last word."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update

from app.core.access import Viewer, token_hash
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import NotAllowedError
from app.core.i18n import gettext as _
from app.core.i18n import language, speaking
from app.core.mail.services import send_mail
from app.moderation import services
from app.moderation.errors import AlreadyDecidedError, TooLateToAnswerError, TooManyReportsError
from app.moderation.models import Takedown
from app.moderation.policies import takedown as rules
from app.moderation.policies.reviewing import check_reason
from app.moderation.queries import takedowns as reads
from app.moderation.types import (
    STATE_WORDS,
    TAKEDOWN_ANSWERED,
    TAKEDOWN_ASKED,
    TAKEDOWN_DECIDED,
    TAKEDOWN_HIDDEN,
    Decision,
    Rule,
    Standing,
    TakedownCause,
    TakedownState,
)


def ask_takedown(
    *,
    address: str,
    subject: tuple[str, int] | None,
    cause: TakedownCause,
    standing: Standing,
    what: str,
    name: str,
    mail: str,
    phone: str,
    ip_hash: str,
    at: datetime,
) -> tuple[Takedown, str]:
    """Take somebody's request in and return it with the secret of its page. What the law wants
    hidden at once is hidden at once. Refuses one that cannot be answered, and too many from one
    place.
    """
    rules.check_reachable(mail, phone)
    if reads.made_from(ip_hash, since=at - timedelta(days=1)) >= rules.REQUESTS_A_DAY:
        raise TooManyReportsError(retry_after=3600)
    found = reads.subject_of(*subject) if subject else None
    token = secrets.token_urlsafe(24)
    row = Takedown(
        token_hash=token_hash(token),
        address=address[:400],
        subject_kind=subject[0] if subject and found else "",
        subject_id=subject[1] if subject and found else 0,
        author_id=found.author_id if found else None,
        cause=cause,
        standing=standing,
        what=what.strip(),
        name=name.strip(),
        mail=mail.strip(),
        phone=phone.strip(),
        language=language(),
        ip_hash=ip_hash,
        made_at=at,
        due_at=at + rules.decide_within(cause),
    )
    db.session.add(row)
    db.session.flush()
    record(Viewer(), TAKEDOWN_ASKED, ("takedown", row.id), at=at, data={"cause": cause})
    if cause in rules.AT_ONCE:
        _hide(reads.DESK, row, _("Hidden at once, as the law asks; a decision follows."), at=at)
    return row, token


def decide_takedown(
    actor: Viewer, takedown_id: int, *, is_upheld: bool, reason: str, at: datetime
) -> Takedown:
    """Decide a request, or after the author's answer decide it for good; says why to both.

    Refuses who is no reviewer, the author themselves, and what somebody decided before.
    """
    row = _row(takedown_id)
    _check_desk(actor, row)
    tidy = check_reason(reason)
    is_last = row.state is TakedownState.ANSWERED
    if is_last:
        state = TakedownState.FINAL if is_upheld else TakedownState.RESTORED
        values: dict[str, Any] = {"final_at": at, "final_by": actor.id, "final_reason": tidy}
    else:
        state = TakedownState.UPHELD if is_upheld else TakedownState.REJECTED
        due = at + rules.ANSWER_WITHIN if is_upheld else None
        values = {"decided_at": at, "decided_by": actor.id, "reason": tidy, "due_at": due}
    waits = update(Takedown).where(Takedown.id == takedown_id, Takedown.state.in_(reads.OPEN))
    now_waits = waits.where(Takedown.state == row.state)
    moved(now_waits.values(state=state, **values), AlreadyDecidedError())
    db.session.refresh(row)
    data = {"state": state, "kind": row.subject_kind, "subject": row.subject_id}
    record(actor, TAKEDOWN_DECIDED, ("takedown", row.id), at=at, data=data, reason=tidy)
    if is_upheld:
        _hide(actor, row, tidy, at=at)
    else:
        _show(actor, row, tidy, at=at)
    _tell_claimant(row, tidy)
    return row


def answer_takedown(actor: Viewer, takedown_id: int, *, text: str, at: datetime) -> Takedown:
    """Bring the author's counter-notice before the desk and to the claimant; refuses others, a
    second one, and one that comes too late.
    """
    row = _row(takedown_id)
    if actor.id is None or row.author_id != actor.id:
        raise NotAllowedError
    may = or_(
        (Takedown.state == TakedownState.UPHELD) & (Takedown.due_at > at),
        (Takedown.state == TakedownState.WAITING) & Takedown.is_hidden,
    )
    open_one = update(Takedown).where(Takedown.id == takedown_id, may, Takedown.answer.is_(None))
    answered = {"answer": text.strip(), "answered_at": at, "due_at": at + rules.FINAL_WITHIN}
    moved(open_one.values(state=TakedownState.ANSWERED, **answered), TooLateToAnswerError())
    db.session.refresh(row)
    record(actor, TAKEDOWN_ANSWERED, ("takedown", row.id), at=at)
    _tell_claimant(row, text.strip())
    return row


def forget_claimants(before: datetime) -> int:
    """Empty the contact on requests that were over before an instant; return how many."""
    over = update(Takedown).where(
        Takedown.state.not_in(reads.OPEN), Takedown.made_at < before, Takedown.name != ""
    )
    return changed(over.values(name="", mail="", phone="", ip_hash=""))


def _row(takedown_id: int) -> Takedown:
    row = db.session.get(Takedown, takedown_id, populate_existing=True)
    if row is None:
        raise AlreadyDecidedError
    return row


def _check_desk(actor: Viewer, row: Takedown) -> None:
    if not actor.is_reviewer or (row.author_id is not None and row.author_id == actor.id):
        raise NotAllowedError


def _hide(actor: Viewer, row: Takedown, reason: str, *, at: datetime) -> None:
    if row.is_hidden or row.subject_kind not in rules.HIDES_BY_ITSELF:
        return
    _decide(actor, row, Decision.HIDE, reason, at=at)
    row.is_hidden = True
    db.session.flush()
    record(actor, TAKEDOWN_HIDDEN, (row.subject_kind, row.subject_id), at=at, reason=reason)


def _show(actor: Viewer, row: Takedown, reason: str, *, at: datetime) -> None:
    if row.is_hidden:
        row.is_hidden = False
        db.session.flush()
        _decide(actor, row, Decision.APPROVE, reason, at=at)


def _decide(actor: Viewer, row: Takedown, decision: Decision, reason: str, *, at: datetime) -> None:
    found = reads.subject_of(row.subject_kind, row.subject_id)
    said = found.excerpt if found else ""
    item = services.hold(
        row.subject_kind, row.subject_id, at=at, author_id=row.author_id, excerpt=said
    )
    rule = Rule.PRIVATE if row.cause in rules.AT_ONCE else Rule.LAW
    services.decide(actor, item.id, decision, rule=rule, note=reason[:300], at=at)


def _tell_claimant(row: Takedown, words: str) -> None:
    if not row.mail:
        return
    with speaking(row.language):
        subject = _("Your take-down request: %(state)s", state=str(STATE_WORDS[row.state]))
        text = "\n\n".join(
            [
                _("You asked for this to be taken down: %(address)s", address=row.address),
                str(STATE_WORDS[row.state]) + ".",
                words,
            ]
        )
    send_mail(row.mail, subject, text, key=f"takedown:{row.id}:{row.state}")
