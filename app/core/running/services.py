"""Opening and closing the town, with a reason that everybody can read and the trail keeps."""

import time
from datetime import datetime

import sqlalchemy as sa

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, is_postgresql
from app.core.errors import FieldError
from app.core.facts import put_fact
from app.core.i18n import lazy_gettext as _l
from app.core.running.queries import FACT
from app.core.running.types import CAUSES, MODE_CHANGED, Mode, Standing

_OLDER = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start < :since"
)


def set_mode(
    actor: Viewer, mode: Mode, *, at: datetime, why: str = "", why_en: str = "", cause: str = ""
) -> None:
    """Open the town, or close it to some or to all writers; closing without a reason is refused
    with FieldError. In a transaction that may write though the town is closed.
    """
    reason = why.strip() or why_en.strip() or (str(CAUSES[cause]) if cause else "")
    if not reason and mode is not Mode.OPEN:
        raise FieldError("why", _l("Say why, in a sentence: everybody who is refused reads it."))
    put_standing(Standing(mode, at, cause, why.strip(), why_en.strip()))
    record(
        actor,
        MODE_CHANGED,
        ("town", 1),
        at=at,
        data={"mode": str(mode)},
        reason=reason or str(mode),
    )


def put_standing(wanted: Standing) -> None:
    """Write how open the town is and nothing else: for an upgrade, whose tables may be in between.
    Everybody else says `set_mode`.
    """
    since = wanted.since.isoformat() if wanted.since else ""
    value = {"mode": str(wanted.mode), "since": since, "cause": wanted.cause}
    put_fact(FACT, value | {"why": wanted.why, "why_en": wanted.why_en})


def await_writers(*, seconds: float = 30.0) -> bool:
    """Wait until no transaction that began before this moment is under way; False when some still
    are. Called when the closing is committed: whoever asked the gate before may write until then.

    On SQLite writers queue, so that whoever closes the town is the last of them. On PostgreSQL who
    has written nothing yet is waited for, too; it may be about to.
    """
    if not is_postgresql():
        return True
    with db.engine.connect() as connection:
        since = connection.scalar(sa.select(sa.func.clock_timestamp()))
    for _ in range(int(seconds * 10)):
        with db.engine.connect() as connection:
            if not connection.scalar(_OLDER, {"since": since}):
                return True
        time.sleep(0.1)
    return False
