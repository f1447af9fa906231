"""What payments hold about a person: all of it belongs to the books."""

from app.accounts.queries.own import BOOKS, OFFICE, Fate, holds
from app.core.i18n import lazy_gettext as _l
from app.payments.models import Charge, Payment, Refund


def connect() -> None:
    """Say what is held."""
    kept = Fate.KEPT
    holds(Charge, "payer_id", title=_l("What you had to pay"), fate=kept, why=BOOKS)
    for model, title in ((Payment, _l("What you paid")), (Refund, _l("What you got back"))):
        way = (model.charge_id, Charge.id, Charge.payer_id)
        but = ("said_by", "confirmed_by", "disputed_by", "actor_id", "given_by")
        holds(model, "charge_id", title=title, fate=kept, why=BOOKS, through=way, but=but)
    said = _l("Payments you said")
    twice = _l("It is in your payments.")
    holds(Payment, "said_by", title=said, fate=kept, why=BOOKS, left_out=twice)
    office = _l("Deeds of office")
    for model, column in (
        (Payment, "confirmed_by"),
        (Payment, "disputed_by"),
        (Refund, "actor_id"),
        (Refund, "given_by"),
    ):
        holds(model, column, title=office, fate=kept, why=OFFICE, left_out=OFFICE)
