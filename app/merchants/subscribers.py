"""What shops hold about a person, what binds an owner, how somebody is forgotten; reviews that are
reported and decided on.
"""

from datetime import datetime
from typing import Any

from app.accounts.queries import roles_of
from app.accounts.queries.leaving import obliges
from app.accounts.queries.own import BOOKS, OFFICE, Fate, holds
from app.accounts.services import closing
from app.accounts.types import Obligation
from app.core.access import Viewer
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import pick
from app.core.pools.signals import places_came_back
from app.merchants.models import (
    Listing,
    Merchant,
    MerchantPaper,
    MerchantRequest,
    MerchantTerms,
    NearbyLeftOut,
    Review,
    StockWait,
)
from app.merchants.queries.reporting import reportable_listing, reportable_shop
from app.merchants.queries.reviews import reportable_answer, reportable_review
from app.merchants.queries.selling import names_of, staff_of_merchant
from app.merchants.services import hiding, leaving, reviews, waits
from app.moderation.queries import register_reader
from app.moderation.signals import review_decided


def connect() -> None:
    """Say what is held, what binds, and how it is forgotten."""
    closing.forgets("merchants", leaving.forget_person)
    obliges("merchants", shops_without_another_owner)
    kept = Fate.KEPT
    shops = _l("Shops you applied for")
    holds(Merchant, "applied_by", title=shops, fate=kept, why=BOOKS)
    holds(MerchantRequest, "person_id", title=_l("Your requests for a shop"), fate=Fate.EMPTIED)
    why = _l("Your name goes; the words stay under “A former neighbour”, or go, as you choose.")
    # The shop's blind word is read where it opens, not before.
    but = ("word", "word_by_id", "answered_by_id")
    holds(Review, "person_id", title=_l("Your reviews"), fate=Fate.EMPTIED, why=why, but=but)
    register_reader("listing", reportable_listing)
    register_reader("merchant", reportable_shop)
    wish = _l("That you are left out of what neighbours order")
    holds(NearbyLeftOut, "person_id", title=wish, fate=Fate.REMOVED)
    register_reader("review", reportable_review)
    register_reader("review_answer", reportable_answer)
    review_decided.connect(on_review_decided)
    places_came_back.connect(on_places_came_back)
    waits_for = _l("What you wait for")
    holds(StockWait, "person_id", title=waits_for, fate=Fate.REMOVED)
    for model, column in (
        (MerchantRequest, "decided_by"),
        (MerchantTerms, "set_by"),
        (Review, "word_by_id"),
        (Review, "answered_by_id"),
        (Listing, "hidden_by_id"),
        (Merchant, "hidden_by_id"),
        (MerchantPaper, "decided_by"),
    ):
        office = _l("Deeds of office")
        holds(model, column, title=office, fate=kept, why=OFFICE, left_out=OFFICE)


def on_places_came_back(_sender: Any, *, pool_ids: list[int], at: datetime) -> None:
    """Keep what came back for those who wait for it."""
    waits.offer_back(pool_ids, at=at)


def on_review_decided(
    _sender: Any, *, item: Any, decision: Any, actor: Viewer, at: datetime
) -> None:
    """Show or hide a shop, a listing, a neighbour's review, or a shop's words under it, as a
    reviewer decided.
    """
    kind, subject_id = item.subject_kind, item.subject_id
    if kind in reviews.COLUMNS:
        reviews.carry_out(kind, subject_id, decision)
    elif kind in hiding.SUBJECTS:
        rule = str(item.rule or "")
        hiding.carry_out(actor, kind, subject_id, decision, rule=rule, at=at)


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
