"""Signing up, the waiting list, changing one's party and leaving: here alone seats move."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, moved
from app.core.errors import NotSignedInError
from app.core.pools.queries import free as free_in
from app.core.pools.services import release, release_part, take
from app.events import policies
from app.events.errors import AlreadySignedUpError, NotSignedUpError, PartyTooBigError
from app.events.models import Gathering, Registration
from app.events.signals import registration_confirmed
from app.events.types import (
    LIVE,
    PARTY_CHANGED,
    PROMOTED,
    REGISTERED,
    REGISTRATION_CANCELLED,
    WAITING_LISTED,
    InLine,
    RegistrationState,
    new_code,
)


def register(person: Viewer, gathering_id: int, *, party: int, at: datetime) -> Registration:
    """Sign a member up with so many people: with seats at once, or at the end of the waiting list.

    Refuses who is not signed in, who is signed up already, a party that is too big for this
    gathering, and a gathering whose sign-up is not open.
    """
    if person.id is None:
        raise NotSignedInError
    gathering = at_the_door(gathering_id)
    policies.check_open(gathering, at=at)
    policies.check_party(gathering, party)
    if _live_of(gathering_id, person.id) is not None:
        raise AlreadySignedUpError(gathering_id=gathering_id)
    registration = Registration(
        gathering_id=gathering_id,
        person_id=person.id,
        party=party,
        state=RegistrationState.WAITING,
        code=new_code(),
        waiting_since=at,
        created_at=at,
        changed_at=at,
    )
    db.session.add(registration)
    db.session.flush()
    seat_the_line(person, gathering, at=at, freed=False, newcomer_id=registration.id)
    db.session.refresh(registration)
    if registration.state == RegistrationState.WAITING:
        _record(person, WAITING_LISTED, registration, gathering, at=at)
    return registration


def change_party(actor: Viewer, registration_id: int, *, party: int, at: datetime) -> Registration:
    """Bring more or fewer people; seats given back go to the line at once.

    Refuses more people than are free, and any growth while others wait for seats.
    """
    registration, gathering = _mine_at_the_door(actor, registration_id, at=at)
    policies.check_party(gathering, party)
    before = registration.party
    if party == before:
        return registration
    if registration.state == RegistrationState.CONFIRMED:
        _reseat(registration, gathering, party)
    registration.party = party
    registration.changed_at = at
    db.session.flush()
    _record(actor, PARTY_CHANGED, registration, gathering, at=at, before=before)
    if party < before:
        is_freed = registration.state == RegistrationState.CONFIRMED
        seat_the_line(actor, gathering, at=at, freed=is_freed)
        db.session.refresh(registration)
    return registration


def leave(actor: Viewer, registration_id: int, *, at: datetime) -> Registration:
    """Give the seats (or the place in the line) back; who has arrived stays."""
    registration, gathering = _mine_at_the_door(actor, registration_id, at=at)
    had_seats = registration.hold_id is not None
    moved(
        update(Registration)
        .where(
            Registration.id == registration_id,
            Registration.state.in_(LIVE),
            Registration.arrived_at.is_(None),
        )
        .values(state=RegistrationState.CANCELLED, hold_id=None, changed_at=at),
        NotSignedUpError(gathering_id=gathering.id),
    )
    if registration.hold_id is not None:
        release([registration.hold_id])
    db.session.refresh(registration)
    _record(actor, REGISTRATION_CANCELLED, registration, gathering, at=at)
    seat_the_line(actor, gathering, at=at, freed=had_seats)
    return registration


def at_the_door(gathering_id: int) -> Gathering:
    """Wait for one's turn at a gathering's seats, and return it as it stands then.

    Adding one to `moves` locks the row until the commit, so that who leaves sees who has just
    joined the line, on PostgreSQL as on SQLite.
    """
    changed(update(Gathering).where(Gathering.id == gathering_id).values(moves=Gathering.moves + 1))
    return db.session.execute(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def seats_of(gathering: Gathering) -> int:
    """Return the pool of a gathering's seats, which every gathering has from its first moment."""
    return cast("int", gathering.pool_id)


def seat_the_line(
    actor: Viewer,
    gathering: Gathering,
    *,
    at: datetime,
    freed: bool,
    newcomer_id: int | None = None,
) -> int:
    """Give free seats to those whose turn it is; return how many parties were seated.

    The caller stands at the door. The newcomer's own seats are recorded as a sign-up, everybody
    else's as a promotion.
    """
    line = _line(gathering.id)
    if not line or at >= gathering.ends_at:
        return 0
    turn = policies.whose_turn(
        line, _free(gathering), at=at, starts_at=gathering.starts_at, freed=freed
    )
    parties = {one.registration_id: one.party for one in line}
    for registration_id in turn.seated:
        registration = _give_seats(gathering, registration_id, parties[registration_id], at=at)
        verb = REGISTERED if registration_id == newcomer_id else PROMOTED
        _record(actor, verb, registration, gathering, at=at)
        registration_confirmed.send(registration, registration=registration, at=at)
    if turn.passed_over:
        changed(
            update(Registration)
            .where(Registration.id.in_(turn.passed_over))
            .values(passed_over=Registration.passed_over + 1)
        )
    return len(turn.seated)


def _line(gathering_id: int) -> list[InLine]:
    rows: Any = db.session.execute(
        select(
            Registration.id,
            Registration.party,
            Registration.waiting_since,
            Registration.passed_over,
        )
        .where(
            Registration.gathering_id == gathering_id,
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.waiting_since, Registration.id)
    )
    return [InLine(*row) for row in rows]


def _free(gathering: Gathering) -> int | None:
    pool_id = seats_of(gathering)
    return free_in([pool_id])[pool_id]


def _give_seats(
    gathering: Gathering, registration_id: int, party: int, *, at: datetime
) -> Registration:
    holds = take(
        [(seats_of(gathering), party)], owner=("registration", registration_id), until=None
    )
    moved(
        update(Registration)
        .where(Registration.id == registration_id, Registration.state == RegistrationState.WAITING)
        .values(state=RegistrationState.CONFIRMED, hold_id=holds[0], changed_at=at),
        NotSignedUpError(gathering_id=gathering.id),
    )
    return db.session.execute(
        select(Registration)
        .where(Registration.id == registration_id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _reseat(registration: Registration, gathering: Gathering, party: int) -> None:
    extra = party - registration.party
    held = cast("int", registration.hold_id)
    if extra < 0:
        release_part(held, -extra)
        return
    if _line(gathering.id) or not _has_free(gathering, extra):
        raise PartyTooBigError(gathering_id=gathering.id)
    release([held])
    holds = take(
        [(seats_of(gathering), party)], owner=("registration", registration.id), until=None
    )
    registration.hold_id = holds[0]


def _has_free(gathering: Gathering, seats: int) -> bool:
    free = _free(gathering)
    return free is None or free >= seats


def _live_of(gathering_id: int, person_id: int) -> int | None:
    return db.session.scalar(
        select(Registration.id).where(
            Registration.gathering_id == gathering_id,
            Registration.person_id == person_id,
            Registration.state.in_(LIVE),
        )
    )


def _mine_at_the_door(
    actor: Viewer, registration_id: int, *, at: datetime
) -> tuple[Registration, Gathering]:
    gathering_id = db.session.scalar(
        select(Registration.gathering_id).where(Registration.id == registration_id)
    )
    if gathering_id is None:
        raise NotSignedUpError
    gathering = at_the_door(gathering_id)
    registration = db.session.execute(
        select(Registration)
        .where(Registration.id == registration_id)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if registration.person_id != actor.id or registration.person_id is None:
        policies.check_can_run(actor, gathering)
    policies.check_not_over(gathering, at=at)
    if registration.state not in LIVE or registration.arrived_at is not None:
        raise NotSignedUpError(gathering_id=gathering_id)
    return registration, gathering


def _record(
    actor: Viewer,
    verb: Any,
    registration: Registration,
    gathering: Gathering,
    *,
    at: datetime,
    **more: Any,
) -> None:
    record(
        actor,
        verb,
        registration,
        at=at,
        place=gathering.neighbourhood_id,
        data={
            "gathering": gathering.id,
            "person": registration.person_id,
            "party": registration.party,
            **more,
        },
    )
