"""Following the log: keeping notices and saying whose ladder begins, each deed once per person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.core.activity.cursors import read_log
from app.core.activity.types import LogRow
from app.core.db import insert_ignoring
from app.core.jobs.services import enqueue
from app.core.sms.numbers import e164_or_none
from app.core.sms.services import can_send_sms
from app.notifications.models import Notice
from app.notifications.policies.quiet import quiet_until
from app.notifications.queries import inbox as queries
from app.notifications.queries.reach import has_failed, town_reach
from app.notifications.services.concerns import RULES, Concern, concerns
from app.notifications.services.ladders import may_text
from app.notifications.types import (
    FAN_OUT_JOB,
    FEW,
    FRESH,
    KEPT,
    OUTWARD,
    READER,
    TOPICS,
    Begun,
    GuestTold,
    Letter,
    NoticeRow,
    Told,
    Topic,
    Way,
    Wish,
)

BATCH = 50
News = Begun | Letter


def follow_log(*, at: datetime, limit: int = BATCH) -> tuple[int, list[News]]:
    """Tell whom the next deeds of the log concern; return how many were read, and what is
    to leave the site.

    Runs in the caller's transaction together with the cursor, so that a deed is told once. A deed
    that concerns many becomes one outbox row.
    """
    letters: list[News] = []
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


def fan_out(log_id: int, *, at: datetime) -> list[News]:
    """Tell all whom one deed concerns; doing it twice tells nobody twice. Returns what is
    to leave the site.
    """
    row = queries.log_row(log_id)
    return [] if row is None else tell(row, concerns(row), at=at)


def tell(row: LogRow, told: Iterable[Concern], *, at: datetime) -> list[News]:
    """Keep notices about one deed; return the ladders that begin and the mails to guests, each with
    its own key.
    """
    is_fresh = at - row.at <= FRESH and not row.data.get("history")
    letters: list[News] = []
    for one in told:
        if isinstance(one, Told):
            letters += _tell_people(row, one, is_fresh=is_fresh)
        elif is_fresh:
            letters += _to_guest(row, one, at=at)
    return letters


def _tell_people(row: LogRow, told: Told, *, is_fresh: bool) -> list[Begun]:
    people = sorted(queries.known_among(told.people))
    if not people:
        return []
    topic = TOPICS[told.kind]
    wishes = queries.wishes_of(people)
    asked = {person: wishes.get((person, topic), Wish()) for person in people}
    has_unread = queries.unread_about(people, told.subject) if topic is Topic.TALK else set()
    _keep(row, told, [one for one in people if asked[one].on_site], is_fresh=is_fresh)
    if not is_fresh:
        return []
    return [
        Begun(person, _key(row, told), told.kind, told.subject, told.data, row.actor_id, row.at)
        for person in people
        if person not in has_unread and any(asked[person].wants(way) for way in OUTWARD)
    ]


def _key(row: LogRow, told: Told) -> str:
    return f"{row.id}:{told.kind.value}"


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
            "key": _key(row, told),
            "happened_at": row.at,
            "read_at": None if is_fresh and person != row.actor_id else row.at,
        }
        for person in people
    ]
    insert_ignoring(Notice, rows, keys=["person_id", "key"])


def _to_guest(row: LogRow, told: GuestTold, *, at: datetime) -> list[Letter]:
    """Write to a guest: by mail, or where they left none, by text message, within the budget and
    not in the town's night.
    """
    shown, key = _as_row(row, told), f"notice:{row.id}:{told.kind.value}:guest"
    if told.mail:
        if has_failed(Way.MAIL, told.mail):
            return []
        return [Letter(told.mail, told.language, shown, key)]
    number, town = e164_or_none(told.phone), town_reach()
    if number is None or not can_send_sms() or has_failed(Way.SMS, number):
        return []
    if not may_text(town, at):
        return []
    until = quiet_until(town.quiet, at)
    return [Letter(number, told.language, shown, key, None, Way.SMS, until)]


def _as_row(row: LogRow, told: GuestTold) -> NoticeRow:
    return NoticeRow(
        id=0,
        kind=told.kind,
        subject_kind=told.subject[0],
        subject_id=told.subject[1],
        data=told.data,
        actor_id=row.actor_id,
        actor=None,
        avatar_picture_id=None,
        happened_at=row.at,
        read_at=None,
    )
