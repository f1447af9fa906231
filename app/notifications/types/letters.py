"""News on its way out of the site."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.notifications.types.notices import NoticeKind, NoticeRow
from app.notifications.types.ways import Way


@dataclass(frozen=True, slots=True)
class Letter:
    """One piece of news on its way to one person; a guest's has no person.

    `to` is a mail address, a number, or a device's id.
    """

    to: str
    language: str
    notice: NoticeRow
    key: str
    person_id: int | None = None
    way: Way = Way.MAIL
    due_at: datetime | None = None


class Channel(Protocol):
    """One way out of the site: puts a letter into the outbox, in the deciding transaction."""

    def post(self, letter: Letter) -> None:
        """Word the letter in its reader's language, and leave it to the outbox."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """The start of one person's ladder about one deed."""

    person_id: int
    key: str
    kind: NoticeKind
    subject: tuple[str, int]
    data: dict[str, Any]
    actor_id: int | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class PushNote:
    """One note to one browser: where it goes, its keys, what it says and how long it may wait."""

    endpoint: str
    public_key: str
    auth: str
    says: Mapping[str, str]
    urgency: str = "normal"
    lasts: int = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """What one person missed, on its way to them."""

    to: str
    language: str
    notices: tuple[NoticeRow, ...]
    count: int
    key: str
    person_id: int
