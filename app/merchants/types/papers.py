"""The papers a shop trades by: kinds, states, what is handed in and how it reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l

PAPER_SENT = verb("merchant.paper_sent", Hook.SERVICE)
PAPER_DECIDED = verb("merchant.paper_decided", Hook.SERVICE, privileged=True)
PAPER_ENDS = verb("merchant.paper_ends", Hook.SERVICE)
# A shop hears of the end of a paper so many days before.
PAPER_WARNING_DAYS = 30
NUMBER_LENGTH, HOLDER_LENGTH, PAPER_ANSWER_LENGTH = 40, 120, 300


class PaperKind(StrEnum):
    """What a shop shows: its licence, its permit for food, or its word that it needs no licence."""

    LICENCE = "licence"
    FOOD_PERMIT = "food_permit"
    EXEMPT = "exempt"


class PaperState(StrEnum):
    """Whether the desk has looked at it."""

    WAITING = "waiting"
    CHECKED = "checked"
    REFUSED = "refused"


PAPER_WORDS = {
    PaperKind.LICENCE: _l("Business licence"),
    PaperKind.FOOD_PERMIT: _l("Food permit"),
    PaperKind.EXEMPT: _l("Needs no licence"),
}
PAPER_STATE_WORDS = {
    PaperState.WAITING: (_l("the desk looks at it"), "sun"),
    PaperState.CHECKED: (_l("looked at"), "leaf"),
    PaperState.REFUSED: (_l("not accepted"), "accent"),
}


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A paper as it is handed in; without a last day it holds until it is taken away."""

    kind: PaperKind
    number: str
    holder: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper of a shop, with what the desk said of it."""

    id: int
    merchant_id: int
    name_zh: str
    name_en: str
    kind: PaperKind
    number: str
    holder: str
    valid_until: date | None
    picture_id: int | None
    state: PaperState
    sent_at: datetime
    decided_at: datetime | None
    answer: str

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.valid_until is not None and self.valid_until < today
