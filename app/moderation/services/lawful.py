"""The rules of handing data to an authority: a written reason, a second person, one target, a span
of time, and a trace of every step.
"""

import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from app.accounts import queries as people
from app.accounts.queries.own import plain
from app.accounts.services import own_data
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.services import enqueue
from app.moderation.errors import AlreadyDecidedError, OnePersonError
from app.moderation.models import LawfulRequest
from app.moderation.policies.reviewing import check_reason
from app.moderation.queries import lawful as reads
from app.moderation.types import LAWFUL_ASKED, LAWFUL_DECIDED, LAWFUL_TAKEN, LawfulState

FILE_KEPT = timedelta(days=30)
LONGEST_SPAN = timedelta(days=5 * 366)


def ask_lawful(
    actor: Viewer,
    *,
    authority: str,
    reference: str,
    reason: str,
    person_id: int | None,
    subject: tuple[str, int] | None,
    span: tuple[datetime, datetime],
    at: datetime,
) -> LawfulRequest:
    """Write down what an authority asks for; nothing is handed out yet. Refuses a request without
    one target, without a span, or by somebody who does not run the town.
    """
    if not actor.is_operator or actor.id is None:
        raise NotAllowedError
    if (person_id is None) == (subject is None):
        raise FieldError("target", _l("One person or one thing, not both and not neither."))
    if person_id is not None:
        people.profile(person_id)
    if not timedelta() < span[1] - span[0] <= LONGEST_SPAN:
        raise FieldError("until", _l("The span ends after it begins, and is five years at most."))
    row = LawfulRequest(
        authority=authority.strip(),
        reference=reference.strip(),
        reason=check_reason(reason),
        person_id=person_id,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else 0,
        from_at=span[0],
        until_at=span[1],
        asked_by=actor.id,
        asked_at=at,
    )
    db.session.add(row)
    db.session.flush()
    data = {"reference": row.reference}
    record(actor, LAWFUL_ASKED, ("lawful_request", row.id), at=at, data=data, reason=row.reason)
    return row


def decide_lawful(
    actor: Viewer, request_id: int, *, is_allowed: bool, note: str, at: datetime
) -> LawfulRequest:
    """Allow or refuse a request; only a second person who runs the town may."""
    row = db.session.get(LawfulRequest, request_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    if not actor.is_operator or actor.id is None:
        raise NotAllowedError
    if row.asked_by == actor.id:
        raise OnePersonError
    tidy = check_reason(note, "note")
    state = LawfulState.APPROVED if is_allowed else LawfulState.REFUSED
    waits = update(LawfulRequest).where(
        LawfulRequest.id == request_id, LawfulRequest.state == LawfulState.WAITING
    )
    decided = {"state": state, "decided_by": actor.id, "decided_at": at, "note": tidy}
    moved(waits.values(**decided), AlreadyDecidedError())
    db.session.refresh(row)
    data = {"allowed": is_allowed}
    record(actor, LAWFUL_DECIDED, ("lawful_request", row.id), at=at, data=data, reason=tidy)
    if is_allowed:
        enqueue("moderation.lawful", {"request": row.id}, key=f"lawful:{row.id}")
    return row


def write_file(request_id: int) -> Path | None:
    """Gather what was allowed into a file and return where it lies; None where nothing was."""
    row = reads.lawful_request(request_id)
    if row.state is not LawfulState.APPROVED:
        return None
    path = own_data.file_of("lawful", row.id)
    if row.person_id is not None:
        own_data.write_archive(
            path,
            row.person_id,
            language="zh_Hans",
            progress=lambda _done, _total: None,
            span=(row.from_at, row.until_at),
        )
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        found = plain(reads.rows_about(row))
        archive.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=1))
    return path


def file_gathered(request_id: int, *, size: int, digest: str, at: datetime) -> None:
    """Write down that the file is there, and until when."""
    mine = update(LawfulRequest).where(
        LawfulRequest.id == request_id, LawfulRequest.state == LawfulState.APPROVED
    )
    ready = {"state": LawfulState.READY, "size": size, "digest": digest}
    changed(mine.values(ends_at=at + FILE_KEPT, **ready))


def note_taken(actor: Viewer, request_id: int, *, at: datetime) -> Path:
    """Write down who takes the file, and return where it lies; refuses one that is not there."""
    row = reads.lawful_request(request_id)
    path = own_data.file_of("lawful", row.id)
    is_there = row.state is LawfulState.READY and row.ends_at is not None and row.ends_at > at
    if not actor.is_operator or not is_there or not path.is_file():
        raise NotFoundError
    said = f"{row.authority}, {row.reference}"
    record(actor, LAWFUL_TAKEN, ("lawful_request", row.id), at=at, reason=said)
    return path


def drop_old_files(*, at: datetime) -> list[Path]:
    """Forget files whose days are over and return where they lie."""
    over = select(LawfulRequest.id).where(
        LawfulRequest.state == LawfulState.READY, LawfulRequest.ends_at <= at
    )
    ids = list(db.session.scalars(over))
    if ids:
        gone = update(LawfulRequest).where(LawfulRequest.id.in_(ids))
        changed(gone.values(state=LawfulState.REMOVED))
    return [own_data.file_of("lawful", number) for number in ids]
