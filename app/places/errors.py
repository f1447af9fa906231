"""What places may refuse with."""

from app.core.errors import NotFoundError
from app.core.i18n import lazy_gettext as _l


class NeighbourhoodNotFoundError(NotFoundError):
    """No such neighbourhood, or it is archived."""

    message = _l("There is no such neighbourhood.")


class AddressNotFoundError(NotFoundError):
    """No such address, or not one this viewer may know."""

    message = _l("There is no such address.")
