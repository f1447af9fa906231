"""Why nothing can be written now; to a job it is a reason to try again later."""

from app.core.errors import OutsideDownError
from app.core.i18n import lazy_gettext as _l


class TownClosedError(OutsideDownError):
    """Nobody may write now; data carries `since` and `reason`, worded."""

    message = _l(
        "Since %(since)s this site can only be read. %(reason)s What you sent was not kept: keep "
        "this page open and send it again later. Reading goes on."
    )


class TeamOnlyError(OutsideDownError):
    """Only the town's team may write now; data carries `since` and `reason`, worded."""

    message = _l(
        "Since %(since)s only the town's team can write here. %(reason)s What you sent was not "
        "kept: keep this page open and send it again later. Reading goes on."
    )
