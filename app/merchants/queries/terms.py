"""What shops pay the site: the terms that stand, and those that stood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.core.db import db
from app.merchants.models import Merchant, MerchantTerms
from app.merchants.queries.selling import AT
from app.merchants.types import MerchantState, Rate, TermsEntry, TermsHistory, TermsRow

_PAYING = (MerchantState.ACTIVE, MerchantState.SUSPENDED)
_IS_SITES = MerchantTerms.merchant_id.is_(None)


def commission() -> ColumnElement[int]:
    """Return the column of the commission that stands for the joined shop `AT`; the site's where
    it has none, else nought.
    """
    return func.coalesce(
        _latest_commission(MerchantTerms.merchant_id == Merchant.id),
        _latest_commission(MerchantTerms.merchant_id.is_(None)),
        0,
    )


def _latest_commission(whose: ColumnElement[bool]) -> Any:
    return (
        select(MerchantTerms.commission_bp)
        .where(whose, MerchantTerms.valid_from <= AT)
        .order_by(MerchantTerms.valid_from.desc(), MerchantTerms.id.desc())
        .limit(1)
        .correlate(Merchant)
        .scalar_subquery()
    )


def terms_at(merchant_ids: Iterable[int], at: datetime) -> dict[int, TermsRow]:
    """Return the terms that stand for each shop at an instant; the site's where it has none."""
    ids = set(merchant_ids)
    entries = _entries(or_(MerchantTerms.merchant_id.in_(ids), _IS_SITES), until=at)
    latest = {entry.merchant_id: entry for entry in entries}
    found = {}
    for merchant_id in ids:
        entry = latest.get(merchant_id) or latest.get(None)
        found[merchant_id] = (
            TermsRow(merchant_id, entry.rate, entry.valid_from)
            if entry
            else TermsRow(merchant_id, Rate(), None)
        )
    return found


def terms_of(merchant_id: int | None) -> list[TermsEntry]:
    """Return the history of a shop's own terms, newest first; None stands for the site's."""
    own = _IS_SITES if merchant_id is None else MerchantTerms.merchant_id == merchant_id
    return _entries(own)[::-1]


def histories(*, until: datetime, merchant_id: int | None = None) -> list[TermsHistory]:
    """Return the terms that stood for shops until an instant: for all that trade or are
    suspended, or for one, whatever its state; none where nobody ever paid by the year.
    """
    own = or_(MerchantTerms.merchant_id == merchant_id, _IS_SITES) if merchant_id else None
    entries = _entries(own, until=until)
    if not any(entry.rate.yearly_fee_minor for entry in entries):
        return []
    whose = Merchant.id == merchant_id if merchant_id else Merchant.state.in_(_PAYING)
    shops: Any = select(Merchant.id, Merchant.approved_at).where(
        whose, Merchant.approved_at.is_not(None)
    )
    return [
        TermsHistory(shop_id, opened_at, _stood_for(shop_id, entries))
        for shop_id, opened_at in db.session.execute(shops.order_by(Merchant.id))
    ]


def _stood_for(merchant_id: int, entries: list[TermsEntry]) -> tuple[TermsEntry, ...]:
    own = [entry for entry in entries if entry.merchant_id == merchant_id]
    sites = [entry for entry in entries if entry.merchant_id is None]
    until = own[0].valid_from if own else None
    return (*(entry for entry in sites if until is None or entry.valid_from < until), *own)


def _entries(
    whose: ColumnElement[bool] | None, *, until: datetime | None = None
) -> list[TermsEntry]:
    wanted: Any = select(
        MerchantTerms.id,
        MerchantTerms.merchant_id,
        MerchantTerms.commission_bp,
        MerchantTerms.yearly_fee_minor,
        MerchantTerms.valid_from,
        MerchantTerms.note,
    ).order_by(MerchantTerms.valid_from, MerchantTerms.id)
    if whose is not None:
        wanted = wanted.where(whose)
    if until is not None:
        wanted = wanted.where(MerchantTerms.valid_from <= until)
    return [
        TermsEntry(number, merchant_id, Rate(bp, fee), valid_from, note)
        for number, merchant_id, bp, fee, valid_from, note in db.session.execute(wanted)
    ]
