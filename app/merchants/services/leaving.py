"""What shops forget of a person who leaves: the contact on what they once asked for, and their name
on reviews, or the reviews as well.
"""

from datetime import datetime

from sqlalchemy import delete, update

from app.accounts.types import Leaving
from app.core.db import changed
from app.merchants.models import MerchantRequest, NearbyLeftOut, Review
from app.merchants.services import waits
from app.merchants.types import ReviewShowing


def forget_person(leaving: Leaving, _at: datetime) -> dict[str, int]:
    """Empty the contact on requests for a shop, and take the name off reviews; where they chose so,
    the words go, too.
    """
    waits.forget_person(leaving.person_id)
    asked = update(MerchantRequest).where(MerchantRequest.person_id == leaving.person_id)
    said = update(Review).where(Review.person_id == leaving.person_id)
    if not leaving.keeps_words:
        changed(
            said.where(Review.wrote_at.is_not(None)).values(
                body="", answer="", word="", showing=ReviewShowing.HIDDEN
            )
        )
    changed(delete(NearbyLeftOut).where(NearbyLeftOut.person_id == leaving.person_id))
    return {
        "merchant_requests": changed(asked.values(phone="", licence="", message="")),
        "reviews": changed(said.values(person_id=None)),
    }
