"""What the town holds about a person: every house says so here, so that nothing is forgotten when
somebody asks for it or leaves.
"""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Select, Table, select

from app.core.db import db
from app.core.i18n import lazy_gettext as _l
from app.core.media.models import Picture
from app.core.media.queries import file_path
from app.core.media.types import Size

# Never leaves the house, in whatever table it stands: secrets and their digests.
SECRETS = (
    *(
        "password_hash",
        "token_hash",
        "code_hash",
        "ip_hash",
        "contact_hash",
        "device_hash",
        "account_hash",
    ),
    *("totp_secret", "totp_step", "stop_hash", "salt", "target_hash", "public_key", "auth"),
    *("credential_id", "endpoint", "endpoint_hash", "nonce", "secret", "hold_ids", "hold_id"),
)
# Reasons that many houses give.
OFFICE = _l("A deed done for the town; it stands with the one it was about.")
BOOKS = _l("Needed for the books; the law wants it kept.")
TRACE = _l("Only numbers, so that the town can account for what happened.")
SECRET = _l("A secret for signing in; it opens nothing elsewhere.")
PictureIds = Callable[[int], "Select[Any]"]


class Fate(enum.StrEnum):
    """What becomes of it when the person leaves."""

    REMOVED = "removed"
    EMPTIED = "emptied"
    KEPT = "kept"


@dataclass(frozen=True)
class Held:
    """One way in which a table points at a person: exported or not, and what becomes of it."""

    table: Table
    column: str
    title: Any
    fate: Fate
    why: Any
    left_out: Any = None
    but: tuple[str, ...] = ()
    through: tuple[Column[Any], Column[Any], Column[Any]] | None = None
    only: Any = None
    pictures: PictureIds | None = None
    at: str | None = None

    @property
    def key(self) -> str:
        """The table and column that point at the person."""
        return f"{self.table.name}.{self.column}"

    @property
    def part(self) -> str:
        """What the part is called in the file."""
        return self.key if self.through is None else self.table.name

    def columns(self) -> list[Column[Any]]:
        """The columns that are handed out."""
        hidden = {*SECRETS, *self.but}
        return [column for column in self.table.columns if column.name not in hidden]

    def statement(self, person_id: int) -> Select[Any]:
        """Return the select of the person's rows."""
        wanted = select(*self.columns())
        if self.through is None:
            wanted = wanted.where(self.table.c[self.column] == person_id)
        else:
            here, there, whose = self.through
            wanted = wanted.where(here.in_(select(there).where(whose == person_id)))
        if self.only is not None:
            wanted = wanted.where(self.only)
        return wanted.order_by(*self.table.primary_key.columns)


_HELD: dict[tuple[str, str, bool], Held] = {}


def holds(
    model: Any,
    column: str,
    *,
    title: Any,
    fate: Fate,
    why: Any = "",
    left_out: Any = None,
    but: Sequence[str] = (),
    through: tuple[Any, Any, Any] | None = None,
    only: Any = None,
    pictures: PictureIds | None = None,
    at: str | None = None,
) -> None:
    """Say that a table holds something about a person, by which column, whether it is handed out
    (`left_out` is the reason why not), and what becomes of it when they leave.
    """
    keys = None if through is None else tuple(_column(part) for part in through)
    held = Held(
        table=model.__table__,
        column=column,
        title=title,
        fate=fate,
        why=why,
        left_out=left_out,
        but=tuple(but),
        through=keys,  # type: ignore[arg-type]
        only=only,
        pictures=pictures,
        at=at,
    )
    _HELD[held.table.name, column, left_out is not None] = held


def _column(attribute: Any) -> Column[Any]:
    return attribute.property.columns[0]  # type: ignore[no-any-return]


def all_held() -> list[Held]:
    """Return everything that houses said they hold, by table."""
    return sorted(_HELD.values(), key=lambda held: (held.table.name, held.column))


def handed_out() -> list[Held]:
    """Return what a person gets who asks for their own data."""
    return [held for held in all_held() if held.left_out is None]


def rows_of(
    held: Held, person_id: int, *, span: tuple[datetime, datetime] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the person's rows of one part, as plain values; within a span of time where asked."""
    wanted = held.statement(person_id)
    if span is not None and (moment := _moment(held)) is not None:
        wanted = wanted.where(moment >= span[0], moment < span[1])
    for row in db.session.execute(wanted):
        yield {name: plain(value) for name, value in row._mapping.items()}


def _moment(held: Held) -> Column[Any] | None:
    names = (held.at,) if held.at else ("at", "said_at", "opened_at", "placed_at", "made_at")
    more = ("happened_at", "created_at", "asked_at", "joined_at", "given_at", "started_at")
    found = (held.table.c[name] for name in (*names, *more) if name and name in held.table.c)
    return next(found, None)


def plain(value: Any) -> Any:
    """Return a value as JSON and CSV keep it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def pictures_of_person(person_id: int) -> dict[int, str]:
    """Return where the largest file of each of the person's pictures lies, by picture."""
    found: dict[int, str] = {}
    own = select(Picture.id).where(Picture.given_by == person_id)
    for wanted in [own, *(held.pictures(person_id) for held in all_held() if held.pictures)]:
        rows = select(Picture.id, Picture.name).where(Picture.id.in_(wanted))
        found |= {row.id: file_path(row.name, Size.FULL) for row in db.session.execute(rows)}
    return dict(sorted(found.items()))
