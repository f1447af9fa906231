"""Roles: given with a reason, and taken back with one."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import AlreadyHoldsRoleError, LastOperatorError, RoleGoneError
from app.accounts.models import RoleGrant
from app.accounts.policies.roles import check_can_give, check_reason
from app.accounts.signals import role_given, role_taken
from app.accounts.types import ROLE_GIVEN, ROLE_TAKEN
from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.db import db, moved


def give_role(
    actor: Viewer,
    user_id: int,
    role: str,
    *,
    reason: str,
    at: datetime,
    scope: tuple[str, int] = ("", 0),
) -> RoleGrant:
    """Give a role, for the site or in a scope; refuses a second time, and who may not."""
    wanted = Role(role)
    check_can_give(actor, wanted, *scope)
    person = queries.user(user_id)
    grant = RoleGrant(
        user_id=person.id,
        role=wanted,
        scope_kind=scope[0],
        scope_id=scope[1],
        given_by=actor.id,
        given_reason=check_reason(reason),
        given_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(grant)
    except IntegrityError as held:
        raise AlreadyHoldsRoleError from held
    data = {"role": wanted, "scope": list(scope)}
    record(actor, ROLE_GIVEN, ("user", user_id), at=at, data=data, reason=grant.given_reason)
    role_given.send(grant, grant=grant, at=at)
    return grant


def take_role(actor: Viewer, grant_id: int, *, reason: str, at: datetime) -> RoleGrant:
    """Take a role back with a reason; refuses one that is gone, and the last operator's."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None:
        raise RoleGoneError
    check_can_give(actor, grant.role, grant.scope_kind, grant.scope_id)
    if grant.role is Role.OPERATOR and grant.taken_at is None and _operators() <= 1:
        raise LastOperatorError
    tidy = check_reason(reason)
    held = update(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.taken_at.is_(None))
    moved(held.values(taken_at=at, taken_by=actor.id, taken_reason=tidy), RoleGoneError())
    db.session.refresh(grant)
    data = {"role": grant.role, "scope": [grant.scope_kind, grant.scope_id]}
    record(actor, ROLE_TAKEN, ("user", grant.user_id), at=at, data=data, reason=tidy)
    role_taken.send(grant, grant=grant, at=at)
    return grant


def _operators() -> int:
    held = (RoleGrant.role == Role.OPERATOR) & RoleGrant.taken_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RoleGrant).where(held)) or 0
