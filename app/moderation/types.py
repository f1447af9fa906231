"""Words and small values of moderation."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l

REPORTED = verb("moderation.reported", Hook.BELONGING)
DECIDED = verb("moderation.decided", Hook.BELONGING, privileged=True)
SANCTIONED = verb("moderation.sanctioned", Hook.BELONGING, privileged=True)
SANCTION_ENDED = verb("moderation.sanction_ended", Hook.BELONGING, privileged=True)
WORD_CHANGED = verb("moderation.word_changed", Hook.BELONGING, privileged=True)


class ReportReason(enum.StrEnum):
    """Why somebody reports something."""

    RUDE = "rude"
    SPAM = "spam"
    SCAM = "scam"
    PRIVATE = "private"
    FALSE = "false"
    UNSAFE = "unsafe"
    OTHER = "other"


class Rule(enum.StrEnum):
    """The house rule that a decision names."""

    KIND = "kind"
    SPAM = "spam"
    HONEST = "honest"
    PRIVATE = "private"
    LAW = "law"
    PLACE = "place"
    NONE = "none"


REASON_WORDS: dict[ReportReason, Any] = {
    ReportReason.RUDE: _l("Rude or bullying"),
    ReportReason.SPAM: _l("Advertising, repeated"),
    ReportReason.SCAM: _l("A fraud"),
    ReportReason.PRIVATE: _l("Private things of others"),
    ReportReason.FALSE: _l("Not true"),
    ReportReason.UNSAFE: _l("Dangerous or forbidden"),
    ReportReason.OTHER: _l("Something else"),
}
RULE_WORDS: dict[Rule, Any] = {
    Rule.KIND: _l("Be kind"),
    Rule.SPAM: _l("No advertising outside its place"),
    Rule.HONEST: _l("Be honest"),
    Rule.PRIVATE: _l("Leave others their privacy"),
    Rule.LAW: _l("Keep to the law"),
    Rule.PLACE: _l("Right place, right board"),
}


class ReviewCause(enum.StrEnum):
    """How something came into the review queue."""

    HELD = "held"
    REPORTED = "reported"


class ReviewState(enum.StrEnum):
    """Where a review item stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    HIDDEN = "hidden"
    DISMISSED = "dismissed"


class Decision(enum.StrEnum):
    """What a reviewer may decide: show it, hide it, or leave all as it is."""

    APPROVE = "approve"
    HIDE = "hide"
    DISMISS = "dismiss"


DECISIONS: dict[Decision, ReviewState] = {
    Decision.APPROVE: ReviewState.APPROVED,
    Decision.HIDE: ReviewState.HIDDEN,
    Decision.DISMISS: ReviewState.DISMISSED,
}


class WordOutcome(enum.StrEnum):
    """What a listed word does to a text; the later in this list, the stronger."""

    MASK = "mask"
    HOLD = "hold"
    REFUSE = "refuse"


class Outcome(enum.StrEnum):
    """What the word list says about a text."""

    CLEAR = "clear"
    MASK = "mask"
    HOLD = "hold"
    REFUSE = "refuse"


class HoldMode(enum.StrEnum):
    """Whose posts wait for a reviewer before they are shown."""

    OPEN = "open"
    FIRST_POSTS = "first_posts"
    NEWCOMERS = "newcomers"
    EVERYONE = "everyone"


class SanctionKind(enum.StrEnum):
    """Silence: may read, may not write. Suspension: may not sign in."""

    SILENCE = "silence"
    SUSPENSION = "suspension"


@dataclass(frozen=True)
class Judgement:
    """What the word list says: the outcome, the text with masked words, the words that were met."""

    outcome: Outcome
    masked_text: str
    words: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether a reviewer has to look first."""
        return self.outcome is Outcome.HOLD


@dataclass(frozen=True)
class Reportable:
    """What the owner of a subject says of it, so that a report can show and file it."""

    title: str
    excerpt: str = ""
    author_id: int | None = None
    scope: tuple[str, int] = ("", 0)
    is_taken: bool = False


@dataclass(frozen=True)
class ReportRow:
    """One report under a review item."""

    reporter_id: int
    reporter_name: str
    reason: ReportReason
    text: str | None
    at: datetime


@dataclass(frozen=True)
class ReviewRow:
    """One item of the review queue."""

    id: int
    subject_kind: str
    subject_id: int
    cause: ReviewCause
    state: ReviewState
    author_id: int | None
    author_name: str | None
    excerpt: str
    words: Sequence[str]
    report_count: int
    opened_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    rule: Rule | None
    note: str | None
    reports: Sequence[ReportRow] = ()


@dataclass(frozen=True)
class WordRow:
    """One word of the list."""

    id: int
    word: str
    outcome: WordOutcome
    changed_at: datetime


@dataclass(frozen=True)
class SanctionRow:
    """One silence or suspension."""

    id: int
    user_id: int
    kind: SanctionKind
    rule: Rule
    reason: str
    given_by: int | None
    giver_name: str | None
    from_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_reason: str | None

    def is_running(self, at: datetime) -> bool:
        """Whether it holds at this instant."""
        return self.ended_at is None and self.until > at


TAKEDOWN_ASKED = verb("takedown.asked", Hook.BELONGING)
TAKEDOWN_HIDDEN = verb("takedown.hidden", Hook.BELONGING, privileged=True)
TAKEDOWN_ANSWERED = verb("takedown.answered", Hook.BELONGING)
TAKEDOWN_DECIDED = verb("takedown.decided", Hook.BELONGING, privileged=True)
LAWFUL_ASKED = verb("lawful.asked", Hook.BELONGING, privileged=True)
LAWFUL_DECIDED = verb("lawful.decided", Hook.BELONGING, privileged=True)
LAWFUL_TAKEN = verb("lawful.taken", Hook.BELONGING, privileged=True)
PERIOD_SET = verb("retention.set", Hook.BELONGING, privileged=True)
CONSENT_SAID = verb("picture.consent_said", Hook.BELONGING)
PICTURE_ASKED = verb("picture.removal_asked", Hook.BELONGING)
PICTURE_DECIDED = verb("picture.removal_decided", Hook.BELONGING, privileged=True)


class TakedownCause(enum.StrEnum):
    """Why somebody wants something taken down."""

    PRIVATE = "private"
    MINOR = "minor"
    PORTRAIT = "portrait"
    DEFAMATION = "defamation"
    COPYRIGHT = "copyright"
    ILLEGAL = "illegal"
    OTHER = "other"


class Standing(enum.StrEnum):
    """For whom somebody speaks who wants something taken down."""

    SELF = "self"
    AGENT = "agent"
    AUTHORITY = "authority"
    WITNESS = "witness"


class TakedownState(enum.StrEnum):
    """Where a request stands: decided once, answered by the author, decided for good."""

    WAITING = "waiting"
    UPHELD = "upheld"
    REJECTED = "rejected"
    ANSWERED = "answered"
    FINAL = "final"
    RESTORED = "restored"


class LawfulState(enum.StrEnum):
    """Where an authority's request for data stands."""

    WAITING = "waiting"
    REFUSED = "refused"
    APPROVED = "approved"
    READY = "ready"
    REMOVED = "removed"


class Consent(enum.StrEnum):
    """What the one who shared a picture says about the people in it."""

    NOBODY = "nobody"
    AGREED = "agreed"
    UNCLEAR = "unclear"


class RemovalState(enum.StrEnum):
    """Where somebody's wish not to be in a picture stands."""

    WAITING = "waiting"
    REMOVED = "removed"
    KEPT = "kept"


CAUSE_WORDS: dict[TakedownCause, Any] = {
    TakedownCause.PRIVATE: _l("Private data: a phone number, an address, an identity number"),
    TakedownCause.MINOR: _l("It harms a child"),
    TakedownCause.PORTRAIT: _l("A picture of me without my consent"),
    TakedownCause.DEFAMATION: _l("Untrue and harmful to my name"),
    TakedownCause.COPYRIGHT: _l("My work, used without my consent"),
    TakedownCause.ILLEGAL: _l("Against the law in another way"),
    TakedownCause.OTHER: _l("Something else"),
}
STANDING_WORDS: dict[Standing, Any] = {
    Standing.SELF: _l("For myself"),
    Standing.AGENT: _l("For somebody who asked me to"),
    Standing.AUTHORITY: _l("For an authority"),
    Standing.WITNESS: _l("I came across it"),
}
STATE_WORDS: dict[TakedownState, Any] = {
    TakedownState.WAITING: _l("Waiting for a decision"),
    TakedownState.UPHELD: _l("Taken down"),
    TakedownState.REJECTED: _l("It stays"),
    TakedownState.ANSWERED: _l("The author answered"),
    TakedownState.FINAL: _l("Taken down for good"),
    TakedownState.RESTORED: _l("Shown again"),
}
CONSENT_WORDS: dict[Consent, Any] = {
    Consent.NOBODY: _l("Nobody can be recognised"),
    Consent.AGREED: _l("Everybody in it agreed"),
    Consent.UNCLEAR: _l("I did not ask everybody"),
}


@dataclass(frozen=True)
class TakedownRow:
    """One request to take something down, as the desk sees it."""

    id: int
    address: str
    subject_kind: str
    subject_id: int
    author_id: int | None
    cause: TakedownCause
    standing: Standing
    what: str
    name: str
    mail: str
    phone: str
    state: TakedownState
    is_hidden: bool
    made_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    reason: str | None
    answer: str | None
    answered_at: datetime | None
    final_at: datetime | None
    final_reason: str | None
    author_name: str | None = None

    def is_late(self, at: datetime) -> bool:
        """Whether the desk should have decided by now."""
        waits = self.state in {TakedownState.WAITING, TakedownState.ANSWERED}
        return waits and self.due_at is not None and self.due_at < at


@dataclass(frozen=True)
class LawfulRow:
    """One request by law."""

    id: int
    authority: str
    reference: str
    reason: str
    person_id: int | None
    subject_kind: str
    subject_id: int
    from_at: datetime
    until_at: datetime
    state: LawfulState
    asked_by: int
    asked_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    note: str | None
    size: int
    ends_at: datetime | None


@dataclass(frozen=True)
class RemovalRow:
    """Somebody's wish not to be in a picture."""

    id: int
    picture_id: int
    person_id: int | None
    contact: str
    text: str
    state: RemovalState
    made_at: datetime
    reason: str | None


@dataclass(frozen=True)
class Period:
    """One kind of data that is kept for a while: how long, within which bounds, and why."""

    key: str
    title: Any
    days: int
    least: int
    most: int
    why: Any
    sweep: Callable[[datetime], int]


@dataclass(frozen=True)
class PeriodRow:
    """A period as it stands, and what the last night removed."""

    period: Period
    days: int
    last_at: datetime | None
    last_removed: int
    removed: int
