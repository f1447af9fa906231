"""Words and small values of accounts."""

import enum
from dataclasses import dataclass
from datetime import datetime

from app.core.activity.types import Hook, verb

JOINED = verb("person.joined", Hook.BELONGING)
PROFILE_EDITED = verb("person.edited", Hook.BELONGING)
PASSWORD_CHANGED = verb("person.password_changed", Hook.BELONGING)
SIGNED_OUT_EVERYWHERE = verb("person.signed_out_everywhere", Hook.BELONGING)
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


@dataclass(frozen=True)
class Caller:
    """Where a request came from, as far as throttling needs to know; addresses are hashed."""

    address_hash: str
    device_hash: str | None = None
    user_agent: str = ""


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
