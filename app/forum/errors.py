"""What the forum refuses, each with one plain sentence."""

from app.core.errors import ConflictError, FieldError, LinliError, NotAllowedError
from app.core.i18n import lazy_gettext as _l


class ThreadClosedError(ConflictError):
    """The thread takes no more posts."""

    message = _l("This thread is closed. Open a new one if there is more to say.")


class BoardArchivedError(ConflictError):
    """The board takes no more threads."""

    message = _l("This board is archived. Choose another one.")


class PostMovedError(ConflictError):
    """Somebody else hid, showed or edited the post at the same time."""

    message = _l("Somebody changed this post just now. Look at it again.")


class NotAQuestionError(ConflictError):
    """Only a question has an accepted answer."""

    message = _l("Only a question can have an accepted answer.")


class OwnThanksError(NotAllowedError):
    """Nobody thanks themselves."""

    message = _l("You cannot thank yourself.")


class EmptyTextError(FieldError):
    """Nothing readable is left of the text."""

    message = _l("Please write something.")


class DumpRefusedError(LinliError):
    """A file of a dump cannot be read, or is not safe to read; nothing was brought in."""

    status = 422
    message = _l("%(file)s cannot be read: %(reason)s")
