"""Words and small values of accounts."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.activity.types import Hook, verb

JOINED = verb("person.joined", Hook.BELONGING)
PROFILE_EDITED = verb("person.edited", Hook.BELONGING)
PASSWORD_CHANGED = verb("person.password_changed", Hook.BELONGING)
SIGNED_OUT_EVERYWHERE = verb("person.signed_out_everywhere", Hook.BELONGING)
WAY_PROVEN = verb("person.way_proven", Hook.BELONGING)
WAY_REMOVED = verb("person.way_removed", Hook.BELONGING)
NUMBER_ASKED = verb("number.asked", Hook.BELONGING, privileged=True)
NUMBER_CONFIRMED = verb("number.confirmed", Hook.BELONGING, privileged=True)
NUMBER_CHANGED = verb("number.changed", Hook.BELONGING, privileged=True)
NUMBER_FREED = verb("number.freed", Hook.BELONGING)
NUMBER_STOPPED = verb("number.stopped", Hook.BELONGING, privileged=True)
WRITING_CHANGED = verb("town.writing_changed", Hook.BELONGING, privileged=True)
CHILD_MADE = verb("child.made", Hook.BELONGING)
CHILD_CLOSED = verb("child.closed", Hook.BELONGING)
ROLE_GIVEN = verb("role.given", Hook.BELONGING, privileged=True)
ROLE_TAKEN = verb("role.taken", Hook.BELONGING, privileged=True)


class Language(enum.StrEnum):
    """The languages the interface speaks."""

    CHINESE = "zh_Hans"
    ENGLISH = "en"


class TextSize(enum.StrEnum):
    """How large a person wants to read."""

    STANDARD = "standard"
    LARGE = "large"
    LARGEST = "largest"


class Theme(enum.StrEnum):
    """Light, dark, or what the device says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class JoinedReason(enum.StrEnum):
    """The one-tap answer to why somebody joined."""

    NEIGHBOURS = "neighbours"
    HELP = "help"
    EVENTS = "events"
    SHOPS = "shops"
    NEWS = "news"
    INVITED = "invited"
    OTHER = "other"


class AttemptKind(enum.StrEnum):
    """What was tried, each counted by itself."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    RESET = "reset"


class Purpose(enum.StrEnum):
    """What a proof is for; one made for one purpose is good for no other."""

    ENTER = "enter"
    DEVICE = "device"
    PROVE = "prove"
    WAY = "way"
    PASSKEY = "passkey"
    CHILD = "child"


class Way(enum.StrEnum):
    """By what somebody proves who they are."""

    PHONE = "phone"
    MAIL = "mail"
    TOTP = "totp"
    PASSWORD = "password"  # noqa: S105 - the name of a way, not a word
    PASSKEY = "passkey"
    LINK = "link"


class ChangeState(enum.StrEnum):
    """Where a change of number at the desk stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Caller:
    """Where a request came from, as far as throttling needs to know; addresses are hashed."""

    address_hash: str
    device_hash: str | None = None
    user_agent: str = ""


@dataclass(frozen=True)
class WayRow:
    """One way by which a person can prove themselves, its address masked for showing."""

    way: Way
    target: str | None
    shown: str


@dataclass(frozen=True)
class Whose:
    """What tells an account's owner from somebody who has their old number now."""

    ways: Sequence[WayRow]
    has_passkey: bool
    asks: str = ""


@dataclass(frozen=True)
class ChildRow:
    """One child's account, as its guardian sees it."""

    id: int
    name: str
    born_on: date
    made_at: datetime
    is_closing: bool
    devices: int


@dataclass(frozen=True)
class ChangeRow:
    """One change of number, as the desk sees it."""

    id: int
    user_id: int
    name: str
    phone: str
    reason: str
    state: ChangeState
    asked_by: int
    asked_name: str
    asked_at: datetime
    confirmed_by: int | None
    due_at: datetime | None


@dataclass(frozen=True)
class PersonCard:
    """What other pages need to show a person."""

    id: int
    name: str
    avatar_picture_id: int | None
    is_closed: bool = False


@dataclass(frozen=True)
class ProfileRow:
    """What a public profile tells."""

    id: int
    name: str
    avatar_picture_id: int | None
    about: str | None
    signature: str | None
    neighbourhood_id: int | None
    joined_at: datetime
    is_closed: bool
    silenced_until: datetime | None
    suspended_until: datetime | None


@dataclass(frozen=True)
class SignInRow:
    """One open session, as its owner sees it."""

    id: int
    device: str
    made_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class RoleRow:
    """One role that somebody holds or held."""

    id: int
    user_id: int
    name: str
    role: str
    scope_kind: str
    scope_id: int
    given_at: datetime
    given_by: int | None
    given_reason: str
    taken_at: datetime | None
    taken_reason: str | None


@dataclass(frozen=True)
class PersonRow:
    """A person in the operator's list."""

    id: int
    name: str
    mail: str | None
    phone: str | None
    neighbourhood_id: int | None
    joined_at: datetime
    joined_reason: str | None
    avatar_picture_id: int | None
    silenced_until: datetime | None
    suspended_until: datetime | None
    closed_at: datetime | None


TEXT_PUBLISHED = verb("text.published", Hook.BELONGING, privileged=True)
FOOT_CHANGED = verb("town.foot_changed", Hook.BELONGING, privileged=True)
TEXTS_ACCEPTED = verb("person.accepted", Hook.BELONGING)
EXPORT_ASKED = verb("person.export_asked", Hook.BELONGING)
EXPORT_TAKEN = verb("person.export_taken", Hook.BELONGING)
CLOSING_ASKED = verb("person.closing_asked", Hook.BELONGING)
CLOSING_WITHDRAWN = verb("person.closing_withdrawn", Hook.BELONGING)
ACCOUNT_CLOSED = verb("person.closed", Hook.BELONGING)


class TextKind(enum.StrEnum):
    """The three texts that members accept."""

    RULES = "rules"
    TERMS = "terms"
    PRIVACY = "privacy"


class ExportState(enum.StrEnum):
    """Where an export of somebody's own data stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class ClosingState(enum.StrEnum):
    """Where the closing of an account stands."""

    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    DONE = "done"


@dataclass(frozen=True)
class TextRow:
    """One version of one of the town's texts; number 0 is the one the software brings."""

    kind: TextKind
    number: int
    body_zh: str
    body_en: str
    note_zh: str = ""
    note_en: str = ""
    asks: bool = False
    published_at: datetime | None = None
    by_id: int | None = None


@dataclass(frozen=True)
class AcceptanceRow:
    """What a person accepted, and when."""

    kind: TextKind
    number: int
    at: datetime


@dataclass(frozen=True)
class ExportRow:
    """An export of a person's own data."""

    id: int
    state: ExportState
    done: int
    total: int
    asked_at: datetime
    ready_at: datetime | None
    ends_at: datetime | None
    size: int


@dataclass(frozen=True)
class ClosingRow:
    """The closing of an account that waits for its day."""

    id: int
    asked_at: datetime
    due_at: datetime
    keeps_words: bool
    held_by: str | None


@dataclass(frozen=True)
class Obligation:
    """Something that a person owes or is owed; one that `holds` keeps the account open."""

    words: str
    about: tuple[str, int] | None = None
    holds: bool = True


@dataclass(frozen=True)
class Leaving:
    """Who leaves, and whether their words stay under "a former neighbour"."""

    person_id: int
    keeps_words: bool
    former_name: str
