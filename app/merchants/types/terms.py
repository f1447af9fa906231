"""What a shop pays the site: a commission on each order, or a fee for each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TermsWay(StrEnum):
    """How a shop pays: a part of each order, or once a year and nothing on orders."""

    COMMISSION = "commission"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Rate:
    """What terms ask for: basis points of each order, or an amount for each year; never both."""

    commission_bp: int = 0
    yearly_fee_minor: int = 0

    @property
    def way(self) -> TermsWay:
        """Which of the two it is; a rate that asks for nothing is a commission of nought."""
        return TermsWay.FEE if self.yearly_fee_minor else TermsWay.COMMISSION


@dataclass(frozen=True, slots=True)
class TermsRow:
    """The terms that stand for a shop at an instant."""

    merchant_id: int
    rate: Rate
    valid_from: datetime | None


@dataclass(frozen=True, slots=True)
class TermsEntry:
    """One line of the terms' history; without a shop it is the site's own."""

    id: int
    merchant_id: int | None
    rate: Rate
    valid_from: datetime
    note: str


@dataclass(frozen=True, slots=True)
class TermsHistory:
    """The terms that stood for a shop one after the other, oldest first, and since when it trades.

    The site's stand until the shop has its own.
    """

    merchant_id: int
    opened_at: datetime
    entries: tuple[TermsEntry, ...]
