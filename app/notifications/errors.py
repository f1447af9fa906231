"""What the notifications house refuses."""

from app.core.errors import NotFoundError
from app.core.i18n import lazy_gettext as _l


class StaleLinkError(NotFoundError):
    """The link to stop mails is not one of ours."""

    message = _l("This link does not work. You can change what we send you on your own page.")
