"""What a service may refuse with; `core.pages` alone turns these into answers."""

from typing import Any, ClassVar

from app.core.i18n import lazy_gettext as _l


class LinliError(Exception):
    """A refusal with a sentence for the person, a status for the program and data for both."""

    status: ClassVar[int] = 500
    message: Any = _l("Something went wrong.")

    def __init__(self, message: Any = None, **data: Any) -> None:
        """Keep `data` for the page; `message` replaces the class's sentence where it is given."""
        super().__init__()
        if message is not None:
            self.message = message
        self.data = data

    def __str__(self) -> str:
        """Return the sentence, filled with the data it names."""
        text = str(self.message)
        return text % self.data if self.data and "%(" in text else text


class FieldError(LinliError):
    """The input breaks a rule: 422, the form shown again with the message at the field."""

    status = 422

    def __init__(self, field: str, message: Any = None, **data: Any) -> None:
        """Name the form field the message belongs to."""
        super().__init__(message, **data)
        self.field = field


class InvalidFormError(LinliError):
    """The form's own checks failed; its fields carry the messages."""

    status = 422
    message = _l("Please look at the marked fields.")


class BadRequestError(LinliError):
    """The request is not one of our own pages' (a missing token, a foreign origin)."""

    status = 400
    message = _l("This request did not come from our page. Go back, reload and try again.")


class NotSignedInError(LinliError):
    """Nobody is signed in, and somebody must be."""

    status = 401
    message = _l("Please sign in first.")


class NotAllowedError(LinliError):
    """The person is known and may not do this."""

    status = 403
    message = _l("You may not do this.")


class NotFoundError(LinliError):
    """Not there, or not for this viewer to know of."""

    status = 404
    message = _l("It may have been taken away, or it is for others to see.")


class ConflictError(LinliError):
    """The world moved: sold out, already paid, edited by somebody else."""

    status = 409
    message = _l("Somebody was faster. This is how it stands now.")


class TooManyError(LinliError):
    """A rate or daily limit; `retry_after` is in seconds."""

    status = 429
    message = _l("That was too often. Please wait a little.")

    def __init__(self, message: Any = None, *, retry_after: int = 60, **data: Any) -> None:
        """Say after how many seconds another try makes sense."""
        super().__init__(message, **data)
        self.retry_after = retry_after


class TooLargeError(LinliError):
    """What was sent is larger than the site takes."""

    status = 413
    message = _l("This is too large to send.")


class PaymentRefusedError(LinliError):
    """The payer's bank or wallet said no."""

    status = 402
    message = _l("The payment was refused.")


class OutsideDownError(LinliError):
    """A service outside the house does not answer."""

    status = 503
    message = _l("A service we depend on does not answer. Please try again in a minute.")


class AlreadyDoneError(LinliError):
    """The same form was sent before; `location` is where the first one led."""

    status = 303
    message = _l("This was done already.")

    def __init__(self, location: str | None) -> None:
        """Remember where the first answer led."""
        super().__init__()
        self.location = location
