"""Who may see, sell, order and change what in a shop."""

from __future__ import annotations

from datetime import datetime

from app.core.access import SYSTEM, Viewer
from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.merchants.types import SHOWN_STATES, MerchantState

KEEPERS = ("owner", "manager")
SHELF = ("owner", "manager", "clerk")
TAKEN_DOWN = _l("The town's desk took this down. Read why, and answer if you see it otherwise.")


def can_see_merchant(viewer: Viewer, merchant_id: int, state: MerchantState) -> bool:
    """Whether the shop's page is there for this viewer."""
    return (
        state in SHOWN_STATES or viewer.is_operator or viewer.is_staff_of(merchant_id)
        or viewer is SYSTEM
    )  # fmt: skip


def check_sees_merchant(viewer: Viewer, merchant_id: int, state: MerchantState) -> None:
    """Refuse, as if it were not there, a shop that is not shown to this viewer."""
    if not can_see_merchant(viewer, merchant_id, state):
        raise NotFoundError


def can_keep(actor: Viewer, merchant_id: int, *roles: str) -> bool:
    """Whether the actor may change the shop: its staff in one of the roles, an operator, the
    system.
    """
    if actor is SYSTEM or actor.is_operator:
        return True
    return actor.is_staff_of(merchant_id, *(roles or KEEPERS))


def check_keeps(actor: Viewer, merchant_id: int, *roles: str) -> None:
    """Refuse an actor who may not change the shop."""
    if not can_keep(actor, merchant_id, *roles):
        raise NotAllowedError


def check_operates(actor: Viewer) -> None:
    """Refuse anybody but an operator and the system."""
    if not (actor is SYSTEM or actor.is_operator):
        raise NotAllowedError


def check_trades(state: MerchantState) -> None:
    """Refuse to list anything for a shop that does not trade."""
    if state is not MerchantState.ACTIVE:
        raise ConflictError(_l("A shop that does not trade cannot list anything."))


def check_stands(hidden_at: datetime | None) -> None:
    """Refuse to put up what the desk took down."""
    if hidden_at is not None:
        raise ConflictError(TAKEN_DOWN)


def check_named(name_zh: str, name_en: str) -> None:
    """Refuse a thing without a name in either language."""
    if not name_zh.strip() and not name_en.strip():
        raise FieldError("name_zh", _l("Give it a name in at least one language."))
