"""What settlement refuses."""

from app.core.errors import ConflictError, NotFoundError
from app.core.i18n import lazy_gettext as _l


class BillNotFoundError(NotFoundError):
    """No such bill, or not for this viewer."""

    message = _l("There is no such bill.")


class OverpaidError(ConflictError):
    """A receipt above what is still open on the bill."""

    message = _l(
        "This is more than the bill still asks for (%(open)s). Record the rest on another bill."
    )


class TakenBackError(ConflictError):
    """The receipt was taken back before."""

    message = _l("This receipt has been taken back already.")
