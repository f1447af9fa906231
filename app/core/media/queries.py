"""Reads of pictures."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app.core.access import is_signed, signed
from app.core.db import db
from app.core.media.models import Picture
from app.core.media.types import PictureRow, Size

EMPTY = ""  # the name and the owner of a picture that is gone and keeps its id from the next one
_TAG = 12


def file_path(name: str, size: Size) -> str:
    """Return where a picture's file of a size lies in the store."""
    return f"{name[:2]}/{name}-{size}.webp"


def address_part(picture_id: int, size: Size) -> str:
    """Return the last part of a picture's address; its tag cannot be guessed from other pictures'
    addresses.
    """
    return f"{picture_id}-{signed('picture', str(picture_id))[:_TAG]}-{size}.webp"


def id_behind(address: str) -> tuple[int, Size] | None:
    """Return picture and size behind the last part of an address, or None where it is not one of
    ours.
    """
    number, _dash, rest = address.partition("-")
    tag, _dash, ending = rest.partition("-")
    size = ending.removesuffix(".webp")
    if not (number.isdecimal() and number.isascii() and len(number) < 10 and size in set(Size)):
        return None
    full = signed("picture", number)
    if not ending.endswith(".webp") or not is_signed("picture", number, tag + full[_TAG:]):
        return None
    return int(number), Size(size)


def picture_at(address: str) -> tuple[str, Size, bool] | None:
    """Return content name and size behind the last part of an address and whether it is hidden, or
    None where it is not one of ours.
    """
    found = id_behind(address)
    if found is None:
        return None
    wanted = sa.select(Picture.name, Picture.hidden_at).where(Picture.id == found[0])
    row = db.session.execute(wanted).one_or_none()
    if row is None or row.name == EMPTY:
        return None
    return row.name, found[1], row.hidden_at is not None


def pictures_of(owner_kind: str, owner_ids: Sequence[int]) -> dict[int, list[PictureRow]]:
    """Return the pictures of several owners of one kind, oldest first, by owner. One statement."""
    found: dict[int, list[PictureRow]] = {}
    for row in _rows(Picture.owner_kind == owner_kind, Picture.owner_id.in_(list(owner_ids))):
        found.setdefault(row.owner_id, []).append(row)
    return found


def picture_rows(picture_ids: Iterable[int]) -> dict[int, PictureRow]:
    """Return pictures by id. One statement."""
    return {row.id: row for row in _rows(Picture.id.in_(sorted(set(picture_ids))))}


def _rows(*conditions: sa.ColumnElement[bool]) -> list[PictureRow]:
    rows = db.session.execute(
        sa.select(
            Picture.id,
            Picture.name,
            Picture.width,
            Picture.height,
            Picture.owner_kind,
            Picture.owner_id,
        )
        .where(*conditions, Picture.name != EMPTY)
        .order_by(Picture.id)
    )
    return [PictureRow(*row) for row in rows]
