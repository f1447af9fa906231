"""What can be read about own data and leaving: exports, closings, and what still binds a person."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Closing, FormerName, OwnExport
from app.accounts.policies.names import name_key
from app.accounts.types import ClosingRow, ClosingState, ExportRow, ExportState, Obligation
from app.core import clock
from app.core.access import Viewer, signed
from app.core.db import db
from app.core.errors import NotFoundError

# What the pages call somebody who left, in the languages of the town.
FORMER = ("A former neighbour", "从前的邻居")
Asked = Callable[[int, datetime], list[Obligation]]
_OBLIGATIONS: dict[str, Asked] = {}
KeptFor = Callable[[], list[tuple[str, int]]]
_KEPT_FOR: list[KeptFor] = []


def obliges(house: str, ask: Asked) -> None:
    """Let a house say what still binds a person to it, before they leave."""
    _OBLIGATIONS[house] = ask


def obligations_of(person_id: int, *, at: datetime) -> list[Obligation]:
    """Return what still binds a person, those that hold the account open first."""
    found = [one for ask in _OBLIGATIONS.values() for one in ask(person_id, at)]
    return sorted(found, key=lambda one: not one.holds)


def keeps_after(ask: KeptFor) -> None:
    """Let a house say, as title and days, what stays for a while after somebody left."""
    _KEPT_FOR.append(ask)


def kept_after(*, at: datetime) -> list[tuple[str, date]]:
    """Return what stays for a while of somebody who left at an instant, and until which day."""
    days = [one for ask in _KEPT_FOR for one in ask()]
    return [(title, clock.local(at + timedelta(days=number)).date()) for title, number in days]


def closing_done(closing_id: int) -> Closing | None:
    """Return a closing that was carried out, or None."""
    row = db.session.get(Closing, closing_id, populate_existing=True)
    return row if row is not None and row.state is ClosingState.DONE else None


def exports_of(user_id: int) -> list[ExportRow]:
    """Return a person's exports, the newest first."""
    wanted = _exports().where(OwnExport.user_id == user_id)
    rows = db.session.execute(wanted.order_by(OwnExport.id.desc()).limit(10))
    return [ExportRow(*row) for row in rows]


def export_for(viewer: Viewer, export_id: int, *, at: datetime) -> ExportRow:
    """Return one of the viewer's own exports that can be taken; refuses any other."""
    wanted = _exports().where(
        OwnExport.id == export_id,
        OwnExport.user_id == viewer.id,
        OwnExport.state == ExportState.READY,
        OwnExport.ends_at > at,
    )
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFoundError
    return ExportRow(*row)


def _exports() -> Select[*tuple[Any, ...]]:
    return select(
        OwnExport.id,
        OwnExport.state,
        OwnExport.done,
        OwnExport.total,
        OwnExport.asked_at,
        OwnExport.ready_at,
        OwnExport.ends_at,
        OwnExport.size,
    )


def open_closing(user_id: int) -> ClosingRow | None:
    """Return the closing that waits for its day, if the person asked for one."""
    wanted = select(
        Closing.id, Closing.asked_at, Closing.due_at, Closing.keeps_words, Closing.held_by
    ).where(Closing.user_id == user_id, Closing.state == ClosingState.WAITING)
    row = db.session.execute(wanted).one_or_none()
    return None if row is None else ClosingRow(*row)


def due_closings(*, at: datetime, limit: int = 20) -> list[int]:
    """Return the closings whose day has come."""
    wanted = select(Closing.id).where(Closing.state == ClosingState.WAITING, Closing.due_at <= at)
    return list(db.session.scalars(wanted.order_by(Closing.due_at, Closing.id).limit(limit)))


def former_hash(name: str) -> str:
    """Return what is kept of a name that nobody may take again."""
    return signed("former name", name_key(name))


def is_former_name(name: str) -> bool:
    """Whether a name belonged to somebody who left, or is what those are called."""
    if name_key(name) in {name_key(word) for word in FORMER}:
        return True
    return db.session.get(FormerName, former_hash(name)) is not None
