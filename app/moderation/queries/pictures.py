"""What can be read about people in pictures."""

from typing import Any

from sqlalchemy import select

from app.core.access import Viewer
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.media.models import Picture
from app.core.media.queries import EMPTY
from app.moderation.models import PictureConsent, PictureRemoval, Takedown
from app.moderation.types import Consent, RemovalRow, RemovalState, Reportable

_COLUMNS: tuple[Any, ...] = tuple(
    getattr(PictureRemoval, name) for name in RemovalRow.__dataclass_fields__
)


def picture_shown(picture_id: int) -> Any:
    """Return id, giver and hiding of a picture; refuses an unknown one."""
    wanted = select(
        Picture.id, Picture.given_by, Picture.hidden_at, Picture.owner_kind, Picture.owner_id
    ).where(Picture.id == picture_id, Picture.name != EMPTY)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def reportable_picture(viewer: Viewer, picture_id: int) -> Reportable:
    """Return what the desk may know of a picture; for others its own page is the only way to it."""
    if not viewer.is_reviewer:
        raise NotFoundError
    row = picture_shown(picture_id)
    return Reportable(_("A picture"), author_id=row.given_by, is_taken=row.hidden_at is not None)


def is_kept_hidden(picture_id: int) -> bool:
    """Whether somebody's wish not to be in a picture, or a take-down, keeps it hidden."""
    wish = select(PictureRemoval.id).where(
        PictureRemoval.picture_id == picture_id, PictureRemoval.state != RemovalState.KEPT
    )
    return db.session.scalar(wish.limit(1)) is not None or is_taken_down(picture_id)


def is_taken_down(picture_id: int) -> bool:
    """Whether a take-down hides a picture."""
    wanted = select(Takedown.id).where(
        Takedown.subject_kind == "picture", Takedown.subject_id == picture_id, Takedown.is_hidden
    )
    return db.session.scalar(wanted.limit(1)) is not None


def may_say(viewer: Viewer, given_by: int | None) -> bool:
    """Whether the viewer says who is in a picture: who shared it, or a reviewer."""
    return viewer.is_member and (viewer.id == given_by or viewer.is_reviewer)


def consent_of(picture_id: int) -> Consent | None:
    """Return what was said about the people in a picture, if anything was."""
    wanted = select(PictureConsent.consent).where(PictureConsent.picture_id == picture_id)
    return db.session.scalar(wanted)


def open_removal(picture_id: int) -> RemovalRow | None:
    """Return the wish that waits about a picture, if one does."""
    rows = removals(picture_id=picture_id)
    return rows[0] if rows else None


def removals(*, picture_id: int | None = None, limit: int = 50) -> list[RemovalRow]:
    """Return wishes that wait for a decision, oldest first; about one picture, if named."""
    wanted = select(*_COLUMNS).where(PictureRemoval.state == RemovalState.WAITING)
    if picture_id is not None:
        wanted = wanted.where(PictureRemoval.picture_id == picture_id)
    rows = db.session.execute(wanted.order_by(PictureRemoval.id).limit(limit))
    return [RemovalRow(*row) for row in rows]
