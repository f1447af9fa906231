"""How a job reads from outside."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """Where an outbox row stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt; `result` is the handler's answer, `error` the refusal it raised."""

    state: JobState
    result: dict[str, Any] | None = None
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether the work is finished."""
        return self.state is JobState.DONE


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this worker leased."""

    id: int
    name: str
    payload: dict[str, Any]
    attempts: int
    lease_token: str
