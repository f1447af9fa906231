"""What can be read about requests to take something down."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_

from app.accounts.models import User
from app.core.access import Grant, Role, Viewer, token_hash
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.pages import Page, decode_key, instant, keyset
from app.moderation import queries
from app.moderation.models import Takedown
from app.moderation.types import Reportable, TakedownRow, TakedownState

# The desk's own hand, where the law asks before anybody looked.
DESK = Viewer(name="system", grants=frozenset({Grant(Role.OPERATOR)}))
Finer = Callable[[int, str], "tuple[str, int] | None"]
_FINER: dict[str, Finer] = {}
_COLUMNS: tuple[Any, ...] = tuple(
    getattr(Takedown, name) for name in TakedownRow.__dataclass_fields__ if name != "author_name"
)
OPEN = (TakedownState.WAITING, TakedownState.ANSWERED)


def register_finer(kind: str, finer: Finer) -> None:
    """Let the owner of a kind find the part that an address' fragment means."""
    _FINER[kind] = finer


def meant(kind: str, subject_id: int, fragment: str) -> tuple[str, int]:
    """Return what an address really means: a post of a thread, where its fragment says so."""
    finer = _FINER.get(kind)
    return (finer(subject_id, fragment) if finer and fragment else None) or (kind, subject_id)


def subject_of(kind: str, subject_id: int) -> Reportable | None:
    """Return what stands under a subject, hidden or not; None where there is nothing."""
    try:
        return queries.reportable_for(DESK, kind, subject_id)
    except NotFoundError:
        return None


def takedowns(
    *, state: TakedownState | None = None, after: str | None = None, size: int = 20
) -> Page[TakedownRow]:
    """Return requests: those that wait for the desk, the most urgent first, or those of a state."""
    wanted: Any = select(*_COLUMNS, User.name).outerjoin(User, Takedown.author_id == User.id)
    chosen = Takedown.state.in_(OPEN) if state is None else Takedown.state == state
    wanted = wanted.where(chosen)
    if state is None:
        place, key = tuple_(Takedown.due_at, Takedown.id), decode_key(after, instant, int)
        wanted = wanted.where(place > key) if key else wanted
        rows = _rows(wanted.order_by(Takedown.due_at, Takedown.id).limit(size + 1))
        return keyset(rows, size, lambda row: (row.due_at, row.id))
    if (last := decode_key(after, int)) is not None:
        wanted = wanted.where(Takedown.id < last[0])
    rows = _rows(wanted.order_by(Takedown.id.desc()).limit(size + 1))
    return keyset(rows, size, lambda row: (row.id,))


def _rows(wanted: Any) -> list[TakedownRow]:
    return [TakedownRow(*row) for row in db.session.execute(wanted)]


def takedown_by_token(token: str) -> TakedownRow:
    """Return a request to the one who made it; refuses an address that is none."""
    return _one(Takedown.token_hash == token_hash(token))


def takedown_for_author(viewer: Viewer, takedown_id: int) -> TakedownRow:
    """Return a request about the viewer's own words; refuses anybody else."""
    return _one(Takedown.id == takedown_id, Takedown.author_id == viewer.id)


def takedowns_about(author_id: int) -> list[TakedownRow]:
    """Return requests that touched a person's words, the newest first."""
    return _rows(_about(author_id).limit(20))


def _about(author_id: int) -> Any:
    touched = or_(Takedown.is_hidden, Takedown.state != TakedownState.WAITING)
    wanted = select(*_COLUMNS).where(Takedown.author_id == author_id, touched)
    return wanted.order_by(Takedown.id.desc())


def takedown_on(viewer: Viewer, kind: str, subject_id: int) -> TakedownRow | None:
    """Return the last request about one of the viewer's own things, if one touched it."""
    on_it = (Takedown.subject_kind == kind, Takedown.subject_id == subject_id)
    return next(iter(_rows(_about(viewer.id or 0).where(*on_it).limit(1))), None)


def open_count(*, at: datetime) -> tuple[int, int]:
    """Return how many requests wait for the desk, and how many of them are late."""
    waits = Takedown.state.in_(OPEN)
    wanted = select(func.count(), func.count().filter(Takedown.due_at < at)).where(waits)
    row = db.session.execute(wanted).one()
    return row[0], row[1]


def made_from(ip_hash: str, *, since: datetime) -> int:
    """Return how many requests came from an address lately."""
    wanted = select(func.count()).where(Takedown.ip_hash == ip_hash, Takedown.made_at > since)
    return db.session.scalar(wanted) or 0


def _one(*conditions: Any) -> TakedownRow:
    row = db.session.execute(select(*_COLUMNS).where(*conditions)).one_or_none()
    if row is None:
        raise NotFoundError
    return TakedownRow(*row)
