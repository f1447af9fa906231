"""Why a pool refuses."""

from app.core.errors import ConflictError
from app.core.i18n import lazy_gettext as _l


class PoolEmptyError(ConflictError):
    """Too little is left; data carries `pool_id`, `wanted` and `free`."""

    message = _l("Not enough is left.")


class PoolTooLowError(ConflictError):
    """A total below what is promised; data carries `pool_id`, `taken` and the `owners` (kind, id,
    quantity).
    """

    message = _l("More than that is already promised. Cancel or short some of it first.")


class HoldGoneError(ConflictError):
    """The hold is not in the state the step needs any more; data carries `hold_id`."""

    message = _l("What was kept for you has been given back. Please choose again.")
