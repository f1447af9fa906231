"""Who may give and take which role."""

from app.core.access import STAFF_ROLES, SYSTEM, Role, Viewer
from app.core.errors import FieldError, NotAllowedError
from app.core.i18n import lazy_gettext as _l

_GIVEN_BY_MANAGERS = frozenset({Role.CLERK, Role.COURIER})


def can_give(actor: Viewer, role: Role, scope_kind: str, scope_id: int) -> bool:
    """Return whether the actor may give or take the role: operators all, owners their own staff."""
    if actor is SYSTEM or actor.has_role(Role.OPERATOR):
        return True
    if scope_kind != "merchant" or role not in STAFF_ROLES:
        return False
    if actor.is_staff_of(scope_id, Role.OWNER):
        return True
    return role in _GIVEN_BY_MANAGERS and actor.is_staff_of(scope_id, Role.MANAGER)


def check_can_give(actor: Viewer, role: Role, scope_kind: str, scope_id: int) -> None:
    """Refuse an actor who may not, and a staff role without its shop."""
    if role in STAFF_ROLES and (scope_kind != "merchant" or scope_id <= 0):
        raise FieldError("scope", _l("A shop's role needs its shop."))
    if not can_give(actor, role, scope_kind, scope_id):
        raise NotAllowedError


def check_reason(reason: str) -> str:
    """Return the reason without spaces around it; refuses an empty one."""
    tidy = reason.strip()
    if not tidy:
        raise FieldError("reason", _l("Please say why."))
    return tidy[:200]
