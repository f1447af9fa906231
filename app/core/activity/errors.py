"""Why the log refuses."""

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l


class ReasonMissingError(FieldError):
    """A privileged act without a reason."""

    message = _l("Please say why.")

    def __init__(self) -> None:
        super().__init__("reason")
