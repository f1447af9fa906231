"""Prices of many things at once: planned, done at their time, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import Listing, PriceChange, PriceChangeLine, Variant
from app.merchants.policies import selling
from app.merchants.signals import listing_changed
from app.merchants.types import PRICES_CHANGED, PRICES_PLANNED, PRICES_UNDONE, PriceLine


def plan_prices(
    actor: Viewer,
    merchant_id: int,
    lines: Sequence[PriceLine],
    *,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> PriceChange:
    """Change prices now or from an instant on and, if so wished, only until one; refuses where
    nothing would change and where a price is not what the preview showed.
    """
    selling.check_keeps(actor, merchant_id)
    begins = max(starts_at or at, at)
    if ends_at is not None and ends_at <= begins:
        raise FieldError("ends_at", _l("It must end after it starts."))
    if not lines:
        raise FieldError("listing_ids", _l("Nothing of this would change."))
    _check_as_shown(merchant_id, lines)
    change = PriceChange(merchant_id=merchant_id, made_at=at, starts_at=begins, ends_at=ends_at)
    db.session.add(change)
    db.session.flush()
    db.session.add_all(
        PriceChangeLine(
            change_id=change.id, variant_id=line.variant_id, before_minor=line.before_minor,
            after_minor=line.after_minor,
        )
        for line in lines
    )  # fmt: skip
    db.session.flush()
    if begins <= at:
        _apply(actor, change, at)
    else:
        record(actor, PRICES_PLANNED, ("merchant", merchant_id), at=at, data={"change": change.id})
    return change


def _check_as_shown(merchant_id: int, lines: Sequence[PriceLine]) -> None:
    wanted = (
        select(Variant.id, Variant.price_minor)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Listing.merchant_id == merchant_id, Variant.archived_at.is_(None))
        .where(Variant.id.in_([line.variant_id for line in lines]))
    )
    prices = {row[0]: row[1] for row in db.session.execute(wanted)}
    if any(prices.get(line.variant_id) != line.before_minor for line in lines):
        raise ConflictError(_l("A price has changed meanwhile. Look at the preview again."))


def undo_prices(actor: Viewer, merchant_id: int, change_id: int, *, at: datetime) -> PriceChange:
    """Take a change of prices back, or call off one to come; a price that somebody changed since
    stays. Refuses one that is over already.
    """
    selling.check_keeps(actor, merchant_id)
    change = db.session.get(PriceChange, change_id)
    if change is None or change.merchant_id != merchant_id:
        raise NotFoundError
    _undo(actor, change, at)
    return change


def move_next(*, at: datetime) -> bool:
    """Do what is due of the longest waiting change of prices; return whether there was one. What
    began and ended while nobody worked is only called off.
    """
    begins = and_(PriceChange.applied_at.is_(None), PriceChange.starts_at <= at)
    ends = and_(PriceChange.applied_at.is_not(None), PriceChange.ends_at <= at)
    wanted = select(PriceChange).where(PriceChange.undone_at.is_(None), or_(begins, ends))
    change = db.session.scalar(wanted.order_by(PriceChange.starts_at, PriceChange.id).limit(1))
    if change is None:
        return False
    if change.ends_at is not None and change.ends_at <= at:
        _undo(SYSTEM, change, at)
    else:
        _apply(SYSTEM, change, at)
    return True


def _apply(actor: Viewer, change: PriceChange, at: datetime) -> None:
    _step(change, PriceChange.applied_at, at)
    touched = [
        line.variant_id
        for line in _lines(change)
        if _priced(line, line.before_minor, line.after_minor)
    ]
    _tell(touched, at)
    record(
        actor, PRICES_CHANGED, ("merchant", change.merchant_id), at=at,
        data={"change": change.id, "prices": len(touched)},
    )  # fmt: skip


def _undo(actor: Viewer, change: PriceChange, at: datetime) -> None:
    was_done = change.applied_at is not None
    _step(change, PriceChange.undone_at, at)
    touched = [
        line.variant_id
        for line in _lines(change)
        if was_done and line.is_applied and _priced(line, line.after_minor, line.before_minor)
    ]
    _tell(touched, at)
    record(
        actor, PRICES_UNDONE, ("merchant", change.merchant_id), at=at,
        data={"change": change.id, "prices": len(touched)},
    )  # fmt: skip


def _step(change: PriceChange, column: Any, at: datetime) -> None:
    """Take the next step of a change, once, whoever asks first."""
    known = (
        PriceChange.id == change.id,
        PriceChange.undone_at.is_(None),
        PriceChange.applied_at.is_(None)
        if change.applied_at is None
        else PriceChange.applied_at.is_not(None),
    )
    if not changed(update(PriceChange).where(*known).values({column: at})):
        raise ConflictError(_l("These prices have been changed back already."))
    db.session.refresh(change)


def _lines(change: PriceChange) -> Iterable[PriceChangeLine]:
    wanted = select(PriceChangeLine).where(PriceChangeLine.change_id == change.id)
    return db.session.scalars(wanted.order_by(PriceChangeLine.variant_id)).all()


def _priced(line: PriceChangeLine, old: int, new: int) -> bool:
    """Set one price unless somebody set another one since; return whether it was set."""
    step = update(Variant).where(Variant.id == line.variant_id, Variant.price_minor == old)
    is_set = bool(changed(step.values(price_minor=new)))
    if is_set:
        line.is_applied = not line.is_applied
        db.session.flush()
    return is_set


def _tell(variant_ids: Sequence[int], at: datetime) -> None:
    """Bring the listings' lowest prices up to date, and say that they changed."""
    if not variant_ids:
        return
    lowest = (
        select(func.min(Variant.price_minor))
        .where(Variant.listing_id == Listing.id, Variant.archived_at.is_(None))
        .correlate(Listing)
        .scalar_subquery()
    )
    ids = select(Variant.listing_id).where(Variant.id.in_(variant_ids))
    step = update(Listing).where(Listing.id.in_(ids))
    changed(
        step.values(min_price_minor=func.coalesce(lowest, Listing.min_price_minor), changed_at=at)
    )
    db.session.expire_all()
    for listing in db.session.scalars(select(Listing).where(Listing.id.in_(ids))):
        listing_changed.send(listing, listing=listing)
