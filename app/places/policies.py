"""Who may touch which address."""

from app.core.access import SYSTEM, Role, Viewer
from app.places.errors import AddressNotFoundError
from app.places.models import Address


def can_change_address(viewer: Viewer, address: Address) -> bool:
    """Return whether the address belongs to the viewer, to their shop, or to the site they run.

    Where a neighbour lives is theirs alone: running the town opens no home.
    """
    if viewer is SYSTEM:
        return True
    if address.owner_kind == "user":
        return viewer.is_member and address.owner_id == viewer.id
    if address.owner_kind == "merchant" and viewer.is_staff_of(address.owner_id):
        return True
    return viewer.has_role(Role.OPERATOR)


def check_can_change_address(viewer: Viewer, address: Address | None) -> Address:
    """Refuse with `AddressNotFoundError` an address that is not there or not the viewer's."""
    if address is None or address.archived_at or not can_change_address(viewer, address):
        raise AddressNotFoundError
    return address
