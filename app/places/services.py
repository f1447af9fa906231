"""The rules of places: neighbourhoods kept by operators, addresses and their pins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring, upsert
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.services import enqueue
from app.core.settings import settings
from app.places import queries
from app.places.errors import NeighbourhoodNotFoundError
from app.places.models import Address, GeocodeAnswer, GeocoderPace, Neighbourhood
from app.places.types.points import Datum, Point, to_wgs84
from app.places.types.rows import Found, PinSource
from app.places.types.verbs import (
    NEIGHBOURHOOD_ADDED,
    NEIGHBOURHOOD_ARCHIVED,
    NEIGHBOURHOOD_EDITED,
    NEIGHBOURHOOD_RESTORED,
)

GEOCODER_INTERVAL = timedelta(seconds=1)
GEOCODE_JOB = "places.geocode"
CORNERS_NEEDED = 3


def add_neighbourhood(
    actor: Viewer,
    *,
    name: str,
    slug: str,
    centre: Point,
    at: datetime,
    name_en: str | None = None,
    polygon: Sequence[Sequence[float]] | None = None,
    position: int = 0,
) -> Neighbourhood:
    """Add a neighbourhood; refuses a short name that is taken and a place that is not on earth."""
    _check_shape(slug, centre, polygon, own_id=None)
    row = Neighbourhood(
        name=name,
        name_en=name_en or None,
        slug=slug,
        lat=centre.lat,
        lng=centre.lng,
        polygon=[list(corner) for corner in polygon] if polygon else None,
        position=position,
        made_at=at,
    )
    db.session.add(row)
    db.session.flush()
    record(actor, NEIGHBOURHOOD_ADDED, ("neighbourhood", row.id), at=at, place=row.id)
    return row


def edit_neighbourhood(
    actor: Viewer,
    neighbourhood_id: int,
    *,
    name: str,
    slug: str,
    centre: Point,
    at: datetime,
    name_en: str | None = None,
    polygon: Sequence[Sequence[float]] | None = None,
    position: int = 0,
) -> Neighbourhood:
    """Change a neighbourhood; refuses what `add_neighbourhood` refuses, and an unknown one."""
    row = _neighbourhood(neighbourhood_id)
    _check_shape(slug, centre, polygon, own_id=neighbourhood_id)
    row.name, row.name_en, row.slug, row.position = name, name_en or None, slug, position
    row.lat, row.lng = centre.lat, centre.lng
    row.polygon = [list(corner) for corner in polygon] if polygon else None
    db.session.flush()
    record(actor, NEIGHBOURHOOD_EDITED, ("neighbourhood", row.id), at=at, place=row.id)
    return row


def check_name_is_free(name: str, *, but: int | None) -> None:
    """Refuse the name of another neighbourhood that stands on the lists."""
    same = select(Neighbourhood.id).where(
        Neighbourhood.name == name.strip(), Neighbourhood.archived_at.is_(None)
    )
    if set(db.session.scalars(same)) - {but}:
        raise FieldError("name", _l("Another neighbourhood has this name."))


def archive_neighbourhood(
    actor: Viewer, neighbourhood_id: int, *, reason: str, at: datetime
) -> None:
    """Take a neighbourhood off the lists; what points at it keeps its name."""
    row = _neighbourhood(neighbourhood_id)
    row.archived_at = row.archived_at or at
    db.session.flush()
    subject = ("neighbourhood", row.id)
    record(actor, NEIGHBOURHOOD_ARCHIVED, subject, at=at, place=row.id, reason=reason)


def restore_neighbourhood(actor: Viewer, neighbourhood_id: int, *, at: datetime) -> None:
    """Put an archived neighbourhood back on the lists."""
    row = _neighbourhood(neighbourhood_id)
    row.archived_at = None
    db.session.flush()
    record(actor, NEIGHBOURHOOD_RESTORED, ("neighbourhood", row.id), at=at, place=row.id)


def _neighbourhood(neighbourhood_id: int) -> Neighbourhood:
    row = db.session.get(Neighbourhood, neighbourhood_id)
    if row is None:
        raise NeighbourhoodNotFoundError
    return row


def _check_shape(
    slug: str, centre: Point, polygon: Sequence[Sequence[float]] | None, *, own_id: int | None
) -> None:
    if not centre.is_on_earth:
        raise FieldError("lat", _l("This is not a place on earth."))
    if polygon is not None and not _is_outline(polygon):
        raise FieldError("polygon", _l("An outline needs three corners of latitude and longitude."))
    other = queries.neighbourhood_by_slug(slug)
    if other is not None and other.id != own_id:
        raise FieldError("slug", _l("Another neighbourhood has this short name."))


def _is_outline(polygon: Sequence[Sequence[float]]) -> bool:
    return len(polygon) >= CORNERS_NEEDED and all(
        len(corner) == 2 and Point(*corner).is_on_earth for corner in polygon
    )


def add_address(
    owner: tuple[str, int],
    *,
    text: str,
    at: datetime,
    label: str | None = None,
    detail: str | None = None,
    contact_name: str | None = None,
    phone: str | None = None,
    neighbourhood_id: int | None = None,
    point: Point | None = None,
    pin_source: PinSource = PinSource.MANUAL,
) -> Address:
    """Keep an address for its owner; without a pin the geocoder is asked later, if there is one."""
    row = Address(
        owner_kind=owner[0],
        owner_id=owner[1],
        label=label or None,
        text=text,
        detail=detail or None,
        contact_name=contact_name or None,
        phone=phone or None,
        neighbourhood_id=neighbourhood_id,
        lat=point.lat if point else None,
        lng=point.lng if point else None,
        pin_source=pin_source if point else None,
        made_at=at,
    )
    db.session.add(row)
    db.session.flush()
    if point is None:
        ask_geocoder(row)
    return row


def edit_address(
    actor: Viewer,
    address_id: int,
    *,
    text: str,
    label: str | None = None,
    detail: str | None = None,
    contact_name: str | None = None,
    phone: str | None = None,
    neighbourhood_id: int | None = None,
) -> Address:
    """Change an address; another text loses a pin that the geocoder had set."""
    row = queries.address_for(actor, address_id)
    has_moved = row.text != text and row.pin_source is not PinSource.MANUAL
    row.text, row.label, row.detail = text, label or None, detail or None
    row.contact_name, row.phone = contact_name or None, phone or None
    row.neighbourhood_id = neighbourhood_id
    if has_moved:
        row.lat = row.lng = row.pin_source = None
    db.session.flush()
    if has_moved:
        ask_geocoder(row)
    return row


def pin_address(
    actor: Viewer, address_id: int, point: Point, *, datum: Datum = Datum.WGS84
) -> Address:
    """Set the pin by hand; it wins over the geocoder, and refuses a place not on earth."""
    row = queries.address_for(actor, address_id)
    if not point.is_on_earth:
        raise FieldError("lat", _l("This is not a place on earth."))
    kept = to_wgs84(point, datum)
    row.lat, row.lng, row.pin_source = kept.lat, kept.lng, PinSource.MANUAL
    if row.neighbourhood_id is None:
        home = queries.neighbourhood_at(kept)
        row.neighbourhood_id = home.id if home else None
    db.session.flush()
    return row


def archive_address(actor: Viewer, address_id: int, *, at: datetime) -> None:
    """Take an address off its owner's list; orders that were sent there keep it."""
    queries.address_for(actor, address_id).archived_at = at
    db.session.flush()


def forget_addresses(owner_kind: str, owner_id: int) -> int:
    """Delete the addresses of an owner who leaves; return how many there were."""
    theirs = (Address.owner_kind == owner_kind) & (Address.owner_id == owner_id)
    return changed(delete(Address).where(theirs))


def ask_geocoder(address: Address) -> None:
    """Have a job look for the address's coordinates; does nothing on a site without a geocoder."""
    question = queries.question_of(address.text)
    if settings().geocoder_url and question:
        key = f"geocode:{address.id}:{queries.question_key(question)[:16]}"
        enqueue(GEOCODE_JOB, {"address_id": address.id, "question": question}, key=key)


def take_geocoder_turn(at: datetime, *, patience: timedelta) -> datetime | None:
    """Return when the caller may ask, a second after the last; None if that is too far off."""
    insert_ignoring(GeocoderPace, [{"id": 1, "next_at": at}], keys=["id"])
    pace = db.session.get_one(GeocoderPace, 1, with_for_update=True, populate_existing=True)
    turn = max(at, pace.next_at)
    if turn - at > patience:
        return None
    pace.next_at = turn + GEOCODER_INTERVAL
    db.session.flush()
    return turn


def keep_answer(question: str, found: Found | None, *, at: datetime) -> None:
    """Remember what the geocoder said, so that the same question is not asked twice."""
    row = {
        "question_key": queries.question_key(question),
        "question": question,
        "lat": found.point.lat if found else None,
        "lng": found.point.lng if found else None,
        "label": found.label if found else None,
        "answered_at": at,
    }
    renewed = ("lat", "lng", "label", "answered_at")
    upsert(
        GeocodeAnswer,
        [row],
        keys=["question_key"],
        update=lambda new: {name: getattr(new, name) for name in renewed},
    )


def pin_found_address(address_id: int, question: str, found: Point) -> bool:
    """Set the geocoder's pin; False where a hand was faster or the address says something else."""
    row = db.session.get(Address, address_id, populate_existing=True)
    if row is None or queries.question_of(row.text) != question:
        return False
    values = {"lat": found.lat, "lng": found.lng, "pin_source": PinSource.GEOCODER}
    if row.neighbourhood_id is None:
        home = queries.neighbourhood_at(found)
        values |= {"neighbourhood_id": home.id if home else None}
    free = update(Address).where(Address.id == address_id, Address.pin_source.is_(None))
    return changed(free.values(**values)) == 1
