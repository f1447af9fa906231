"""What accounts may refuse with."""

from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError, TooManyError
from app.core.i18n import lazy_gettext as _l


class WrongPasswordError(FieldError):
    """Mail and password do not belong together; it is not said which of them is wrong."""

    message = _l("Mail or password is wrong.")

    def __init__(self, field: str = "password") -> None:
        """Show the sentence at the password."""
        super().__init__(field)


class MailTakenError(FieldError):
    """Somebody has an account with this mail already."""

    message = _l("This mail has an account already. Sign in, or set a new password.")

    def __init__(self, field: str = "mail") -> None:
        """Show the sentence at the mail."""
        super().__init__(field)


class NameTakenError(FieldError):
    """Somebody else has this name here."""

    message = _l("A neighbour has this name already. How about “%(offer)s”?")

    def __init__(self, offer: str, field: str = "name") -> None:
        """Show the sentence at the name, with one that is free."""
        super().__init__(field, offer=offer)


class PhoneTakenError(FieldError):
    """Somebody has an account with this phone already."""

    message = _l("This phone has an account already.")

    def __init__(self, field: str = "phone") -> None:
        """Show the sentence at the phone."""
        super().__init__(field)


class SuspendedError(NotAllowedError):
    """The account is suspended until a day that the sentence names."""

    message = _l("This account is suspended until %(until)s.")


class TooManyTriesError(TooManyError):
    """Too many tries from here; another device or a reset link still works."""

    message = _l("Too many tries. Wait a little, or set a new password by mail.")


class ResetLinkError(NotFoundError):
    """The link was used, has run out or never was."""

    message = _l("This link has been used or has run out. Ask for a new one.")


class PersonNotFoundError(NotFoundError):
    """No such person, or the account is closed."""

    message = _l("There is no such person.")


class AlreadyHoldsRoleError(ConflictError):
    """The person holds this role in this scope already."""

    message = _l("This person has this role already.")


class RoleGoneError(ConflictError):
    """The role was taken before."""

    message = _l("This role was taken back already.")


class LastOperatorError(ConflictError):
    """A site without an operator could never get one again."""

    message = _l("This is the last operator. Give the role to somebody else first.")
