"""Who works in a shop: roles are given by mail and taken with a reason, and one owner
always stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import RoleGrant, User
from app.accounts.services import give_role, take_role
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import LastOwnerError
from app.merchants.types import STAFF_GIVEN, STAFF_ROLES, STAFF_TAKEN


def give_staff_role(
    actor: Viewer, merchant_id: int, *, mail: str, role: str, reason: str, at: datetime
) -> RoleGrant:
    """Give a person a role in a shop by their mail address; refuses an unknown mail and role."""
    if role not in STAFF_ROLES:
        raise FieldError("role", _l("Please choose one of these."))
    person_id = db.session.scalar(
        select(User.id).where(User.mail == mail.strip().casefold(), User.closed_at.is_(None))
    )
    if person_id is None:
        raise FieldError("mail", _l("Nobody here has this mail address. Ask them to join first."))
    grant = give_role(
        actor, person_id, role, reason=reason, at=at, scope=("merchant", merchant_id)
    )  # fmt: skip
    record(
        actor, STAFF_GIVEN, ("merchant", merchant_id), at=at, reason=reason,
        data={"person_id": person_id, "role": role},
    )  # fmt: skip
    return grant


def take_staff_role(
    actor: Viewer, merchant_id: int, grant_id: int, *, reason: str, at: datetime
) -> None:
    """Take a role in a shop back with a reason; refuses to leave the shop without an owner."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None or (grant.scope_kind, grant.scope_id) != ("merchant", merchant_id):
        raise NotFoundError
    if grant.role == "owner" and _owners(merchant_id) <= 1:
        raise LastOwnerError
    take_role(actor, grant_id, reason=reason, at=at)
    record(
        actor, STAFF_TAKEN, ("merchant", merchant_id), at=at, reason=reason,
        data={"person_id": grant.user_id, "role": str(grant.role)},
    )  # fmt: skip


def _owners(merchant_id: int) -> int:
    return db.session.scalar(
        select(func.count()).where(
            RoleGrant.scope_kind == "merchant",
            RoleGrant.scope_id == merchant_id,
            RoleGrant.role == "owner",
            RoleGrant.taken_at.is_(None),
        )
    ) or 0  # fmt: skip
