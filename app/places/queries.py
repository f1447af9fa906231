"""What can be read about places."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from app.core.access import Viewer
from app.core.db import db, fetch
from app.places import policies
from app.places.errors import NeighbourhoodNotFoundError
from app.places.models import Address, GeocodeAnswer, Neighbourhood
from app.places.types.points import Point, box_around, distance, is_inside
from app.places.types.rows import AddressRow, Found, Kept, NeighbourhoodRow

FAR_FROM_ANY = 5_000.0
NOT_FOUND_COUNTS = timedelta(days=30)

_NEIGHBOURHOOD = (
    Neighbourhood.id,
    Neighbourhood.name,
    Neighbourhood.name_en,
    Neighbourhood.slug,
    Neighbourhood.lat,
    Neighbourhood.lng,
    Neighbourhood.polygon,
    Neighbourhood.position,
    Neighbourhood.archived_at.is_not(None),
)
_ALL: Any = select(*_NEIGHBOURHOOD).order_by(Neighbourhood.position, Neighbourhood.id)
_IN_USE: Any = _ALL.where(Neighbourhood.archived_at.is_(None))
_SHAPELESS: Any = _IN_USE.with_only_columns(*_NEIGHBOURHOOD[:6])
_NAMES: Any = select(Neighbourhood.id, Neighbourhood.name, Neighbourhood.name_en).where(
    Neighbourhood.id.in_(bindparam("ids", expanding=True))
)
_ADDRESS: tuple[Any, ...] = (
    Address.id,
    Address.label,
    Address.text,
    Address.detail,
    Address.contact_name,
    Address.phone,
    Address.neighbourhood_id,
    Address.lat,
    Address.lng,
    Address.pin_source,
)


def neighbourhoods(*, with_archived: bool = False) -> list[NeighbourhoodRow]:
    """Return the town's neighbourhoods in the operator's order."""
    return [NeighbourhoodRow(*row) for row in fetch(_ALL if with_archived else _IN_USE)]


def neighbourhood_names() -> list[NeighbourhoodRow]:
    """Return the neighbourhoods in use without their shapes, which are long, for filters."""
    return [NeighbourhoodRow(*row) for row in fetch(_SHAPELESS)]


def neighbourhood(neighbourhood_id: int) -> NeighbourhoodRow:
    """Return one neighbourhood, archived or not; refuses an unknown one."""
    wanted = select(*_NEIGHBOURHOOD).where(Neighbourhood.id == neighbourhood_id)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NeighbourhoodNotFoundError
    return NeighbourhoodRow(*row)


def neighbourhood_by_slug(slug: str) -> NeighbourhoodRow | None:
    """Return the neighbourhood with this short name, archived or not, or None."""
    row = db.session.execute(
        select(*_NEIGHBOURHOOD).where(Neighbourhood.slug == slug)
    ).one_or_none()
    return None if row is None else NeighbourhoodRow(*row)


def names_of(neighbourhood_ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """Return Chinese and English names by id, in one statement."""
    ids = set(neighbourhood_ids)
    if not ids:
        return {}
    return {row[0]: (row[1], row[2]) for row in fetch(_NAMES, ids=list(ids))}


def neighbourhood_at(
    point: Point, among: Sequence[NeighbourhoodRow] | None = None
) -> NeighbourhoodRow | None:
    """Return the neighbourhood that holds the point, else the nearest within 5 km, else None."""
    rows = neighbourhoods() if among is None else among
    for row in rows:
        if row.polygon and is_inside(point, row.polygon):
            return row
    near = [(distance(point, row.point), row.id, row) for row in rows]
    nearest = min(near, default=None)
    return nearest[2] if nearest and nearest[0] <= FAR_FROM_ANY else None


def within(lat: Any, lng: Any, centre: Point, metres: float) -> ColumnElement[bool]:
    """Return the indexed condition that a pin may be within `metres`; recheck with `distance`."""
    box = box_around(centre, metres)
    return and_(lat.between(box.south, box.north), lng.between(box.west, box.east))


def addresses_of(owner: tuple[str, int]) -> list[AddressRow]:
    """Return the owner's addresses that are in use, oldest first."""
    kind, owner_id = owner
    wanted = select(*_ADDRESS).where(
        Address.owner_kind == kind, Address.owner_id == owner_id, Address.archived_at.is_(None)
    )
    return [AddressRow(*row) for row in db.session.execute(wanted.order_by(Address.id))]


def addresses_by_id(address_ids: Iterable[int]) -> dict[int, AddressRow]:
    """Return addresses by id, archived ones too, for houses that already guarded them."""
    ids = set(address_ids)
    if not ids:
        return {}
    rows = db.session.execute(select(*_ADDRESS).where(Address.id.in_(ids)))
    return {row.id: AddressRow(*row) for row in rows}


def address_for(viewer: Viewer, address_id: int) -> Address:
    """Return an address that the viewer may change; refuses any other as not there."""
    row = db.session.get(Address, address_id, populate_existing=True)
    return policies.check_can_change_address(viewer, row)


def question_of(text: str) -> str:
    """Return an address as it is asked of the geocoder: one width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())[:240]


def question_key(question: str) -> str:
    """Return the key under which the answer to a question is kept."""
    return hashlib.sha256(question.casefold().encode()).hexdigest()


def kept_answer(question: str, *, at: datetime) -> Kept | None:
    """Return what the geocoder said to this question before; "no such place" counts a month."""
    wanted = select(GeocodeAnswer).where(GeocodeAnswer.question_key == question_key(question))
    row = db.session.scalar(wanted)
    if row is None:
        return None
    if row.lat is None or row.lng is None:
        return Kept(None) if at - row.answered_at < NOT_FOUND_COUNTS else None
    return Kept(Found(Point(row.lat, row.lng), row.label or ""))
