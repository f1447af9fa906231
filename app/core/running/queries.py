"""Reads of how open the town is: kept for pages, fresh for those who are about to write."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.access import Role, Viewer
from app.core.db import fetch_one
from app.core.facts import Fact, facts
from app.core.running.errors import TeamOnlyError, TownClosedError
from app.core.running.types import Mode, Standing
from app.core.shown import shown_exactly

FACT = "standing"
TEAM = (Role.OPERATOR, Role.MODERATOR, Role.PLANNER, Role.MARKETER, Role.ANALYST)

_FRESH = sa.select(Fact.value).where(Fact.key == FACT)


def standing() -> Standing:
    """Return how open the town is, at most a few seconds old in another process."""
    return _read(facts().get(FACT))


def fresh_standing() -> Standing:
    """Return how open the town is at this moment, by one statement."""
    row = fetch_one(_FRESH)
    return _read(row.value if row else None)


def is_team(viewer: Viewer) -> bool:
    """Whether somebody belongs to those who run the town."""
    return viewer.has_role(*TEAM)


def check_may_write(viewer: Viewer) -> None:
    """Refuse (TownClosedError, TeamOnlyError) whoever may not write as the town stands now."""
    now = standing()
    if now.mode is Mode.READ_ONLY:
        raise TownClosedError(**_worded(now))
    if now.mode is Mode.STAFF_ONLY and not is_team(viewer):
        raise TeamOnlyError(**_worded(now))


def check_open() -> None:
    """Refuse (TownClosedError) every transaction while nobody may write; asks the database."""
    now = fresh_standing()
    if now.mode is Mode.READ_ONLY:
        raise TownClosedError(**_worded(now))


def is_closed() -> bool:
    """Whether nobody may write now; asks the database."""
    return fresh_standing().mode is Mode.READ_ONLY


def _worded(now: Standing) -> dict[str, Any]:
    return {"since": shown_exactly(now.since) if now.since else "", "reason": now.reason}


def _read(value: Any) -> Standing:
    if not isinstance(value, dict) or value.get("mode") not in set(Mode):
        return Standing()
    return Standing(
        Mode(value["mode"]),
        datetime.fromisoformat(value["since"]) if value.get("since") else None,
        str(value.get("cause", "")),
        str(value.get("why", "")),
        str(value.get("why_en", "")),
    )
