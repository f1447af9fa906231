"""What promotions hold about a person."""

from app.accounts.queries.own import BOOKS, OFFICE, Fate, holds
from app.core.i18n import lazy_gettext as _l
from app.promotions.models import Promotion, PromotionUse


def connect() -> None:
    """Say what is held."""
    kept = Fate.KEPT
    coupons = _l("Your coupons")
    holds(PromotionUse, "person_id", title=coupons, fate=kept, why=BOOKS, but=("sharer_id",))
    brought = _l("Whom you brought")
    why = _l("That they came is theirs to tell.")
    holds(PromotionUse, "sharer_id", title=brought, fate=kept, why=BOOKS, left_out=why)
    office = _l("Deeds of office")
    holds(Promotion, "made_by", title=office, fate=kept, why=OFFICE, left_out=OFFICE)
