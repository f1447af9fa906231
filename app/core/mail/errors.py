"""Why a mail is not taken."""

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.errors import GiveUpError


class MailAddressError(FieldError):
    """An address that cannot be one, or that carries more than an address."""

    message = _l("This is not a mail address.")


class AddressRefusedError(GiveUpError):
    """The mail server said that nobody lives at the address."""

    message = "the address is refused"
