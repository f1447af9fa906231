"""Proposals: what a shop offers at a price until a time, on an order or as a quote, and rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import lazy_pgettext

PROPOSALS_OPEN = 6
PROPOSAL_LINES = 12
CHANGE_HOURS = 48
SUBSTITUTE_MINUTES = 120
LEAST_MINUTES = 10
QUOTE_DAYS = 3

PROPOSED = verb("order.proposed", Hook.SERVICE)
PROPOSAL_ACCEPTED = verb("order.proposal_accepted", Hook.SERVICE)
PROPOSAL_DECLINED = verb("order.proposal_declined", Hook.SERVICE)
PROPOSAL_EXPIRED = verb("order.proposal_expired", Hook.SERVICE)
PROPOSAL_WITHDRAWN = verb("order.proposal_withdrawn", Hook.SERVICE)
QUOTE_ASKED = verb("quote.asked", Hook.SERVICE)
QUOTED = verb("quote.made", Hook.SERVICE)
QUOTE_ORDERED = verb("quote.ordered", Hook.SERVICE)
QUOTE_DECLINED = verb("quote.declined", Hook.SERVICE)
QUOTE_WITHDRAWN = verb("quote.withdrawn", Hook.SERVICE)


class ProposalKind(StrEnum):
    """A change to an order that stands, or a quote that becomes an order of its own."""

    CHANGE = "change"
    QUOTE = "quote"


class ProposalState(StrEnum):
    """How far a proposal is; only an open one binds the shop."""

    ASKED = "asked"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.ASKED: frozenset(
        {ProposalState.OPEN, ProposalState.DECLINED, ProposalState.WITHDRAWN}
    ),
    ProposalState.OPEN: frozenset(
        {
            ProposalState.ACCEPTED,
            ProposalState.DECLINED,
            ProposalState.EXPIRED,
            ProposalState.WITHDRAWN,
        }
    ),
    ProposalState.ACCEPTED: frozenset(),
    ProposalState.DECLINED: frozenset(),
    ProposalState.EXPIRED: frozenset(),
    ProposalState.WITHDRAWN: frozenset(),
}

PROPOSAL_WORDS = {
    ProposalState.ASKED: _l("asked"),
    ProposalState.OPEN: _l("open"),
    ProposalState.ACCEPTED: _l("accepted"),
    ProposalState.DECLINED: lazy_pgettext("quote", "declined"),
    ProposalState.EXPIRED: _l("run out"),
    ProposalState.WITHDRAWN: _l("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line as the shop writes it: a thing of its own words or one from its shelf, and the
    pieces of an order's line that it would stand in for.
    """

    unit_minor: int
    quantity: int = 1
    name: str = ""
    variant_id: int | None = None
    line_id: int | None = None
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class ProposalLineRow:
    """One line of a proposal, beside what it would stand in for."""

    name_zh: str
    name_en: str
    variant_zh: str
    variant_en: str
    unit_minor: int
    packaging_minor: int
    quantity: int
    line_id: int | None
    replaces: int
    old_zh: str
    old_en: str
    old_minor: int

    @property
    def total_minor(self) -> int:
        """What it costs."""
        return (self.unit_minor + self.packaging_minor) * self.quantity

    @property
    def difference_minor(self) -> int:
        """What it costs beyond what it stands in for; below zero where it is cheaper."""
        return self.total_minor - self.old_minor


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as its two sides see it."""

    id: int
    kind: ProposalKind
    state: ProposalState
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    order_id: int | None
    person_id: int | None
    person_name: str
    thread_id: int | None
    wish: str
    words: str
    starts_at: datetime | None
    made_at: datetime
    ends_at: datetime | None
    over_at: datetime | None
    lines: tuple[ProposalLineRow, ...]

    @property
    def total_minor(self) -> int:
        """What its lines cost together."""
        return sum(line.total_minor for line in self.lines)

    @property
    def difference_minor(self) -> int:
        """What an order would cost more, or less where it is below zero."""
        return sum(line.difference_minor for line in self.lines)

    @property
    def is_substitute(self) -> bool:
        """Whether it stands in for something that is short."""
        return any(line.replaces for line in self.lines)

    def is_open(self, at: datetime) -> bool:
        """Whether it can be accepted now, also where nobody has written down yet that it ended."""
        return self.state == ProposalState.OPEN and self.ends_at is not None and at < self.ends_at
