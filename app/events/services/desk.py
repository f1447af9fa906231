"""The desk at the door: letting people in, taking that back, and walk-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import User
from app.core import clock
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.pools.errors import PoolEmptyError
from app.core.pools.services import take
from app.events import policies
from app.events.errors import (
    AlreadyInError,
    FullHouseError,
    NotConfirmedError,
    NotInError,
    NotOpenError,
    UnknownCodeError,
)
from app.events.models import Arrival, Gathering, Registration
from app.events.services.registrations import at_the_door, seats_of
from app.events.types import (
    ARRIVAL_UNDONE,
    ARRIVED,
    ArrivalKind,
    GatheringState,
    RegistrationState,
    new_code,
    tidy_code,
)


def check_in(
    actor: Viewer,
    gathering_id: int,
    *,
    nonce: str,
    at: datetime,
    registration_id: int | None = None,
    code: str = "",
    people: int | None = None,
) -> Arrival:
    """Let a party in, by its row or by its code; the same nonce again is the same arrival.

    Refuses a code of no sign-up here, a registration without seats, and who is in already, naming
    when and by whom.
    """
    gathering = _desk_of(actor, gathering_id)
    repeated = _arrival_of(gathering_id, nonce)
    if repeated is not None:
        return repeated
    registration = _found(gathering_id, registration_id, code)
    come = min(max(people or registration.party, 1), registration.party)
    touched = changed(
        update(Registration)
        .where(
            Registration.id == registration.id,
            Registration.state == RegistrationState.CONFIRMED,
            Registration.arrived_at.is_(None),
        )
        .values(arrived=come, arrived_at=at, arrived_by_id=actor.id, changed_at=at)
    )
    if touched == 0:
        raise _why_not(registration)
    return _written(actor, gathering, registration.id, ArrivalKind.IN, come, nonce=nonce, at=at)


def undo_check_in(
    actor: Viewer, gathering_id: int, registration_id: int, *, nonce: str, at: datetime
) -> Arrival:
    """Take an arrival back; refuses where there is none."""
    gathering = _desk_of(actor, gathering_id)
    repeated = _arrival_of(gathering_id, nonce)
    if repeated is not None:
        return repeated
    registration = _found(gathering_id, registration_id, "")
    come = registration.arrived
    touched = changed(
        update(Registration)
        .where(Registration.id == registration.id, Registration.arrived_at.is_not(None))
        .values(arrived=None, arrived_at=None, arrived_by_id=None, changed_at=at)
    )
    if touched == 0 or come is None:
        raise NotInError(registration_id=registration_id)
    kind = ArrivalKind.UNDONE
    return _written(actor, gathering, registration.id, kind, come, nonce=nonce, at=at)


def admit_walk_in(
    actor: Viewer, gathering_id: int, *, name: str, party: int, nonce: str, at: datetime
) -> Arrival:
    """Give free seats to somebody who simply came, and let them in; refuses when all are taken."""
    gathering = _desk_of(actor, gathering_id)
    repeated = _arrival_of(gathering_id, nonce)
    if repeated is not None:
        return repeated
    registration = Registration(
        gathering_id=gathering_id,
        walk_in_name=name,
        party=party,
        state=RegistrationState.CONFIRMED,
        code=new_code(),
        arrived=party,
        arrived_at=at,
        arrived_by_id=actor.id,
        created_at=at,
        changed_at=at,
    )
    db.session.add(registration)
    db.session.flush()
    try:
        owner = ("registration", registration.id)
        holds = take([(seats_of(gathering), party)], owner=owner, until=None)
    except PoolEmptyError as empty:
        raise FullHouseError(gathering_id=gathering_id) from empty
    registration.hold_id = holds[0]
    db.session.flush()
    kind = ArrivalKind.IN
    return _written(actor, gathering, registration.id, kind, party, nonce=nonce, at=at)


def code_in_photo(photo: Any) -> str:
    """Return the code on a photograph; refuses what is no picture or shows no code of ours."""
    import zxingcpp  # noqa: PLC0415 - heavy, and only a photographed code needs it
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - as above

    try:
        with Image.open(photo.stream, formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("L", (1600, 1600))
            picture.thumbnail((2400, 2400))
            found = zxingcpp.read_barcodes(picture.convert("L"))
    except (UnidentifiedImageError, OSError, ValueError, AttributeError, SyntaxError) as broken:
        raise FieldError("photo", _l("This is not a picture that can be read.")) from broken
    except Image.DecompressionBombError as bomb:
        raise FieldError("photo", _l("This picture is too large.")) from bomb
    codes = [code for one in found if (code := tidy_code(one.text)) is not None]
    if not codes:
        raise FieldError("photo", _l("No code was found on the picture. Type it instead."))
    return codes[0]


def _desk_of(actor: Viewer, gathering_id: int) -> Gathering:
    gathering = at_the_door(gathering_id)
    policies.check_can_run(actor, gathering)
    if gathering.state in (GatheringState.DRAFT, GatheringState.CANCELLED):
        raise NotOpenError(gathering_id=gathering_id)
    return gathering


def _arrival_of(gathering_id: int, nonce: str) -> Arrival | None:
    return db.session.scalar(
        select(Arrival).where(Arrival.gathering_id == gathering_id, Arrival.nonce == nonce)
    )


def _found(gathering_id: int, registration_id: int | None, typed: str) -> Registration:
    query = select(Registration).where(Registration.gathering_id == gathering_id)
    if registration_id is not None:
        query = query.where(Registration.id == registration_id)
    else:
        query = query.where(Registration.code == (tidy_code(typed) or ""))
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise UnknownCodeError(code=typed)
    return found


def _why_not(registration: Registration) -> Exception:
    if registration.arrived_at is None:
        return NotConfirmedError(registration_id=registration.id)
    who = db.session.scalar(select(User.name).where(User.id == registration.arrived_by_id))
    return AlreadyInError(
        _l("Already in at %(at)s, let in by %(who)s."),
        registration_id=registration.id,
        at=clock.local(registration.arrived_at).strftime("%H:%M"),
        who=who or "–",
    )


def _written(
    actor: Viewer,
    gathering: Gathering,
    registration_id: int,
    kind: ArrivalKind,
    people: int,
    *,
    nonce: str,
    at: datetime,
) -> Arrival:
    arrival = Arrival(
        gathering_id=gathering.id,
        registration_id=registration_id,
        kind=kind,
        people=people,
        nonce=nonce,
        by_id=actor.id,
        at=at,
    )
    db.session.add(arrival)
    db.session.flush()
    person_id = db.session.scalar(
        select(Registration.person_id).where(Registration.id == registration_id)
    )
    data: dict[str, Any] = {"gathering": gathering.id, "person": person_id, "people": people}
    record(
        actor,
        ARRIVED if kind is ArrivalKind.IN else ARRIVAL_UNDONE,
        ("registration", registration_id),
        at=at,
        place=gathering.neighbourhood_id,
        data=data,
    )
    return arrival
