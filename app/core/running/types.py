"""The three ways a town stands open, and what is known of the present one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core import i18n
from app.core.activity.types import Hook, verb
from app.core.i18n import lazy_gettext as _l

MODE_CHANGED = verb("town.mode_changed", Hook.BELONGING, privileged=True)


class Mode(StrEnum):
    """Who may write."""

    OPEN = "open"
    STAFF_ONLY = "staff-only"
    READ_ONLY = "read-only"


CAUSES: dict[str, Any] = {
    "upgrade": _l("The site is being brought up to date."),
    "move": _l("The site is moving to another database."),
    "restore": _l("The site was put back from a backup and is being looked at."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The mode, since when and why; `cause` names a reason of our own, else a person's words."""

    mode: Mode = Mode.OPEN
    since: datetime | None = None
    cause: str = ""
    why: str = ""
    why_en: str = ""

    @property
    def is_open(self) -> bool:
        """Whether everybody may write."""
        return self.mode is Mode.OPEN

    @property
    def reason(self) -> str:
        """Why, in the language being spoken."""
        known = CAUSES.get(self.cause)
        return str(known) if known else i18n.pick(self.why, self.why_en)
