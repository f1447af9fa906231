"""What moderation may refuse with."""

from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError, TooManyError
from app.core.i18n import lazy_gettext as _l


class SilencedError(NotAllowedError):
    """The person may read and not write for a while."""

    message = _l("You may read, but not write, for a while. Your page says until when and why.")


class RefusedWordError(FieldError):
    """The text has a word that is refused here."""

    message = _l("This word is not used here: %(word)s")


class AlreadyReportedError(ConflictError):
    """The person reported this before."""

    message = _l("You reported this already. Thank you.")


class NothingToAppealError(NotFoundError):
    """Nobody took this away from the person who asks."""

    message = _l("Nobody took this away from you.")


class TooManyReportsError(TooManyError):
    """The person reported more than a day's worth."""

    message = _l("That is a lot of reports for one day. Please write to the operator.")


class AlreadyDecidedError(ConflictError):
    """Another reviewer was faster."""

    message = _l("Somebody decided this already.")


class ReviewItemNotFoundError(NotFoundError):
    """No such item, or not one this reviewer may decide."""


class WordTakenError(FieldError):
    """The word is on the list already."""

    message = _l("This word is on the list already.")


class TooLateToAnswerError(ConflictError):
    """The author answered before, or the days for it are over."""

    message = _l("You answered already, or the time for it is over.")


class OnePersonError(NotAllowedError):
    """The one who asks may not be the one who allows."""

    message = _l("A second person must allow this: not the one who wrote it down.")
