"""A shop's own sections of its shelf, and the order of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import Listing, ShelfSection
from app.merchants.policies import selling
from app.merchants.types import LISTING_CHANGED

MOST_SECTIONS = 20


def checked_section(merchant_id: int, section_id: int | None) -> int | None:
    """Return a section of the shop; refuses another shop's."""
    if section_id is not None:
        _own(merchant_id, section_id)
    return section_id


def save_section(
    actor: Viewer,
    merchant_id: int,
    *,
    name_zh: str,
    name_en: str,
    section_id: int | None = None,
    at: datetime,
) -> ShelfSection:
    """Add a section at the end, or give one another name; refuses a nameless one and too many."""
    selling.check_keeps(actor, merchant_id)
    selling.check_named(name_zh, name_en)
    if section_id is None:
        many = select(func.count()).where(ShelfSection.merchant_id == merchant_id)
        if (position := db.session.scalar(many) or 0) >= MOST_SECTIONS:
            raise FieldError("name_zh", _l("Twenty sections are the most."))
        section = ShelfSection(merchant_id=merchant_id, position=position)
    else:
        section = _own(merchant_id, section_id)
    section.name_zh, section.name_en = name_zh.strip(), name_en.strip()
    db.session.add(section)
    db.session.flush()
    _note(actor, merchant_id, at)
    return section


def remove_section(actor: Viewer, merchant_id: int, section_id: int, *, at: datetime) -> None:
    """Take a section away; what stood in it stays on the shelf, in none."""
    selling.check_keeps(actor, merchant_id)
    section = _own(merchant_id, section_id)
    changed(update(Listing).where(Listing.section_id == section_id).values(section_id=None))
    db.session.delete(section)
    db.session.flush()
    _note(actor, merchant_id, at)


def order_sections(
    actor: Viewer, merchant_id: int, section_ids: Sequence[int], *, at: datetime
) -> None:
    """Put the sections in this order; one that is not named keeps its place after them."""
    selling.check_keeps(actor, merchant_id)
    _in_order(ShelfSection, merchant_id, section_ids)
    _note(actor, merchant_id, at)


def order_listings(
    actor: Viewer, merchant_id: int, listing_ids: Sequence[int], *, at: datetime
) -> None:
    """Put listings of the shelf in this order."""
    selling.check_keeps(actor, merchant_id)
    _in_order(Listing, merchant_id, listing_ids)
    _note(actor, merchant_id, at)


def _in_order(
    table: type[ShelfSection] | type[Listing], merchant_id: int, ids: Sequence[int]
) -> None:
    own = db.session.scalars(
        select(table.id).where(table.merchant_id == merchant_id, table.id.in_(ids))
    ).all()
    if set(own) != set(ids):
        raise NotFoundError
    for position, number in enumerate(ids):
        changed(update(table).where(table.id == number).values(position=position))


def _own(merchant_id: int, section_id: int) -> ShelfSection:
    section = db.session.get(ShelfSection, section_id)
    if section is None or section.merchant_id != merchant_id:
        raise NotFoundError
    return section


def _note(actor: Viewer, merchant_id: int, at: datetime) -> None:
    record(actor, LISTING_CHANGED, ("merchant", merchant_id), at=at, data={"sections": True})
