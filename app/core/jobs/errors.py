"""How a job's handler says that trying again is of no use."""

from app.core.errors import LinliError, NotFoundError
from app.core.i18n import lazy_gettext as _l


class GiveUpError(LinliError):
    """A handler raises it where no later attempt can succeed; the row fails at once."""

    message = _l("This could not be carried out.")


class NoSuchJobError(NotFoundError):
    """No row of this id, or none that may be tried again."""

    message = _l("There is no such job.")
