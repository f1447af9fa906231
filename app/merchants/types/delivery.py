"""Delivery areas, what it costs to bring an order there, and why it cannot be brought."""

from __future__ import annotations

from dataclasses import dataclass

from app.merchants.types.points import PointDraft, PointRow
from app.places.types.points import Point


@dataclass(frozen=True, slots=True)
class FeeStep:
    """A lower fee near the shop, from a sum on, or both; None means anywhere, from any sum."""

    fee_minor: int
    up_to_metres: int | None = None
    from_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A delivery area with its terms; its point holds its name and notice."""

    point: PointRow
    radius_metres: int | None
    outline: tuple[tuple[float, float], ...]
    minimum_minor: int
    fee_minor: int
    steps: tuple[FeeStep, ...]
    start: Point | None


@dataclass(frozen=True, slots=True)
class ZoneDraft:
    """A delivery area as its form gives it."""

    point: PointDraft
    radius_metres: int | None = None
    outline: tuple[tuple[float, float], ...] = ()
    minimum_minor: int = 0
    fee_minor: int = 0
    steps: tuple[FeeStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether an order can be brought somewhere: for which fee, or what is missing."""

    point_id: int
    metres: int
    fee_minor: int = 0
    outside_metres: int = 0
    missing_minor: int = 0

    @property
    def fits(self) -> bool:
        """Whether it can be brought."""
        return not (self.outside_metres or self.missing_minor)
