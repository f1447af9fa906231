"""What the town says of itself and an operator may change: a few named values, read at most every
few seconds.
"""

import time
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, UtcDateTime, db, transaction, upsert
from app.core.settings import SettingError, Settings

KEPT_SECONDS = 5.0
FIXED = ("currency", "timezone")


class Fact(Base):
    """One named value of the town."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def facts() -> dict[str, Any]:
    """Return all values, at most a few seconds old in another process and never old in the one that
    changed them.
    """
    kept = current_app.extensions.get("linli_facts")
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        rows = db.session.execute(sa.select(Fact.key, Fact.value))
        kept = (time.monotonic(), {row.key: row.value for row in rows})
        current_app.extensions["linli_facts"] = kept
    return dict(kept[1])


def put_fact(key: str, value: Any) -> None:
    """Write one value (inside a transaction)."""
    row = {"key": key, "value": value, "changed_at": clock.now()}
    upsert(
        Fact,
        [row],
        keys=["key"],
        update=lambda new: {"value": new.value, "changed_at": new.changed_at},
    )
    current_app.extensions.pop("linli_facts", None)


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
