"""Group-buys: neighbours who order the same thing together, until a cut-off decides for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class GroupBuyState(StrEnum):
    """Whether a group-buy still takes orders, what the cut-off decided, and whether it came."""

    OPEN = "open"
    REACHED = "reached"
    FAILED = "failed"
    ARRIVED = "arrived"
    CLOSED = "closed"


GROUP_BUY_MOVES: dict[GroupBuyState, frozenset[GroupBuyState]] = {
    GroupBuyState.OPEN: frozenset({GroupBuyState.REACHED, GroupBuyState.FAILED}),
    GroupBuyState.REACHED: frozenset({GroupBuyState.ARRIVED, GroupBuyState.CLOSED}),
    GroupBuyState.ARRIVED: frozenset({GroupBuyState.CLOSED}),
    GroupBuyState.FAILED: frozenset(),
    GroupBuyState.CLOSED: frozenset(),
}


class Measure(StrEnum):
    """What is counted against the threshold and the price steps."""

    PEOPLE = "people"
    PIECES = "pieces"


@dataclass(frozen=True, slots=True)
class Step:
    """From how many people or pieces on each piece of a product costs less."""

    at_least: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One product of a group-buy: how it comes in cases, and its price steps."""

    variant_id: int
    case_size: int = 1
    tolerance: int = 0
    steps: tuple[Step, ...] = ()
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class GroupBuyDraft:
    """A group-buy as its shop writes it down."""

    listing_id: int
    opens_at: datetime
    cut_off_at: datetime
    measure: Measure
    threshold: int
    point_id: int
    starts_at: datetime
    ends_at: datetime
    items: tuple[ItemDraft, ...]
    leader_mail: str = ""
    share_bp: int = 0


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One product of a group-buy with what was ordered, cut, and came."""

    id: int
    group_buy_id: int
    variant_id: int
    name_zh: str
    name_en: str
    price_minor: int
    free: int | None
    case_size: int
    tolerance: int
    steps: tuple[Step, ...]
    cases: int | None
    arrived: int | None
    pieces: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class GroupBuyRow:
    """One group-buy in a list, with how far it is."""

    id: int
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    listing_id: int
    name_zh: str
    name_en: str
    picture_id: int | None
    drawing: str
    price_minor: int
    state: GroupBuyState
    measure: Measure
    threshold: int
    opens_at: datetime
    cut_off_at: datetime
    point_id: int
    point_zh: str
    point_en: str
    point_address: str
    starts_at: datetime
    ends_at: datetime
    leader_id: int | None
    leader_name: str | None
    share_bp: int
    thread_id: int | None
    reason: str
    leader_minor: int | None
    people: int = 0
    pieces: int = 0
    items: tuple[ItemRow, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many of what is measured there are."""
        return self.people if self.measure == Measure.PEOPLE else self.pieces

    @property
    def missing(self) -> int:
        """How many are still missing until it goes ahead."""
        return max(0, self.threshold - self.count)

    def takes_orders(self, at: datetime) -> bool:
        """Whether somebody may join now."""
        return self.state == GroupBuyState.OPEN and self.opens_at <= at < self.cut_off_at


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """One order in a group-buy, as its leader sees it."""

    order_id: int
    number: str
    name: str
    phone: str
    state: str
    lines: tuple[tuple[int, int, int], ...]
    due_minor: int

    @property
    def pieces(self) -> int:
        """How many pieces of it are still asked for."""
        return sum(line[1] for line in self.lines)


@dataclass(frozen=True, slots=True)
class Together:
    """What a group-buy says of an order's pickup: its own place and time, and until when to
    join.
    """

    id: int
    opens_at: datetime
    cut_off_at: datetime
    point_id: int
    point_zh: str
    point_en: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of a pasted list: whose, and how many of which product; or why it was not
    understood.
    """

    number: int
    text: str
    name: str = ""
    counts: tuple[tuple[int, int], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Somebody from a pasted list who is not in the group-buy yet."""

    id: int
    name: str
    counts: tuple[tuple[int, int], ...]
    order_id: int | None
