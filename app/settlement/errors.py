"""What settlement refuses."""

from app.core.errors import ConflictError, FieldError, LinliError, NotAllowedError, NotFoundError
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


class WriteOffMovedError(ConflictError):
    """Somebody decided it before, or asked for this bill already."""

    message = _l("Somebody has asked for this bill, or decided about it, already.")


class SecondPersonError(NotAllowedError):
    """Who asks to let money go does not decide about it."""

    message = _l("You asked for it, so somebody else of the desk has to decide.")


class ExportUnreadableError(FieldError):
    """A sales export that cannot be read as a whole; nothing of it is taken."""

    message = _l("This file cannot be read.")


class LineRejectedError(LinliError):
    """One line of an export that is not taken; the reason is its message."""

    status = 422
