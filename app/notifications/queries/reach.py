"""By what people can be reached, what they and the town set about it, and what is due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.facts import facts
from app.core.sms.numbers import e164_or_none
from app.core.sms.services import can_send_sms
from app.notifications.models import (
    Allowance,
    Device,
    FailedAddress,
    Notice,
    ReachWish,
    Telling,
)
from app.notifications.types import (
    LADDERS,
    Digest,
    Ladder,
    Quiet,
    Reach,
    ReachWishRow,
    Rung,
    Topic,
    TownReach,
    Way,
)

FACT = "reach"


def town_reach() -> TownReach:
    """Return how this town reaches people: what the operator set, or what is usual."""
    set_by_operator: Mapping[str, Any] = facts().get(FACT) or {}
    usual = TownReach()
    return TownReach(
        quiet=Quiet(*set_by_operator.get("quiet", (usual.quiet.start, usual.quiet.end))),
        ladders={
            topic: _ladder(LADDERS[topic], set_by_operator.get("ladders", {}).get(topic.value))
            for topic in Topic
        },
        alarm_sms=set_by_operator.get("alarm_sms", usual.alarm_sms),
        alarm_desk=set_by_operator.get("alarm_desk", usual.alarm_desk),
        sms_budget=set_by_operator.get("sms_budget", usual.sms_budget),
    )


def _ladder(usual: Ladder, waits: Mapping[str, int | None] | None) -> Ladder:
    """Return a ladder with the operator's waits; a way without one is left out."""
    if waits is None:
        return usual
    asked = {rung.way: waits.get(rung.way.value, rung.wait) for rung in usual}
    return tuple(Rung(way, wait) for way, wait in asked.items() if wait is not None)


def reach_of(people: Iterable[int], town: TownReach) -> dict[int, Reach]:
    """Return by what people with open accounts can be reached; four statements."""
    ids = sorted(set(people))
    if not ids:
        return {}
    rows = db.session.execute(
        select(User.id, User.mail, User.phone, User.language).where(
            User.id.in_(ids), User.closed_at.is_(None)
        )
    ).all()
    numbers = {row.id: e164_or_none(row.phone) if row.phone else None for row in rows}
    devices = _devices_of(ids)
    quiet = {one: row.quiet for one, row in reach_wishes_of(ids).items() if row.quiet}
    failed = _failed({row.mail.lower() for row in rows if row.mail}, set(numbers.values()))
    has_sms = can_send_sms()
    return {
        row.id: Reach(
            row.id,
            row.language,
            row.mail,
            numbers[row.id] if has_sms else None,
            devices.get(row.id, ()),
            frozenset(
                way
                for way, address in (
                    (Way.MAIL, row.mail or ""),
                    (Way.SMS, numbers[row.id] or ""),
                )
                if (way, address.lower()) in failed
            ),
            quiet.get(row.id, town.quiet),
        )
        for row in rows
    }


def _devices_of(people: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    wanted = select(Device.person_id, Device.id).where(Device.person_id.in_(people))
    for person_id, device_id in db.session.execute(wanted.order_by(Device.id)):
        found[person_id] = (*found.get(person_id, ()), device_id)
    return found


def reach_wishes_of(people: Iterable[int]) -> dict[int, ReachWishRow]:
    """Return quiet hours and digests of those who set any."""
    rows = db.session.execute(
        select(
            ReachWish.person_id, ReachWish.quiet_start, ReachWish.quiet_end, ReachWish.digest
        ).where(ReachWish.person_id.in_(sorted(set(people))))
    )
    return {
        row[0]: ReachWishRow(None if row[1] is None else Quiet(row[1], row[2] or 0), Digest(row[3]))
        for row in rows
    }


def _failed(mails: set[str], numbers: set[str | None]) -> set[tuple[Way, str]]:
    addresses = [one for one in (*mails, *numbers) if one]
    if not addresses:
        return set()
    wanted = select(FailedAddress.way, FailedAddress.address)
    rows = db.session.execute(wanted.where(FailedAddress.address.in_(addresses)))
    return {(Way(row[0]), row[1]) for row in rows}


def has_failed(way: Way, address: str) -> bool:
    """Whether an address was refused for good and has not worked since."""
    return db.session.get(FailedAddress, (way, address.lower())) is not None


def due_tellings(at: datetime, *, limit: int) -> Sequence[Telling]:
    """Return the ladders on which a step is due, the longest due first."""
    wanted = select(Telling).where(Telling.due_at <= at).order_by(Telling.due_at, Telling.id)
    fresh = {"populate_existing": True}
    return db.session.scalars(wanted.limit(limit), execution_options=fresh).all()


def read_keys(pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which notices, by person and key, were read."""
    wanted = list(pairs)
    rows = db.session.execute(
        select(Notice.person_id, Notice.key).where(
            Notice.person_id.in_(sorted({one[0] for one in wanted})),
            Notice.key.in_(sorted({one[1] for one in wanted})),
            # What somebody did themselves is read from the start, and acknowledged all the same.
            Notice.read_at > Notice.happened_at,
        )
    )
    return {(row[0], row[1]) for row in rows}


def sms_name(at: datetime) -> str:
    """Return the name of the allowance of one day's text messages."""
    return f"sms:{clock.local(at).date().isoformat()}"


def sms_today(at: datetime) -> tuple[int, int]:
    """Return how many text messages of news went out today, and how many the budget refused."""
    row = db.session.get(Allowance, sms_name(at), populate_existing=True)
    return (0, 0) if row is None else (row.used, row.refused)


def devices_of(person_id: int) -> Sequence[Device]:
    """Return a person's devices that take pushes, the latest first."""
    wanted = select(Device).where(Device.person_id == person_id).order_by(Device.id.desc())
    return db.session.scalars(wanted).all()


def device(device_id: int) -> Device | None:
    """Return a device, or None where it is gone."""
    return db.session.get(Device, device_id, populate_existing=True)


def due_digests(at: datetime, *, limit: int) -> list[tuple[int, datetime | None, str | None, str]]:
    """Return person, since when, mail and language of those whose digest is due."""
    rows = db.session.execute(
        select(ReachWish.person_id, ReachWish.digest_from, User.mail, User.language)
        .join(User, User.id == ReachWish.person_id)
        .where(ReachWish.digest_due_at <= at)
        .order_by(ReachWish.digest_due_at, ReachWish.person_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
