"""Single days of people and chairs that differ from their week, and how services are done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, upsert
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import Listing, Resource, ServiceTerms, TimeException
from app.merchants.policies import selling
from app.merchants.types import (
    CALENDAR_CHANGED,
    ExceptionDraft,
    ListingKind,
    ServiceTermsRow,
)


def add_exception(actor: Viewer, draft: ExceptionDraft, *, at: datetime) -> TimeException:
    """Say that somebody is away for a stretch of a day, or works besides their week; bookings stay
    until they are moved. Refuses a day that is over, and a stretch that ends before it begins.
    """
    resource = _kept_by(actor, draft.resource_id)
    if draft.day < clock.local(at).date():
        raise FieldError("day", _l("This day is over."))
    if not 0 <= draft.starts_minute < draft.ends_minute <= 24 * 60:
        raise FieldError("ends", _l("Write from when to when."))
    row = TimeException(
        resource_id=resource.id,
        day=draft.day,
        starts_minute=draft.starts_minute,
        ends_minute=draft.ends_minute,
        is_extra=draft.is_extra,
        note=draft.note.strip()[:120],
    )
    db.session.add(row)
    db.session.flush()
    _record(actor, resource, at)
    return row


def remove_exception(actor: Viewer, exception_id: int, *, at: datetime) -> None:
    """Let a day be as every week again; refuses one that is not there any more."""
    row = db.session.get(TimeException, exception_id)
    if row is None:
        raise NotFoundError
    resource = _kept_by(actor, row.resource_id)
    changed(delete(TimeException).where(TimeException.id == exception_id))
    db.session.expunge(row)
    _record(actor, resource, at)


def set_service_terms(actor: Viewer, listing_id: int, terms: ServiceTermsRow) -> None:
    """Say how a service is done: the pause before it, where, and what is told after acceptance.
    Refuses what is no service.
    """
    listing = db.session.get(Listing, listing_id)
    if listing is None or listing.kind is not ListingKind.SERVICE:
        raise NotFoundError
    selling.check_keeps(actor, listing.merchant_id)
    upsert(
        ServiceTerms,
        [
            {
                "listing_id": listing_id,
                "before_minutes": terms.before_minutes,
                "place": terms.place,
                "joining": terms.joining.strip()[:500],
            }
        ],
        keys=["listing_id"],
        update=lambda new: {
            "before_minutes": new.before_minutes,
            "place": new.place,
            "joining": new.joining,
        },
    )


def _kept_by(actor: Viewer, resource_id: int) -> Resource:
    resource = db.session.get(Resource, resource_id)
    if resource is None or resource.archived_at is not None:
        raise NotFoundError
    selling.check_keeps(actor, resource.merchant_id, *selling.SHELF)
    return resource


def _record(actor: Viewer, resource: Resource, at: datetime) -> None:
    about = ("merchant", resource.merchant_id)
    record(actor, CALENDAR_CHANGED, about, at=at, data={"resource": resource.id})
