"""Why a text message is not taken."""

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.errors import GiveUpError


class PhoneNumberError(FieldError):
    """A number to which no text message can go."""

    message = _l("This does not look like a mobile number.")

    def __init__(self, field: str = "phone") -> None:
        """Show the sentence at the phone."""
        super().__init__(field)


class NumberRefusedError(GiveUpError):
    """The gateway said that no message can go to this number."""
