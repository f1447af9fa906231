"""Reviews: how long they are blind and may be written, their rows and their figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

# Neither side reads the other before both wrote or this is over.
BLIND = timedelta(days=7)
# Who collected may write for so long.
WRITABLE = timedelta(days=60)
# Fewer reviews than these make no mean.
MEAN_FROM = 3
REVIEW_LENGTH = 1000
ANSWER_LENGTH = 500
STARS = (5, 4, 3, 2, 1)


class ReviewShowing(StrEnum):
    """Whether what was written is shown, waits for a reviewer, or was taken away."""

    SHOWN = "shown"
    HELD = "held"
    HIDDEN = "hidden"


class ReviewSort(StrEnum):
    """The orders of a list of reviews."""

    NEW = "new"
    LOW = "low"
    HIGH = "high"


class ReviewView(StrEnum):
    """What a shop looks at: what waits for its answer, what is still blind, or all."""

    OPEN = "open"
    BLIND = "blind"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CollectedLine:
    """One line of which something was collected, as orders writes it down."""

    line_id: int
    order_id: int
    listing_id: int | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """The right to review one line, with what was written by either side."""

    id: int
    order_id: int
    merchant_id: int
    merchant_zh: str
    merchant_en: str
    listing_id: int | None
    name_zh: str
    name_en: str
    person_id: int | None
    author: str | None
    avatar_picture_id: int | None
    earned_at: datetime
    opens_at: datetime
    void_at: datetime | None
    stars: int | None
    body: str
    wrote_at: datetime | None
    showing: ReviewShowing
    word: str
    word_at: datetime | None
    answer: str
    answered_at: datetime | None
    answer_showing: ReviewShowing

    @property
    def is_written(self) -> bool:
        """Whether its buyer wrote it."""
        return self.wrote_at is not None

    def is_open(self, at: datetime) -> bool:
        """Whether the blind window is over."""
        return self.opens_at <= at

    def is_public(self, at: datetime) -> bool:
        """Whether everybody may read it."""
        return (
            self.is_written
            and self.is_open(at)
            and self.void_at is None
            and self.showing is ReviewShowing.SHOWN
        )

    def may_write(self, at: datetime) -> bool:
        """Whether its buyer may still write or change it."""
        if self.void_at is not None or self.showing is ReviewShowing.HIDDEN:
            return False
        if self.is_written:
            return not self.is_open(at)
        return at <= self.earned_at + WRITABLE


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """How many reviews gave how many stars; the most first."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def mean(self) -> Decimal | None:
        """The mean to one decimal, or None where too few make none."""
        if self.count < MEAN_FROM:
            return None
        total = sum(stars * count for stars, count in zip(STARS, self.counts, strict=True))
        return (Decimal(total) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def table(self) -> tuple[tuple[int, int], ...]:
        """Stars and how many gave them, the most stars first."""
        return tuple(zip(STARS, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class ReviewHead:
    """What a page says of reviews: the figures and the latest of them."""

    figures: ReviewFigures
    latest: tuple[ReviewRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What a list of reviews is narrowed to, and its order."""

    stars: int | None = None
    listing_id: int | None = None
    sort: ReviewSort = ReviewSort.NEW
    after: str | None = None
