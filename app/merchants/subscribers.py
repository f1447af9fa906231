"""What shops hold about a person, what binds an owner, and how somebody is forgotten."""

from datetime import datetime

from app.accounts.queries import roles_of
from app.accounts.queries.leaving import obliges
from app.accounts.queries.own import BOOKS, OFFICE, Fate, holds
from app.accounts.services import closing
from app.accounts.types import Obligation
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.merchants.models import Merchant, MerchantRequest, MerchantTerms
from app.merchants.queries.selling import names_of, staff_of_merchant
from app.merchants.services import leaving


def connect() -> None:
    """Say what is held, what binds, and how it is forgotten."""
    closing.forgets("merchants", leaving.forget_person)
    obliges("merchants", shops_without_another_owner)
    kept = Fate.KEPT
    shops = _l("Shops you applied for")
    holds(Merchant, "applied_by", title=shops, fate=kept, why=BOOKS)
    holds(MerchantRequest, "person_id", title=_l("Your requests for a shop"), fate=Fate.EMPTIED)
    for model, column in ((MerchantRequest, "decided_by"), (MerchantTerms, "set_by")):
        office = _l("Deeds of office")
        holds(model, column, title=office, fate=kept, why=OFFICE, left_out=OFFICE)


def shops_without_another_owner(person_id: int, _at: datetime) -> list[Obligation]:
    """Return shops that nobody else owns; they hold the account open."""
    owned = [
        row.scope_id
        for row in roles_of(person_id)
        if row.taken_at is None and row.role == "owner" and row.scope_kind == "merchant"
    ]
    names = names_of(owned) if owned else {}
    alone = [
        number
        for number in owned
        if not any(
            row.role == "owner" and row.person_id != person_id for row in staff_of_merchant(number)
        )
    ]
    return [
        Obligation(
            _("You are the only owner of %(shop)s", shop=pick(*names.get(number, ("", "")))),
            ("merchant", number),
        )
        for number in alone
    ]
