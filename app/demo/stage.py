"""What all parts of a life share: who is there, what is remembered, what comes next, and when."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.queries import viewer_as
from app.core import clock
from app.core.access import Viewer
from app.core.db import db
from app.core.errors import LinliError
from app.demo.ground import Ground
from app.demo.market import Parcel
from app.demo.plan import Plan
from app.demo.truth import Tally


@dataclass(slots=True)
class Memory:
    """What the town must remember from one hour to the next, small enough to be kept each time."""

    hour: str = ""
    agenda: list[list[Any]] | None = None
    turn: int = 0
    topics: dict[str, list[int]] | None = None
    meets: dict[str, dict[str, Any]] | None = None
    parcels: dict[str, list[Any]] | None = None
    tally: dict[str, Any] | None = None


class Stage:
    """The people, the agenda and the memory of one town."""

    def __init__(self, plan: Plan, ground: Ground, memory: dict[str, Any] | None = None) -> None:
        self.plan, self.size, self.ground = plan, plan.size, ground
        kept = Memory(**(memory or {}))
        self.agenda: list[list[Any]] = kept.agenda or []
        heapq.heapify(self.agenda)
        self.turn = kept.turn
        self.topics = kept.topics or {}
        self.meets = kept.meets or {}
        self.parcels = {number: Parcel(*row) for number, row in (kept.parcels or {}).items()}
        self.tally = Tally(**(kept.tally or {}))
        self.people: dict[int, Viewer] = {}
        self.reached = datetime.fromisoformat(kept.hour) if kept.hour else None
        self._staff: dict[str, Viewer] = {}

    def memory(self) -> dict[str, Any]:
        """Return what must be kept to go on after a kill."""
        return {
            "hour": self.reached.isoformat() if self.reached else "",
            "agenda": self.agenda,
            "turn": self.turn,
            "topics": self.topics,
            "meets": self.meets,
            "parcels": {number: parcel.kept() for number, parcel in self.parcels.items()},
            "tally": self.tally.kept(),
        }

    def later(self, at: datetime, kind: str, **data: Any) -> None:
        """Put something on the agenda; what lies after now is never done."""
        self.turn += 1
        heapq.heappush(self.agenda, [at.timestamp(), self.turn, kind, data])

    def viewer(self, number: int) -> Viewer:
        """Return a member as the actor of a service, with the roles of one who has a voice."""
        key = self.plan.members[number].key
        return self.staff(key) if key else self.people[number]

    def staff(self, key: str) -> Viewer:
        """Return somebody with a voice as the actor of a service."""
        if key not in self._staff:
            self._staff[key] = viewer_as(self.ground.people[key])
        return self._staff[key]

    @contextmanager
    def attempt(self, at: datetime) -> Iterator[None]:
        """Let one act be refused as anybody's may be, without a trace but its count."""
        with clock.travel(at):
            try:
                with db.session.begin_nested():
                    yield
            except LinliError as refused:
                name = type(refused).__name__
                self.tally.refused[name] = self.tally.refused.get(name, 0) + 1
