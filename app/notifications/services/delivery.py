"""Following the log: keeping notices and saying who gets a mail, each deed once per person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.accounts.queries import mail_and_language, names_for
from app.core.activity.cursors import read_log
from app.core.activity.types import LogRow
from app.core.db import insert_ignoring
from app.core.jobs.services import enqueue
from app.notifications import queries
from app.notifications.models import Notice
from app.notifications.services.concerns import RULES, Concern, concerns
from app.notifications.types import (
    FAN_OUT_JOB,
    FEW,
    FRESH,
    KEPT,
    READER,
    TOPICS,
    GuestTold,
    Letter,
    NoticeKind,
    NoticeRow,
    Told,
    Topic,
    Wish,
)

BATCH = 50


def follow_log(*, at: datetime, limit: int = BATCH) -> tuple[int, list[Letter]]:
    """Tell whom the next deeds of the log concern; return how many were read, and the mails to
    write.

    Runs in the caller's transaction together with the cursor, so that a deed is told once. A deed
    that concerns many becomes one outbox row.
    """
    letters: list[Letter] = []
    rows = read_log(READER, verbs=sorted(RULES), limit=limit)
    for row in rows:
        if at - row.at > KEPT or row.data.get("history") == "silent":
            continue
        told = concerns(row)
        if sum(len(one.people) for one in told if isinstance(one, Told)) > FEW:
            enqueue(FAN_OUT_JOB, {"log_id": row.id}, key=f"{FAN_OUT_JOB}:{row.id}")
        else:
            letters += tell(row, told, at=at)
    return len(rows), letters


def fan_out(log_id: int, *, at: datetime) -> list[Letter]:
    """Tell all whom one deed concerns; doing it twice tells nobody twice. Returns the mails to
    write.
    """
    row = queries.log_row(log_id)
    return [] if row is None else tell(row, concerns(row), at=at)


def tell(row: LogRow, told: Iterable[Concern], *, at: datetime) -> list[Letter]:
    """Keep notices about one deed; return the mails to write, each with its own key."""
    is_fresh = at - row.at <= FRESH and not row.data.get("history")
    letters: list[Letter] = []
    for one in told:
        if isinstance(one, Told):
            letters += _tell_people(row, one, is_fresh=is_fresh)
        elif is_fresh:
            letters.append(_to_guest(row, one))
    return letters


def _tell_people(row: LogRow, told: Told, *, is_fresh: bool) -> list[Letter]:
    people = sorted(queries.is_known(told.people))
    if not people:
        return []
    topic = TOPICS[told.kind]
    wishes = queries.wishes_of(people)
    asked = {person: wishes.get((person, topic), Wish()) for person in people}
    has_unread = queries.unread_about(people, told.subject) if topic is Topic.TALK else set()
    _keep(row, told, [one for one in people if asked[one].on_site], is_fresh=is_fresh)
    if not is_fresh:
        return []
    wanted = [one for one in people if asked[one].by_mail and one not in has_unread]
    return _to_people(row, told, wanted)


def _keep(row: LogRow, told: Told, people: Sequence[int], *, is_fresh: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "person_id": person,
            "kind": told.kind,
            "topic": TOPICS[told.kind],
            "about_kind": told.subject[0],
            "about_id": told.subject[1],
            "data": told.data,
            "actor_id": row.actor_id,
            "key": f"{row.id}:{told.kind.value}",
            "happened_at": row.at,
            "read_at": None if is_fresh and person != row.actor_id else row.at,
        }
        for person in people
    ]
    insert_ignoring(Notice, rows, keys=["person_id", "key"])


def _to_people(row: LogRow, told: Told, people: Sequence[int]) -> list[Letter]:
    reached = mail_and_language(people) if people else {}
    names = names_for([row.actor_id])
    shown = _as_row(row, told.kind, told.subject, told.data, names.get(row.actor_id or 0))
    return [
        Letter(mail, language, shown, f"notice:{row.id}:{told.kind.value}:{person}", person)
        for person, (mail, language) in sorted(reached.items())
        if mail
    ]


def _to_guest(row: LogRow, told: GuestTold) -> Letter:
    shown = _as_row(row, told.kind, told.subject, told.data, None)
    return Letter(told.mail, told.language, shown, f"notice:{row.id}:{told.kind.value}:guest")


def _as_row(
    row: LogRow,
    kind: NoticeKind,
    subject: tuple[str, int],
    data: dict[str, Any],
    actor: str | None,
) -> NoticeRow:
    return NoticeRow(
        id=0,
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        data=data,
        actor_id=row.actor_id,
        actor=actor,
        avatar_picture_id=None,
        happened_at=row.at,
        read_at=None,
    )
