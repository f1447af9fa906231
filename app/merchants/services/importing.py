"""Shops from a file become unclaimed pages; the same file again changes nothing, a claimed shop
never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.core.access import Viewer
from app.core.activity.services import record_many
from app.core.db import db
from app.core.i18n import gettext as _
from app.core.search import services as search
from app.merchants.errors import HoursError
from app.merchants.models import Category, Merchant
from app.merchants.policies import selling
from app.merchants.policies.hours import check_hours
from app.merchants.queries.finding import merchant_document
from app.merchants.services.categories import make_first_categories
from app.merchants.services.hours import keep_spans
from app.merchants.types import (
    IMPORTED,
    CollectMode,
    ImportRow,
    LeftOut,
    MerchantState,
    NoShowRule,
)
from app.places.queries import neighbourhood_at, neighbourhoods
from app.places.types.points import Point
from app.places.types.rows import NeighbourhoodRow

OTHERWISE = "other"
_CHANGING = (
    "name_zh", "name_en", "category_id", "description", "address", "lat", "lng", "phone",
    "opening_hours", "neighbourhood_id",
)  # fmt: skip


@dataclass(slots=True)
class ImportResult:
    """What became of a batch of rows; every row is counted exactly once."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[LeftOut] = field(default_factory=list)

    def add(self, other: ImportResult) -> None:
        """Count another batch in."""
        self.made += other.made
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.left_out += other.left_out
        self.remarks += other.remarks


def distinct(rows: Sequence[ImportRow]) -> tuple[list[ImportRow], list[LeftOut]]:
    """Return the rows with each key once, the first one, and those left out because their key stood
    before.
    """
    first: dict[str, ImportRow] = {}
    doubled = []
    for row in rows:
        if row.source_key in first:
            doubled.append(_left(row, _("the same key stands above")))
        else:
            first[row.source_key] = row
    return list(first.values()), doubled


def import_merchants(
    actor: Viewer, rows: Sequence[ImportRow], *, source: str, at: datetime
) -> ImportResult:
    """Make or renew unclaimed pages for a batch of rows with distinct keys; claimed and archived
    ones are left out.
    """
    selling.check_operates(actor)
    result = ImportResult()
    trades = make_first_categories({row.category for row in rows} | {OTHERWISE})
    areas = neighbourhoods()
    known = _known([row.source_key for row in rows])
    fresh: dict[str, dict[str, Any]] = {}
    touched: list[Merchant] = []
    for row in rows:
        values = _values(row, trades, areas, result)
        there = known.get(row.source_key)
        if there is None:
            fresh[row.source_key] = values
        elif there.state is not MerchantState.UNCLAIMED:
            result.left_out.append(_left(row, _("its page is claimed or was taken down")))
        elif all(getattr(there, name) == values[name] for name in _CHANGING):
            result.unchanged += 1
        else:
            for name in _CHANGING:
                setattr(there, name, values[name])
            touched.append(there)
    result.changed = len(touched)
    result.made = len(fresh)
    db.session.flush()
    touched += _written(fresh, source=source, at=at)
    _finish(touched, fresh, at)
    return result


def _known(keys: Sequence[str]) -> dict[str, Merchant]:
    found = db.session.scalars(select(Merchant).where(Merchant.source_key.in_(set(keys))))
    return {row.source_key or "": row for row in found}


def _values(
    row: ImportRow, trades: dict[str, int], areas: list[NeighbourhoodRow], result: ImportResult
) -> dict[str, Any]:
    hours = " ".join(row.opening_hours.split())
    if hours:
        try:
            check_hours(hours)
        except HoursError as refused:
            result.remarks.append(
                _left(
                    row, _("kept without its hours “%(hours)s”: %(why)s", hours=hours, why=refused)
                )
            )
            hours = ""
    home = None
    if row.lat is not None and row.lng is not None:
        home = neighbourhood_at(Point(row.lat, row.lng), areas)
    else:
        result.remarks.append(_left(row, _("kept without a place on the map")))
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "category_id": trades.get(row.category, trades[OTHERWISE]),
        "description": row.description,
        "address": row.address,
        "lat": row.lat,
        "lng": row.lng,
        "phone": row.phone,
        "opening_hours": hours,
        "neighbourhood_id": home.id if home else None,
    }


def _written(fresh: dict[str, dict[str, Any]], *, source: str, at: datetime) -> list[Merchant]:
    if not fresh:
        return []
    plain = {
        "state": MerchantState.UNCLAIMED, "created_at": at, "source": source[:120],
        "accept_minutes": 30, "cancel_minutes": 60, "grace_minutes": 60, "pay_code_text": "",
        "no_show_rule": NoShowRule.LET_GO, "collect_mode": CollectMode.MERCHANT_COLLECTS,
        "application": "",
    }  # fmt: skip
    rows = [plain | values | {"source_key": key} for key, values in fresh.items()]
    db.session.execute(insert(Merchant), rows)
    return list(_known(list(fresh)).values())


def _finish(touched: Sequence[Merchant], fresh: dict[str, Any], at: datetime) -> None:
    if not touched:
        return
    trades = {row.id: row for row in db.session.scalars(select(Category))}
    search.put_many([merchant_document(row, trades[row.category_id]) for row in touched])
    keep_spans([row.id for row in touched], at=at)
    made = [row for row in touched if row.source_key in fresh]
    record_many(
        IMPORTED,
        [(None, ("merchant", row.id), at, {"source_key": row.source_key}) for row in made],
    )


def _left(row: ImportRow, reason: str) -> LeftOut:
    return LeftOut(row.source_key, row.name_zh or row.name_en, reason, row.line)
