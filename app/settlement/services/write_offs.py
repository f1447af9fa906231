"""Money that is let go: one operator asks, another one decides (ASVS 5.0, 2.3.5)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.settlement.errors import (
    BillNotFoundError,
    OverpaidError,
    SecondPersonError,
    WriteOffMovedError,
)
from app.settlement.models import WriteOff
from app.settlement.policies import check_is_operator
from app.settlement.queries import bill_of
from app.settlement.services.receipts import meet_bill
from app.settlement.types import (
    WRITE_OFF_ASKED,
    WRITE_OFF_DECIDED,
    WRITTEN_OFF,
    ReceiptWay,
    WriteOffState,
)


def ask_write_off(
    actor: Viewer, bill_id: int, *, amount_minor: int, reason: str, at: datetime
) -> int:
    """Ask to let a sum of a bill go; nothing is booked until somebody else agrees.
    Returns the wish.

    Refuses more than is open, no reason, and a second wish beside one that waits.
    """
    check_is_operator(actor)
    bill = bill_of(bill_id)
    if amount_minor <= 0:
        raise FieldError("off_amount", _l("An amount above zero, please."))
    if amount_minor > bill.open_minor:
        raise OverpaidError(open=Money(bill.open_minor).format(full=True))
    if not reason.strip():
        raise FieldError("off_reason", _l("Say why, for whoever decides."))
    row = {
        "bill_id": bill_id, "amount_minor": amount_minor, "reason": reason.strip(),
        "state": WriteOffState.ASKED, "asked_at": at, "asked_by": actor.id, "answer": "",
    }  # fmt: skip
    waits = sa.select(WriteOff.id).where(
        WriteOff.bill_id == bill_id, WriteOff.state == WriteOffState.ASKED
    )
    if db.session.scalar(waits) is not None:
        raise WriteOffMovedError
    wish = WriteOff(**row)
    db.session.add(wish)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as twice:
        raise WriteOffMovedError from twice
    data = {"merchant_id": bill.merchant_id, "amount_minor": amount_minor}
    record(actor, WRITE_OFF_ASKED, ("bill", bill_id), at=at, reason=reason, data=data)
    return wish.id


def decide_write_off(
    actor: Viewer, write_off_id: int, *, is_granted: bool, answer: str = "", at: datetime
) -> int:
    """Agree to let a sum go, which books it, or refuse; return the bill.

    Refuses who asked for it, a no without its reason, one that was decided before, and more than
    is still open by now.
    """
    check_is_operator(actor)
    wish = db.session.get(WriteOff, write_off_id)
    if wish is None:
        raise BillNotFoundError
    if actor.id == wish.asked_by:
        raise SecondPersonError
    if not is_granted and not answer.strip():
        raise FieldError("answer", _l("Say why not."))
    state = WriteOffState.DONE if is_granted else WriteOffState.REFUSED
    moved(
        sa.update(WriteOff)
        .where(WriteOff.id == write_off_id, WriteOff.state == WriteOffState.ASKED)
        .values(state=state, decided_at=at, decided_by=actor.id, answer=answer.strip()),
        WriteOffMovedError(),
    )
    if is_granted:
        receipt = meet_bill(
            actor, wish.bill_id, debit=WRITTEN_OFF, amount_minor=wish.amount_minor,
            way=ReceiptWay.WRITTEN_OFF, reference=wish.reason[:120],
            received_on=clock.local(at).date(), at=at,
        )  # fmt: skip
        wish.receipt_id = receipt.id
    data = {"amount_minor": wish.amount_minor, "state": state.value}
    reason = answer.strip() or wish.reason
    record(actor, WRITE_OFF_DECIDED, ("bill", wish.bill_id), at=at, reason=reason, data=data)
    return wish.bill_id
