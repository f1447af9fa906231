"""Who orders in a shop, and how the shop does, in plain counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from app.core.i18n import lazy_gettext as _l
from app.merchants.types.figures import FEWEST

NOTE_LENGTH = 500


class CustomerView(StrEnum):
    """Which customers a list shows."""

    ALL = "all"
    RETURNING = "returning"
    ONCE = "once"
    AWAY = "away"
    NOTED = "noted"


CUSTOMER_VIEWS = {
    CustomerView.ALL: _l("All"),
    CustomerView.RETURNING: _l("Came again"),
    CustomerView.ONCE: _l("Came once"),
    CustomerView.AWAY: _l("Not for 60 days"),
    CustomerView.NOTED: _l("With a note"),
}


class CustomerSort(StrEnum):
    """In which order a list of customers stands."""

    LAST = "last"
    ORDERS = "orders"
    SPENT = "spent"


CUSTOMER_SORTS = {
    CustomerSort.LAST: _l("Last order"),
    CustomerSort.ORDERS: _l("Most orders"),
    CustomerSort.SPENT: _l("Most spent"),
}


class CustomerRow(NamedTuple):
    """One customer of a shop, known by their first order there: the name is that of the last."""

    id: int
    orders: int
    spent_minor: int
    first_at: datetime
    last_at: datetime
    name: str
    note: str


class Span(StrEnum):
    """By which span figures are added up."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# How many spans a page shows.
SPANS = {Span.DAY: 14, Span.WEEK: 12, Span.MONTH: 12}
SPAN_WORDS = {Span.DAY: _l("by day"), Span.WEEK: _l("by week"), Span.MONTH: _l("by month")}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; where the whole is too small there is nothing to say."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """The part in whole percent, or None where that would say too much of too few."""
        return round(100 * self.part / self.whole) if self.whole >= FEWEST else None


class Bucket(NamedTuple):
    """One span: the day it begins, its orders, and the money that came and stayed."""

    begins: date
    orders: int
    sales_minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How a shop did between two instants; every number is a count of its orders."""

    orders: int = 0
    sales_minor: int = 0
    came_back: Share = Share(0, 0)
    answered: Share = Share(0, 0)
    answer_minutes: int | None = None
    on_time: Share = Share(0, 0)
    not_collected: Share = Share(0, 0)
    cases: Share = Share(0, 0)
    buckets: tuple[Bucket, ...] = field(default=())
