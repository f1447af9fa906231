"""What shops forget of a person who leaves: the contact on what they once asked for."""

from datetime import datetime

from sqlalchemy import update

from app.accounts.types import Leaving
from app.core.db import changed
from app.merchants.models import MerchantRequest


def forget_person(leaving: Leaving, _at: datetime) -> dict[str, int]:
    """Empty the contact on requests for a shop."""
    asked = update(MerchantRequest).where(MerchantRequest.person_id == leaving.person_id)
    return {"merchant_requests": changed(asked.values(phone="", licence="", message=""))}
