"""Terms: what a shop pays the site from an instant on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.models import MerchantTerms
from app.merchants.policies import selling
from app.merchants.types import TERMS_SET, Rate


def set_terms(
    actor: Viewer,
    merchant_id: int | None,
    rate: Rate,
    *,
    valid_from: datetime,
    at: datetime,
    note: str = "",
) -> MerchantTerms:
    """Set a commission or a yearly fee from an instant on, for a shop or for the site; never
    backwards in time, never both at once.
    """
    selling.check_operates(actor)
    if valid_from < at:
        raise FieldError("valid_from", _l("Terms start now or later, never in the past."))
    if rate.commission_bp and rate.yearly_fee_minor:
        raise FieldError("fee", _l("Terms are a commission or a yearly fee, not both."))
    whose = MerchantTerms.merchant_id
    terms = db.session.scalar(
        select(MerchantTerms).where(
            whose == merchant_id if merchant_id is not None else whose.is_(None),
            MerchantTerms.valid_from == valid_from,
        )
    ) or MerchantTerms(merchant_id=merchant_id, valid_from=valid_from)
    terms.commission_bp, terms.yearly_fee_minor = rate.commission_bp, rate.yearly_fee_minor
    terms.note, terms.set_by = note, actor.id
    db.session.add(terms)
    db.session.flush()
    data = {
        "commission_bp": rate.commission_bp,
        "yearly_fee_minor": rate.yearly_fee_minor,
        "valid_from": valid_from.isoformat(),
    }
    record(
        actor, TERMS_SET, ("merchant", merchant_id or 0), at=at, reason=note or "terms", data=data
    )
    return terms
