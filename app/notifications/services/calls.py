"""Whom the duty desk is to phone: opened when nothing else reaches somebody, ended by a person or
by the thing itself.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.db import changed, insert_ignoring, moved
from app.core.errors import NotAllowedError
from app.notifications.errors import CallOverError
from app.notifications.models import Call
from app.notifications.types import CALLED, CallState, CallWhy


def open_call(
    about: tuple[str, int],
    *,
    why: CallWhy,
    at: datetime,
    merchant_id: int | None = None,
    person_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """Ask the desk to phone; somebody who waits for a call already gets no second one."""
    row = {
        "about_kind": about[0],
        "about_id": about[1],
        "merchant_id": merchant_id,
        "person_id": person_id,
        "why": why,
        "data": data or {},
        "since": at,
        "state": CallState.WAITING,
        "tries": 0,
        "note": "",
        "open_key": f"{about[0]}:{about[1]}",
    }
    return bool(insert_ignoring(Call, [row], keys=["open_key"]))


def note_call(actor: Viewer, call_id: int, *, is_reached: bool, note: str, at: datetime) -> None:
    """Write down that the desk phoned: reached ends it, not reached keeps it on the list.

    Refuses who does not run the town, and a call that is over (CallOverError).
    """
    if not actor.has_role(Role.OPERATOR):
        raise NotAllowedError
    values: dict[str, Any] = {
        "tries": Call.tries + 1,
        "note": note[:300],
        "last_by": actor.id,
        "last_at": at,
    }
    if is_reached:
        values |= {"state": CallState.REACHED, "ended_at": at, "open_key": None}
    step = update(Call).where(Call.id == call_id, Call.state == CallState.WAITING)
    moved(step.values(**values), CallOverError(call_id=call_id))
    record(actor, CALLED, ("call", call_id), at=at, data={"reached": is_reached})


def settle(about: tuple[str, int], *, at: datetime) -> int:
    """End what waits about a thing that needs no call any more."""
    return changed(
        update(Call)
        .where(
            Call.about_kind == about[0], Call.about_id == about[1], Call.state == CallState.WAITING
        )
        .values(state=CallState.SETTLED, ended_at=at, open_key=None)
    )
