"""Why a mail is not taken."""

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l


class MailAddressError(FieldError):
    """An address that cannot be one, or that carries more than an address."""

    message = _l("This is not a mail address.")
