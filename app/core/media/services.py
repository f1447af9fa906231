"""Taking pictures in: prepared before the transaction, kept inside it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

import sqlalchemy as sa

from app.core import clock
from app.core.access import Viewer
from app.core.db import changed, db, is_writing
from app.core.jobs.services import enqueue
from app.core.media import decoding, gateway
from app.core.media.models import Picture
from app.core.media.queries import EMPTY, file_path
from app.core.media.types import PictureRow, PreparedPicture, Size
from app.core.settings import settings

__all__ = ["PictureRow", "PreparedPicture", "drop_pictures", "keep", "prepared", "prepared_bytes"]


def prepared(file: Any, *, field: str = "picture") -> PreparedPicture:
    """Decode an uploaded file and write it anew in our sizes; nothing is stored.

    Refuses what is no readable picture, too large, damaged or an SVG with PictureRefusedError at
    `field`. Must be called before the transaction.
    """
    stream: IO[bytes] = getattr(file, "stream", file)
    return prepared_bytes(stream.read(decoding.LARGEST_FILE + 1), field=field)


def prepared_bytes(content: bytes, *, field: str = "picture") -> PreparedPicture:
    """Do what `prepared` does for bytes at hand, as from an import."""
    if is_writing():
        raise RuntimeError("a picture is prepared before the transaction")
    return decoding.decoded(content, field=field)


def keep(
    picture: PreparedPicture,
    *,
    owner: tuple[str, int],
    actor: Viewer,
    at: datetime | None = None,
) -> Picture:
    """Keep a prepared picture for its owner: a row, and the files in the instance folder.

    Where pictures live outside, a job copies them there. Files of a transaction that fails are
    swept up later.
    """
    row = Picture(
        name=picture.name,
        width=picture.width,
        height=picture.height,
        owner_kind=owner[0],
        owner_id=owner[1],
        given_by=actor.id,
        at=at or clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    for size, content in picture.files.items():
        gateway.write_local(file_path(picture.name, size), content)
    if settings().media_url:
        enqueue("media.copy", {"name": picture.name})
    return row


def drop_pictures(picture_ids: Sequence[int]) -> None:
    """Forget pictures; their files go with the next sweep, unless another row shares them.

    The newest row stays, empty, until there is a newer one: SQLite would give its id to the next
    picture, under an address at which browsers keep the old one for ever.
    """
    gone = Picture.id.in_(list(picture_ids))
    newest = sa.select(sa.func.max(Picture.id)).scalar_subquery()
    emptied = {"name": EMPTY, "owner_kind": EMPTY, "owner_id": 0, "given_by": None}
    changed(sa.update(Picture).where(gone, Picture.id == newest).values(emptied))
    ended = sa.or_(gone, Picture.owner_kind == EMPTY)
    changed(sa.delete(Picture).where(ended, Picture.id < newest))


def hide_picture(picture_id: int, *, at: datetime) -> None:
    """Show a grey field in a picture's place, until it is shown again."""
    shown = (Picture.id == picture_id) & Picture.hidden_at.is_(None)
    changed(sa.update(Picture).where(shown).values(hidden_at=at))


def show_picture(picture_id: int) -> None:
    """Show a hidden picture again."""
    changed(sa.update(Picture).where(Picture.id == picture_id).values(hidden_at=None))


def orphans_among(names: Iterable[str]) -> set[str]:
    """Return those content names that no picture uses any more."""
    asked = set(names)
    used = db.session.scalars(sa.select(Picture.name).where(Picture.name.in_(asked)))
    return asked - set(used)


def file_paths(name: str) -> list[str]:
    """Return where all files of a content name lie."""
    return [file_path(name, size) for size in Size]
