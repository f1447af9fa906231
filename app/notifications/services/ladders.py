"""Climbing: each piece of news goes up its reader's ladder, one step when it is due, until seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from app.accounts.queries import names_for
from app.core.db import changed, db, insert_ignoring
from app.merchants.queries.hours import spans_of
from app.notifications.models import Notice, Telling
from app.notifications.policies.quiet import quiet_until
from app.notifications.queries.inbox import wishes_of
from app.notifications.queries.reach import due_tellings, reach_of, read_keys, sms_name, town_reach
from app.notifications.services import allowances, calls
from app.notifications.types import (
    CALL_AFTER,
    DAILY,
    NOISY,
    PRESSING,
    TOPICS,
    URGENT_FOR_OPEN_SHOPS,
    Begun,
    CallWhy,
    Letter,
    NoticeRow,
    Reach,
    Rung,
    TownReach,
    Way,
    Wish,
)

BATCH = 50


@dataclass(frozen=True, slots=True)
class _Round:
    """What one round of climbing knows of all whose turn it is."""

    at: datetime
    town: TownReach
    reaches: Mapping[int, Reach]
    wishes: Mapping[tuple[int, object], Wish]
    names: Mapping[int, str]


def start(begun: Sequence[Begun], *, at: datetime) -> None:
    """Put people at the foot of their ladders; who stands there about the same deed stays."""
    rows: list[dict[str, Any]] = [
        {
            "person_id": one.person_id,
            "key": one.key,
            "kind": one.kind,
            "about_kind": one.subject[0],
            "about_id": one.subject[1],
            "data": one.data,
            "actor_id": one.actor_id,
            "happened_at": one.happened_at,
            "rung": 0,
            "tried": [],
            "due_at": at,
        }
        for one in begun
    ]
    insert_ignoring(Telling, rows, keys=["person_id", "key"])


def climb(*, at: datetime, limit: int = BATCH) -> tuple[int, list[Letter]]:
    """Take the steps that are due; return how many ladders were looked at, and the letters to post.

    A step that is late is taken once, and the next is counted from then. Two workers never take
    the same one.
    """
    due = due_tellings(at, limit=limit)
    if not due:
        return 0, []
    people = {row.person_id for row in due}
    town = town_reach()
    known = _Round(
        at,
        town,
        reach_of(people, town),
        wishes_of(people),  # type: ignore[arg-type]
        names_for({row.actor_id for row in due}),
    )
    read = read_keys((row.person_id, row.key) for row in due)
    letters: list[Letter] = []
    for row in due:
        if (row.person_id, row.key) in read or row.person_id not in known.reaches:
            _leave(row)
        else:
            letters += _step(row, known)
    return len(due), letters


def _step(row: Telling, known: _Round) -> list[Letter]:
    ladder = known.town.ladders[TOPICS[row.kind]]
    reach = known.reaches[row.person_id]
    for index in range(row.rung, len(ladder)):
        if not _is_usable(ladder[index], row, reach, known):
            continue
        pause = _silence(ladder[index], row, reach, known.at)
        if pause is not None:
            _move(row, index, pause, row.tried)
            return []
        if _may_send(ladder[index].way, row.person_id, known):
            return _taken(row, index, known)
    _end(row, len(ladder), reach, known.at)
    return []


def _taken(row: Telling, index: int, known: _Round) -> list[Letter]:
    """Take one step and set the time of the next that can reach the person."""
    ladder = known.town.ladders[TOPICS[row.kind]]
    reach = known.reaches[row.person_id]
    way = ladder[index].way
    after = [
        number
        for number in range(index + 1, len(ladder))
        if _is_usable(ladder[number], row, reach, known)
    ]
    tried = [*row.tried, way.value]
    if after:
        pause = timedelta(minutes=ladder[after[0]].wait)
        is_mine = _move(row, after[0], known.at + pause, tried)
    elif row.kind in PRESSING:
        is_mine = _move(row, len(ladder), known.at + CALL_AFTER, tried)
    else:
        is_mine = _leave(row)
    return _letters(row, way, reach, known) if is_mine else []


def _end(row: Telling, top: int, reach: Reach, at: datetime) -> None:
    """Nothing is left to try: what presses and stays unseen becomes a call, once some time has
    passed.
    """
    if row.kind not in PRESSING:
        _leave(row)
    elif row.rung < top:
        _move(row, top, at + CALL_AFTER, row.tried)
    else:
        tried = {Way(one) for one in row.tried}
        if _leave(row) and not any(reach.can(way) for way in tried):
            why = CallWhy.ALL_FAILED if tried or reach.failed else CallWhy.NO_WAY
            calls.open_call(
                ("user", row.person_id),
                why=why,
                person_id=row.person_id,
                data={**row.data, "kind": row.kind.value, "about": [row.about_kind, row.about_id]},
                at=at,
            )


def _is_usable(rung: Rung, row: Telling, reach: Reach, known: _Round) -> bool:
    wish = known.wishes.get((row.person_id, TOPICS[row.kind]), Wish())
    is_worth = rung.way is not Way.SMS or row.kind in PRESSING
    return is_worth and reach.can(rung.way) and wish.wants(rung.way)


def _silence(rung: Rung, row: Telling, reach: Reach, at: datetime) -> datetime | None:
    """Return until when a step that sounds must wait, or None."""
    until = quiet_until(reach.quiet, at) if rung.way in NOISY else None
    if until is None or row.kind not in URGENT_FOR_OPEN_SHOPS:
        return until
    return None if is_open(int(row.data.get("merchant_id") or 0), at) else until


def is_open(merchant_id: int, at: datetime) -> bool:
    """Whether a shop is open at an instant."""
    return bool(spans_of([merchant_id], first=at, last=at + timedelta(microseconds=1)))


def _may_send(way: Way, person_id: int, known: _Round) -> bool:
    day = sms_name(known.at).partition(":")[2]
    if not allowances.take(f"{way.value}:{person_id}:{day}", DAILY[way], at=known.at):
        return False
    return way is not Way.SMS or may_text(known.town, known.at)


def may_text(town: TownReach, at: datetime) -> bool:
    """Use one text message of the day's budget; the refusals are counted for the desk."""
    return allowances.take(sms_name(at), town.sms_budget, at=at)


def _letters(row: Telling, way: Way, reach: Reach, known: _Round) -> list[Letter]:
    addresses: Iterable[str] = {
        Way.MAIL: [reach.mail or ""],
        Way.SMS: [reach.phone or ""],
        Way.PUSH: [str(one) for one in reach.devices],
    }[way]
    notice = NoticeRow(
        id=0,
        kind=row.kind,
        subject_kind=row.about_kind,
        subject_id=row.about_id,
        data=row.data,
        actor_id=row.actor_id,
        actor=known.names.get(row.actor_id or 0),
        avatar_picture_id=None,
        happened_at=row.happened_at,
        read_at=None,
    )
    mark = "" if way is Way.MAIL else f":{way.value}"
    return [
        Letter(
            address,
            reach.language,
            notice,
            f"notice:{row.key}:{row.person_id}{mark}" + (f":{address}" if way is Way.PUSH else ""),
            row.person_id,
            way,
        )
        for address in addresses
    ]


def _move(row: Telling, rung: int, due_at: datetime, tried: Sequence[str]) -> bool:
    """Set the next step; False where another worker took this one."""
    return bool(
        changed(
            update(Telling)
            .where(Telling.id == row.id, Telling.rung == row.rung, Telling.due_at == row.due_at)
            .values(rung=rung, due_at=due_at, tried=list(tried))
        )
    )


def _leave(row: Telling) -> bool:
    mine = (Telling.id == row.id, Telling.rung == row.rung, Telling.due_at == row.due_at)
    return bool(changed(delete(Telling).where(*mine)))


def note_seen(person_id: int, subject: tuple[str, int], number: int, *, at: datetime) -> None:
    """Take note that a person saw a subject up to a number: what told of it is read, and nobody
    climbs for it any more.
    """
    rows = db.session.execute(
        select(Notice.id, Notice.key, Notice.data).where(
            Notice.person_id == person_id,
            Notice.about_kind == subject[0],
            Notice.about_id == subject[1],
            Notice.read_at.is_(None),
        )
    ).all()
    seen = [row for row in rows if not number or int(row.data.get("number") or 0) <= number]
    if seen:
        ids = [row.id for row in seen]
        changed(update(Notice).where(Notice.id.in_(ids)).values(read_at=at))
