"""What can be read about changes of number at the desk."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.errors import ChangeGoneError
from app.accounts.models import NumberChange, User
from app.accounts.types import ChangeRow, ChangeState
from app.core.access import token_hash
from app.core.db import db
from app.core.sms.numbers import masked

OPEN = (ChangeState.ASKED, ChangeState.CONFIRMED)


def change(change_id: int) -> NumberChange:
    """Return one change of number; refuses one that is not there."""
    found = db.session.get(NumberChange, change_id, populate_existing=True)
    if found is None:
        raise ChangeGoneError
    return found


def change_by_stop(token: str) -> NumberChange | None:
    """Return the change that this link stops, or None."""
    wanted = select(NumberChange).where(NumberChange.stop_hash == token_hash(token))
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def open_change_of(user_id: int) -> NumberChange | None:
    """Return a person's change of number that is not settled, or None."""
    wanted = select(NumberChange).where(
        NumberChange.user_id == user_id, NumberChange.state.in_(OPEN)
    )
    return db.session.scalar(wanted.limit(1))


def changes(*, is_open: bool = True, limit: int = 50) -> list[ChangeRow]:
    """Return changes of number that wait, or those that are settled, the newest first."""
    asker = aliased(User)
    in_state = NumberChange.state.in_(OPEN) if is_open else NumberChange.state.not_in(OPEN)
    wanted = (
        select(
            NumberChange.id,
            NumberChange.user_id,
            User.name,
            NumberChange.phone,
            NumberChange.reason,
            NumberChange.state,
            NumberChange.asked_by,
            asker.name,
            NumberChange.asked_at,
            NumberChange.confirmed_by,
            NumberChange.due_at,
        )
        .join(User, User.id == NumberChange.user_id)
        .join(asker, asker.id == NumberChange.asked_by)
        .where(in_state)
        .order_by(NumberChange.id.desc())
        .limit(limit)
    )
    rows = [ChangeRow(*row) for row in db.session.execute(wanted)]
    return [ChangeRow(**{**vars(row), "phone": masked(row.phone)}) for row in rows]


def due_changes(*, at: datetime) -> list[int]:
    """Return the confirmed changes whose day has come."""
    wanted = select(NumberChange.id).where(
        NumberChange.state == ChangeState.CONFIRMED, NumberChange.due_at <= at
    )
    return list(db.session.scalars(wanted.order_by(NumberChange.id).limit(100)))
