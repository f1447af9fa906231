"""Pickup points and their slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.merchants.types.states import SlotMeasure, SlotState

FEW = 3
MEASURE_WORDS = {
    SlotMeasure.ORDERS: _l("orders"),
    SlotMeasure.ITEMS: _l("pieces"),
    SlotMeasure.MONEY: _l("money"),
}


def kept_capacity(typed: int, measure: SlotMeasure) -> int:
    """Return a capacity as it is kept: money in minor units."""
    return Money.of(typed).minor if measure is SlotMeasure.MONEY else typed


def typed_capacity(kept: int, measure: SlotMeasure) -> int:
    """Return a capacity as it is typed: money in whole units."""
    return int(Money(kept).decimal) if measure is SlotMeasure.MONEY else kept


@dataclass(frozen=True, slots=True)
class Load:
    """What one order brings to a pickup time: so many pieces, worth so much."""

    pieces: int = 1
    minor: int = 1

    def takes(self, measure: SlotMeasure) -> int:
        """Return how much of a time that counts like this the order takes, at least one."""
        counted = {SlotMeasure.ITEMS: self.pieces, SlotMeasure.MONEY: self.minor}
        return max(1, counted.get(measure, 1))


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """One pickup slot with its free places; `reason` is a sentence where it cannot be chosen."""

    key: str
    point_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    state: SlotState
    reason: str
    order_by: datetime
    pool_id: int | None = None
    measure: SlotMeasure = SlotMeasure.ORDERS

    @property
    def few(self) -> int:
        """How many places are left where that is few and worth saying, else 0."""
        is_worth = self.measure is SlotMeasure.ORDERS and self.free < self.capacity
        return self.free if is_worth and self.free <= FEW else 0

    @property
    def is_free(self) -> bool:
        """Whether it can be chosen now."""
        return self.state == SlotState.FREE


@dataclass(frozen=True, slots=True)
class RushRow:
    """How many minutes more a shop needs than usual, and until when."""

    minutes: int
    until: datetime


@dataclass(frozen=True, slots=True)
class PointRow:
    """A pickup point as pages and orders show it; merchant_id None means the site's own."""

    id: int
    merchant_id: int | None
    name_zh: str
    name_en: str
    address: str
    lat: float | None
    lng: float | None
    note: str
    lead_minutes: int
    cut_off_days: int
    cut_off_minute: int | None
    days_ahead: int
    is_archived: bool = False
    delivers: bool = False
    is_home: bool = False
    closed: str = ""

    @property
    def closed_times(self) -> frozenset[str]:
        """The days and times closed by hand, as the end of their keys."""
        return frozenset(filter(None, self.closed.split(",")))

    def closes(self, key: str) -> bool:
        """Whether the day or the time of this key is closed by hand."""
        if not self.closed:
            return False
        time = key.partition(":")[2]
        return not self.closed_times.isdisjoint((time, time.partition(":")[0]))


@dataclass(frozen=True, slots=True)
class SlotRuleDraft:
    """Every week on this weekday, slots of one length, each for so many orders, pieces or so much
    money.
    """

    weekday: int
    starts_minute: int
    ends_minute: int
    slot_minutes: int = 30
    capacity: int = 10
    measure: SlotMeasure = SlotMeasure.ORDERS


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A pickup point as its form gives it."""

    name_zh: str
    name_en: str = ""
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    neighbourhood_id: int | None = None
    note: str = ""
    lead_minutes: int = 60
    cut_off_days: int = 0
    cut_off_minute: int | None = None
    days_ahead: int = 6
    rules: tuple[SlotRuleDraft, ...] = ()
    delivers: bool = False
    is_home: bool = False
