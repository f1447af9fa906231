"""What can be read about children's accounts: by their guardians, and by nobody else."""

from datetime import datetime

from sqlalchemy import func, select

from app.accounts.errors import PersonNotFoundError
from app.accounts.models import Closing, Guardianship, SignIn, User
from app.accounts.types import ChildRow, ClosingState
from app.core.access import Viewer
from app.core.db import db


def children_of(guardian_id: int, *, at: datetime) -> list[ChildRow]:
    """Return the open accounts of a guardian's children, the oldest first."""
    closing = (
        select(Closing.id)
        .where(Closing.user_id == User.id, Closing.state == ClosingState.WAITING)
        .exists()
    )
    devices = (
        select(func.count(SignIn.id))
        .where(SignIn.user_id == User.id, SignIn.ended_at.is_(None), SignIn.ends_at > at)
        .scalar_subquery()
    )
    wanted = (
        select(User.id, User.name, Guardianship.born_on, Guardianship.made_at, closing, devices)
        .join(Guardianship, Guardianship.child_id == User.id)
        .where(Guardianship.guardian_id == guardian_id, User.closed_at.is_(None))
        .order_by(Guardianship.born_on, User.id)
    )
    return [ChildRow(*row) for row in db.session.execute(wanted)]


def check_page_open(viewer: Viewer, person_id: int) -> None:
    """Refuse the page of a child to all but the child, the guardian and those who run the town."""
    if viewer.id == person_id or viewer.is_reviewer:
        return
    wanted = select(Guardianship.guardian_id).where(Guardianship.child_id == person_id)
    guardian_id = db.session.scalar(wanted)
    if guardian_id is not None and guardian_id != viewer.id:
        raise PersonNotFoundError
