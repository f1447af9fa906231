"""What the town says of itself and an operator may change: a few named values, read at most every
few seconds.
"""

import time
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, i18n
from app.core.db import Base, UtcDateTime, db, fetch, transaction, upsert
from app.core.settings import SettingError, Settings, settings

KEPT_SECONDS = 5.0
TOWN = "town"
FIXED = ("currency", "timezone")


class Fact(Base):
    """One named value of the town."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def facts() -> dict[str, Any]:
    """Return all values, at most a few seconds old in another process; the one that changes them
    sees the change at once inside its transaction, and everywhere when that is committed.
    """
    extensions = current_app.extensions
    if db.session().info.get(_PUT):
        return _asked()
    kept = extensions.get("linli_facts")
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        turn = extensions.get("linli_facts_turn", 0)
        kept = (time.monotonic(), _asked())
        if extensions.get("linli_facts_turn", 0) == turn:  # nobody changed them meanwhile
            extensions["linli_facts"] = kept
    return dict(kept[1])


def _asked() -> dict[str, Any]:
    return {row.key: row.value for row in fetch(_ALL)}


_PUT = "facts_put"
_ALL = sa.select(Fact.key, Fact.value)


def put_fact(key: str, value: Any) -> None:
    """Write one value (inside a transaction)."""
    row = {"key": key, "value": value, "changed_at": clock.now()}
    upsert(
        Fact,
        [row],
        keys=["key"],
        update=lambda new: {"value": new.value, "changed_at": new.changed_at},
    )
    db.session().info[_PUT] = True
    g.pop("town", None)


@sa.event.listens_for(db.session, "after_commit")
@sa.event.listens_for(db.session, "after_rollback")
def _let_others_see(session: Session) -> None:
    if session.info.pop(_PUT, False):
        extensions = current_app.extensions
        extensions["linli_facts_turn"] = extensions.get("linli_facts_turn", 0) + 1
        extensions.pop("linli_facts", None)


@dataclass(frozen=True, slots=True)
class Town:
    """What the town says of itself: its name, sign, colour, language and charter."""

    name: str = ""
    name_en: str = ""
    kind: str = ""
    logo: int | None = None
    accent: str = ""
    language: str = ""
    charter: str = ""
    charter_en: str = ""
    tone: str = ""
    tone_en: str = ""
    opened_at: str = ""

    @property
    def title(self) -> str:
        """The town's name in the language being spoken; until it has one, the settings' name."""
        return i18n.pick(self.name, self.name_en) or settings().site_name

    @property
    def is_open(self) -> bool:
        """Whether its first start is over: it was opened, or is filled by commands."""
        return bool(self.opened_at) or not settings().first_start


def town() -> Town:
    """Return what the town says of itself; while it is not open, as it stands this very moment."""
    known: Town | None = g.get("town")
    if known is None:
        known = _told(facts())
        if not known.is_open:
            current_app.extensions.pop("linli_facts", None)
            known = _told(facts())
        i18n.use_language(known.language or settings().language)
        if has_request_context():
            g.town = known
    return known


def _told(known: dict[str, Any]) -> Town:
    told = known.get(TOWN) or {}
    return Town(**{part.name: told[part.name] for part in fields(Town) if part.name in told})


def put_town(**values: Any) -> None:
    """Change some of what the town says of itself (inside a transaction)."""
    told = db.session.scalar(sa.select(Fact.value).where(Fact.key == TOWN)) or {}
    put_fact(TOWN, {**told, **values})


class Site:
    """The settings as pages see them, under the name that the town gave itself."""

    def __getattr__(self, name: str) -> Any:
        """Return a setting."""
        return getattr(settings(), name)

    @property
    def site_name(self) -> str:
        """The town's name in the language being spoken."""
        return town().title


_SITE = Site()


def site() -> Site:
    """Return the settings for pages and mails; `site().site_name` is the town's own name."""
    return _SITE


def hold_fast(app: Flask, settings: Settings) -> None:
    """Fix currency and time zone at the first start; refuse (SettingError) a later start with
    others.
    """
    with app.app_context():
        if not sa.inspect(db.engine).has_table("facts"):
            return
        known = facts()
        db.session.remove()
        missing = [name for name in FIXED if name not in known]
        for name in FIXED:
            if name in known and known[name] != getattr(settings, name):
                raise SettingError(
                    f"LINLI_{name.upper()}: this site keeps {known[name]};"
                    f" its {name} cannot change any more"
                )
        if missing:
            with transaction():
                for name in missing:
                    put_fact(name, getattr(settings, name))
            db.session.remove()
