"""What the first start refuses."""

from app.core.errors import ConflictError, FieldError, LinliError
from app.core.i18n import lazy_gettext as _l


class NotYetOpenError(LinliError):
    """The town is still being made; asked for by programs, pages are led to the first start."""

    status = 503
    message = _l("This town is not open yet.")


class SomebodyBeganError(ConflictError):
    """Another person has begun with this town; data carries where to sign in."""

    message = _l("Somebody has just begun to set this town up. Sign in if it was you.")


class NotReadyError(ConflictError):
    """Something that a town cannot do without is missing; data carries the page that has it."""

    message = _l("The town cannot open yet: it needs a name and at least one board.")


class NotPlacedError(ConflictError):
    """A neighbourhood stands nowhere: it has no outline, and the town has no middle."""

    message = _l("Say where the town is, so that its neighbourhoods have a place on the map.")


class WrongKeyError(FieldError):
    """The first-start key is another one."""

    def __init__(self) -> None:
        """Say where the key stands."""
        super().__init__(
            "start_key", _l("This is not the key. It stands in the server's log and terminal.")
        )
