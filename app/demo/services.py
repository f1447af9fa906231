"""What the site remembers of its own demo town: how far it is written, and what is true of it."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.core.facts import facts, put_fact, town
from app.operator.services import open_by_command

FACT = "demo_town"


def town_known() -> dict[str, Any]:
    """Return what is remembered of the town; nothing where none was begun."""
    return dict(facts().get(FACT) or {})


def keep_town(known: dict[str, Any]) -> None:
    """Remember how far the town is written, in the transaction that wrote it."""
    put_fact(FACT, known)
    if not town().opened_at:
        open_by_command(at=clock.now())
