"""The ways to a person: ladders, limits, wishes, quiet hours, and by what one can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.i18n import lazy_gettext as _l
from app.notifications.types.notices import Topic


class Way(StrEnum):
    """One way of reaching a person or a group."""

    SITE = "site"
    PUSH = "push"
    MAIL = "mail"
    SMS = "sms"
    ROBOT = "robot"


WAY_LABELS = {
    Way.SITE: _l("In the site"),
    Way.PUSH: _l("On my device"),
    Way.MAIL: _l("By mail"),
    Way.SMS: _l("By text message"),
    Way.ROBOT: _l("In the group"),
}
OUTWARD = (Way.PUSH, Way.MAIL, Way.SMS)
# These make a telephone sound; a mail wakes nobody.
NOISY = frozenset({Way.PUSH, Way.SMS})
# How long pressing news may lie unseen, all ways being used up, until somebody is asked to phone.
CALL_AFTER = timedelta(hours=2)
# So many in a day to one person; the rest waits in the site.
DAILY = {Way.PUSH: 60, Way.MAIL: 40, Way.SMS: 6}
MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: by which way, and how many minutes after the step before."""

    way: Way
    wait: int


Ladder = tuple[Rung, ...]
# A step that cannot reach a person is left out, and the first that can is taken at once.
LADDERS: Mapping[Topic, Ladder] = {
    Topic.TALK: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10)),
    Topic.EVENTS: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10), Rung(Way.SMS, 60)),
    Topic.ORDERS: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10), Rung(Way.SMS, 30)),
    Topic.SHOP: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 2), Rung(Way.SMS, 15)),
    Topic.REVIEW: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 10)),
    Topic.FOLLOWED: (Rung(Way.PUSH, 0), Rung(Way.MAIL, 60)),
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the town's day, in minutes, in which nothing sounds; from == until means never."""

    start: int = 22 * 60
    end: int = 8 * 60


@dataclass(frozen=True, slots=True)
class TownReach:
    """What the operator set: quiet hours, ladders, minutes to an alarm's steps, the day's texts."""

    quiet: Quiet = Quiet()
    ladders: Mapping[Topic, Ladder] = field(default_factory=lambda: LADDERS)
    alarm_sms: int = 3
    alarm_desk: int = 10
    sms_budget: int = 200


class Digest(StrEnum):
    """How often somebody wants a letter of what they missed."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to learn of one topic."""

    on_site: bool = True
    by_mail: bool = True
    by_push: bool = True
    by_sms: bool = True

    def wants(self, way: Way) -> bool:
        """Whether the person wants this way."""
        return {
            Way.SITE: self.on_site,
            Way.MAIL: self.by_mail,
            Way.PUSH: self.by_push,
            Way.SMS: self.by_sms,
        }.get(way, False)


@dataclass(frozen=True, slots=True)
class Reach:
    """By what one person can be reached: addresses that work, devices, and when to be quiet."""

    person_id: int
    language: str
    mail: str | None
    phone: str | None
    devices: tuple[int, ...]
    failed: frozenset[Way]
    quiet: Quiet

    def can(self, way: Way) -> bool:
        """Whether this way leads to the person at all."""
        has = {Way.MAIL: self.mail, Way.SMS: self.phone, Way.PUSH: self.devices}.get(way)
        return bool(has) and way not in self.failed


@dataclass(frozen=True, slots=True)
class ReachWishRow:
    """What a person set for all news together; no quiet hours of their own means the town's."""

    quiet: Quiet | None = None
    digest: Digest = Digest.NONE


@dataclass(frozen=True, slots=True)
class FailedRow:
    """An address or number that was refused, and whose it is."""

    way: Way
    address: str
    why: str
    failed_at: datetime
    person_id: int | None
    person: str | None
