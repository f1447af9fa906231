"""A shop's own sections of its shelf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select

from app.core.db import fetch
from app.merchants.models import Listing, ShelfSection
from app.merchants.types import ListingCard


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section with how many things stand in it."""

    id: int
    name_zh: str
    name_en: str
    many: int


def sections_of(merchant_id: int) -> list[SectionRow]:
    """Return a shop's sections in its own order. One statement."""
    return [SectionRow(*row) for row in fetch(_sections(), merchant_id=merchant_id)]


@cache
def _sections() -> Any:
    many = (
        select(func.count())
        .where(Listing.section_id == ShelfSection.id, Listing.archived_at.is_(None))
        .correlate(ShelfSection)
        .scalar_subquery()
    )
    return (
        select(ShelfSection.id, ShelfSection.name_zh, ShelfSection.name_en, many)
        .where(ShelfSection.merchant_id == bindparam("merchant_id"))
        .order_by(ShelfSection.position, ShelfSection.id)
    )


def in_sections(
    cards: Iterable[ListingCard],
) -> list[tuple[str, str, list[ListingCard]]]:
    """Return a shop's cards by section, in the order in which they come; the rest stand last, under
    no name.
    """
    found: dict[tuple[str, str], list[ListingCard]] = {}
    for card in cards:
        found.setdefault((card.section_zh, card.section_en), []).append(card)
    rest = found.pop(("", ""), [])
    named = [(*names, rows) for names, rows in found.items()]
    return [*named, ("", "", rest)] if rest else named
