"""The words of the events house: kinds, states, verbs, rows, and what an organiser fills in."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from babel.dates import format_date

from app.core import clock
from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import locale


class GatheringKind(StrEnum):
    """What sort of gathering it is; each has a drawing of its own."""

    FAMILY = "family"
    GARDEN = "garden"
    MARKET = "market"
    SPORT = "sport"
    WALK = "walk"
    CRAFT = "craft"
    FOOD = "food"
    READING = "reading"
    MUSIC = "music"
    FILM = "film"
    REPAIR = "repair"
    CLEANUP = "cleanup"
    TALK = "talk"
    MEETING = "meeting"


KIND_LABELS = {
    GatheringKind.FAMILY: _l("Families"),
    GatheringKind.GARDEN: _l("Gardening"),
    GatheringKind.MARKET: _l("Fair"),
    GatheringKind.SPORT: _l("Sport"),
    GatheringKind.WALK: _l("Walk"),
    GatheringKind.CRAFT: _l("Handicraft"),
    GatheringKind.FOOD: _l("Food and tea"),
    GatheringKind.READING: _l("Reading"),
    GatheringKind.MUSIC: _l("Music"),
    GatheringKind.FILM: _l("Film"),
    GatheringKind.REPAIR: _l("Repair café"),
    GatheringKind.CLEANUP: _l("Clean-up"),
    GatheringKind.TALK: _l("Lecture"),
    GatheringKind.MEETING: _l("Meeting"),
}

# Which of the site's drawings stands for a kind while there is no photograph.
DRAWINGS = {
    GatheringKind.FAMILY: "children",
    GatheringKind.GARDEN: "gardening",
    GatheringKind.MARKET: "market",
    GatheringKind.SPORT: "badminton",
    GatheringKind.WALK: "hike",
    GatheringKind.CRAFT: "craft",
    GatheringKind.FOOD: "food",
    GatheringKind.READING: "reading",
    GatheringKind.MUSIC: "music",
    GatheringKind.FILM: "film",
    GatheringKind.REPAIR: "repair-cafe",
    GatheringKind.CLEANUP: "cleanup",
    GatheringKind.TALK: "chat",
    GatheringKind.MEETING: "gathering",
}


class GatheringState(StrEnum):
    """Where a gathering stands; `MOVES` says where it may go from there."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


MOVES: dict[GatheringState, frozenset[GatheringState]] = {
    GatheringState.DRAFT: frozenset({GatheringState.PUBLISHED, GatheringState.ARCHIVED}),
    GatheringState.PUBLISHED: frozenset({GatheringState.CANCELLED, GatheringState.ARCHIVED}),
    GatheringState.CANCELLED: frozenset({GatheringState.ARCHIVED}),
    GatheringState.ARCHIVED: frozenset(),
}


class RegistrationState(StrEnum):
    """A registration waits without a seat, is confirmed with its seats, or is over."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


LIVE = (RegistrationState.WAITING, RegistrationState.CONFIRMED)


class ArrivalKind(StrEnum):
    """What the desk did: let somebody in, or took that back."""

    IN = "in"
    UNDONE = "undone"


GATHERING_PUBLISHED = verb("gathering.published", Hook.EVENT)
GATHERING_CHANGED = verb("gathering.changed", Hook.EVENT)
GATHERING_CANCELLED = verb("gathering.cancelled", Hook.EVENT)
GATHERING_ARCHIVED = verb("gathering.archived", Hook.EVENT)
REGISTERED = verb("registration.confirmed", Hook.EVENT)
WAITING_LISTED = verb("registration.waiting", Hook.EVENT)
PROMOTED = verb("registration.promoted", Hook.EVENT)
PARTY_CHANGED = verb("registration.party_changed", Hook.EVENT)
REGISTRATION_CANCELLED = verb("registration.cancelled", Hook.EVENT)
ARRIVED = verb("registration.arrived", Hook.EVENT)
ARRIVAL_UNDONE = verb("registration.arrival_undone", Hook.EVENT)

# How often a party too big for the seats just freed is stepped over before seats are kept for it.
PATIENCE = 3
# Parties that joined the line this long ago may use seats that those before them cannot.
SETTLING_MINUTES = 30
# Inside this time before the start no seat is kept empty for anybody.
LAST_CALL_HOURS = 24
PARTY_LIMIT = 20


@dataclass(frozen=True, slots=True)
class GatheringDraft:
    """What an organiser fills in."""

    title: str
    description: str
    kind: GatheringKind
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    plus_ones: int = 0
    title_en: str | None = None
    description_en: str | None = None
    lang: str = "zh_Hans"
    neighbourhood_id: int | None = None
    lat: float | None = None
    lng: float | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    is_step_free: bool | None = None


@dataclass(frozen=True, slots=True)
class InLine:
    """One party on the waiting list, as the rule sees it."""

    registration_id: int
    party: int
    waiting_since: datetime
    passed_over: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: who gets seats now, and who was stepped over for it."""

    seated: tuple[int, ...]
    passed_over: tuple[int, ...]


class Dated:
    """What has a beginning that a page shows as a leaf of the calendar."""

    __slots__ = ()
    starts_at: datetime

    @property
    def day_number(self) -> int:
        """The day of the month on the town's calendar."""
        return clock.local(self.starts_at).day

    @property
    def weekday(self) -> str:
        """The short name of the weekday."""
        return format_date(clock.local(self.starts_at), "EEE", locale=locale())


class _GatheringRow(NamedTuple):
    id: int
    title: str
    title_en: str | None
    kind: GatheringKind
    state: GatheringState
    place: str
    starts_at: datetime
    ends_at: datetime
    picture_id: int | None
    lat: float | None
    lng: float | None
    neighbourhood: str | None
    neighbourhood_en: str | None
    total: int | None
    taken: int
    waiting: int


class GatheringRow(Dated, _GatheringRow):
    """One gathering in a list; a named tuple, for a page remembers parts by it."""

    __slots__ = ()

    @property
    def free(self) -> int | None:
        """How many seats nobody has, None for no limit."""
        return None if self.total is None else self.total - self.taken

    @property
    def drawing(self) -> str:
        """The name of the drawing that stands for it."""
        return DRAWINGS[self.kind]

    @property
    def label(self) -> str:
        """What sort of gathering it is, in words."""
        return str(KIND_LABELS[self.kind])

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.state is GatheringState.CANCELLED


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """The viewer's own registration on a gathering's page; `before` is how many wait in front."""

    id: int
    state: RegistrationState
    party: int
    code: str
    arrived_at: datetime | None
    passed_over: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class GatheringView:
    """All that a gathering's page shows."""

    gathering: Any
    neighbourhood: str | None
    neighbourhood_en: str | None
    organiser: str
    total: int | None
    taken: int
    waiting: int
    own: RegistrationView | None = None
    may_run: bool = False

    @property
    def free(self) -> int | None:
        """How many seats nobody has, None for no limit."""
        return None if self.total is None else self.total - self.taken


@dataclass(frozen=True, slots=True)
class MyRow(Dated):
    """One of the viewer's registrations with what it is for."""

    id: int
    state: RegistrationState
    party: int
    code: str
    arrived_at: datetime | None
    gathering_id: int
    title: str
    title_en: str | None
    kind: GatheringKind
    gathering_state: GatheringState
    place: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One party on the desk's list."""

    id: int
    person_id: int | None
    name: str
    party: int
    code: str
    state: RegistrationState
    arrived: int | None
    arrived_at: datetime | None
    let_in_by: str | None


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How the hall stands, in people; `version` changes with every move."""

    version: int
    total: int | None
    taken: int
    expected: int
    arrived: int
    waiting: int

    @property
    def free(self) -> int | None:
        """How many seats nobody has, None for no limit."""
        return None if self.total is None else self.total - self.taken


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One gathering as a calendar tells it."""

    id: int
    uid: str
    title: str
    title_en: str | None
    description: str
    description_en: str | None
    state: GatheringState
    place: str
    lat: float | None
    lng: float | None
    kind: GatheringKind
    starts_at: datetime
    ends_at: datetime
    sequence: int
    created_at: datetime
    changed_at: datetime
    cancelled_because: str | None


# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: what is read out in a loud hall must not be mistaken. 23 is
# prime, so that the check letter finds every wrong letter and every swap of two neighbours.
ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
CODE_LENGTH = 8


def new_code() -> str:
    """A code that nobody guesses, without letters that look alike; its last letter checks the
    others.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + _check_letter(body)


def _check_letter(body: str) -> str:
    total = sum((place + 2) * ALPHABET.index(letter) for place, letter in enumerate(reversed(body)))
    return ALPHABET[total % len(ALPHABET)]


def tidy_code(typed: str) -> str | None:
    """The code in what was typed or scanned, or None where it cannot be one of ours."""
    tail = typed.strip().rsplit("/", 1)[-1]
    code = "".join(letter for letter in tail.upper() if letter.isascii() and letter.isalnum())
    if len(code) != CODE_LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return code if _check_letter(code[:-1]) == code[-1] else None
