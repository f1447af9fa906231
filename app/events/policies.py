"""Who may what at a gathering, and whose turn it is on the waiting list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.core.access import Viewer
from app.events.errors import NotOpenError, NotYourGatheringError, PartyTooBigError
from app.events.models import Gathering
from app.events.types import (
    LAST_CALL_HOURS,
    PATIENCE,
    SETTLING_MINUTES,
    GatheringState,
    InLine,
    Turn,
)


def can_make(viewer: Viewer) -> bool:
    """Whether the viewer may invite the neighbourhood to something."""
    return any(viewer.has_role(role) for role in ("operator", "planner", "leader"))


def can_run(viewer: Viewer, gathering: Gathering) -> bool:
    """Whether the viewer may edit the gathering and stand at its door."""
    if viewer.has_role("operator") or viewer.has_role("planner"):
        return True
    return viewer.id is not None and viewer.id == gathering.organiser_id


def check_can_run(viewer: Viewer, gathering: Gathering) -> None:
    """Refuse whoever is neither the organiser nor a planner."""
    if not can_run(viewer, gathering):
        raise NotYourGatheringError


def is_open(gathering: Gathering, *, at: datetime) -> bool:
    """Whether one may sign up (or join the line) at this moment."""
    if gathering.state != GatheringState.PUBLISHED:
        return False
    if gathering.opens_at is not None and at < gathering.opens_at:
        return False
    return at < (gathering.closes_at or gathering.ends_at)


def check_open(gathering: Gathering, *, at: datetime) -> None:
    """Refuse before sign-up opens, after it closes, and for what does not take place."""
    if not is_open(gathering, at=at):
        raise NotOpenError(gathering_id=gathering.id)


def is_to_come(gathering: Gathering, *, at: datetime) -> bool:
    """Whether people may count on it at this moment: it is announced and not over."""
    return gathering.state == GatheringState.PUBLISHED and at < gathering.ends_at


def check_not_over(gathering: Gathering, *, at: datetime) -> None:
    """Refuse to change a registration once the gathering is over or called off."""
    if not is_to_come(gathering, at=at):
        raise NotOpenError(gathering_id=gathering.id)


def check_party(gathering: Gathering, party: int) -> None:
    """Refuse an empty party and more company than this gathering allows."""
    if not 1 <= party <= gathering.plus_ones + 1:
        raise PartyTooBigError(gathering_id=gathering.id)


def whose_turn(
    line: Iterable[InLine], free: int | None, *, at: datetime, starts_at: datetime, freed: bool
) -> Turn:
    """Say who of the line gets the free seats, in the order in which they came.

    The first that fits goes in. Who does not fit is stepped over, `PATIENCE` times at most: then
    seats are kept for that party until the last day. Where no seat was just freed, only those who
    have waited for a while may step past the others, so that nobody walks up and overtakes.
    """
    left = free
    seated: list[int] = []
    too_big: list[int] = []
    stepped_over: set[int] = set()
    is_last_call = starts_at - at <= timedelta(hours=LAST_CALL_HOURS)
    settled = at - timedelta(minutes=SETTLING_MINUTES)
    for one in line:
        if left is None or one.party <= left:
            if too_big and not (freed or is_last_call or one.waiting_since <= settled):
                continue
            seated.append(one.registration_id)
            left = None if left is None else left - one.party
            stepped_over.update(too_big)
        elif one.passed_over >= PATIENCE and not is_last_call:
            break
        else:
            too_big.append(one.registration_id)
        if left == 0:
            break
    return Turn(tuple(seated), tuple(one for one in too_big if one in stepped_over))
