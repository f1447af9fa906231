"""Verbs and the hooks they belong to, and how a log row reads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Hook(StrEnum):
    """What keeps a person: each verb and each sight belongs to one."""

    CONTENT = "content"
    TOPIC = "topic"
    BELONGING = "belonging"
    RELATION = "relation"
    EVENT = "event"
    SERVICE = "service"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Verb:
    """What somebody did, as `house.deed`; a privileged one needs a reason and is the audit
    trail.
    """

    name: str
    hook: Hook
    is_privileged: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the log."""

    id: int
    actor_id: int | None
    verb: str
    subject_kind: str
    subject_id: int
    place: int | None
    data: dict[str, Any]
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """That a person saw something, folded: the highest number and the last time."""

    user_id: int
    subject_kind: str
    subject_id: int
    number: int
    at: datetime


_verbs: dict[str, Verb] = {}


def verb(name: str, hook: Hook, *, privileged: bool = False) -> Verb:
    """Declare a verb; a house does this in its `types.py`, once for each."""
    declared = Verb(name, hook, privileged)
    if _verbs.setdefault(name, declared) != declared:
        raise ValueError(f"the verb {name} is declared twice")
    return declared


def verb_named(name: str) -> Verb | None:
    """Return the declared verb of a name, or None."""
    return _verbs.get(name)


def verbs() -> dict[str, Verb]:
    """Return all declared verbs by name."""
    return dict(_verbs)


def privileged_verbs() -> list[str]:
    """Return the names of the verbs that make the audit trail."""
    return sorted(name for name, declared in _verbs.items() if declared.is_privileged)
