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


class WrongCodeError(FieldError):
    """The code is not the one that was sent."""

    message = _l("This is not the code that we sent. Look again, or ask for a new one.")

    def __init__(self, field: str = "code") -> None:
        """Show the sentence at the code."""
        super().__init__(field)


class CodeGoneError(FieldError):
    """The code was used, has run out, or was guessed at too often."""

    message = _l("This code counts no more. Ask for a new one.")

    def __init__(self, field: str = "code") -> None:
        """Show the sentence at the code."""
        super().__init__(field)


class TooManyCodesError(TooManyError):
    """Too many codes were asked for here; other ways of signing in still work."""

    message = _l(
        "Too many codes were asked for. Wait an hour, or sign in another way: by mail and"
        " password, a passkey, or at the desk."
    )


class QuestionNeededError(FieldError):
    """Somebody asks for many codes: a person answers a question first."""

    message = _l("Please type the digits in the picture; programs ask for codes here, too.")

    def __init__(self, field: str = "answer") -> None:
        """Show the sentence at the answer."""
        super().__init__(field)


class NoTextMessagesError(FieldError):
    """The town has no gateway for text messages."""

    message = _l("This town sends no text messages yet. Please use another way.")

    def __init__(self, field: str = "phone") -> None:
        """Show the sentence at the phone."""
        super().__init__(field)


class FreshProofNeededError(NotAllowedError):
    """What is about money is opened only after the person proved again who they are."""

    message = _l("This is about money. First prove that it is you; it takes a minute.")


class TextsChangedError(ConflictError):
    """The texts changed while the person was reading them."""

    message = _l("The texts changed while you were reading. Please look once more.")


class ExportRunningError(ConflictError):
    """The person's data is being gathered already."""

    message = _l("Your data is being gathered already. Have a look in a minute.")


class ClosingGoneError(ConflictError):
    """The closing was asked for, taken back or done before."""

    message = _l("This was done before. Look at the page again.")


class StillBoundError(ConflictError):
    """Something still binds the person to the town."""

    message = _l("Something is still open: %(what)s")


class PasskeyError(NotAllowedError):
    """A passkey's answer that does not fit: another key, another site, or too late."""

    message = _l("This passkey did not work here. Try again, or sign in another way.")


class NumberNotProvenError(NotAllowedError):
    """The town lets only those write whose phone number is proven."""

    message = _l(
        "Here only neighbours with a proven phone number may write. It takes a minute, and nobody"
        " sees the number."
    )

    def __init__(self) -> None:
        """Lead to the proof."""
        super().__init__(next_url="/me/settings/phone", next_label=_l("Prove my number"))


class ChildMayNotError(NotAllowedError):
    """A child under 14 orders nothing here; the guardian does."""

    message = _l("Under 14 one orders nothing here. Ask your parent to order it.")


class ChildNotFoundError(NotFoundError):
    """No such child, or somebody else's."""

    message = _l("There is no such child of yours here.")


class ChildLinkError(NotFoundError):
    """The link for a child's device was used or has run out."""

    message = _l("This link was used or has run out. Your parent makes a new one.")


class TooManyChildrenError(ConflictError):
    """One guardian holds no more accounts than a family has children."""

    message = _l("These are as many children as one guardian can hold here.")


class ChangeAskedError(ConflictError):
    """A new number was asked for before and is not settled."""

    message = _l("A new number was asked for already. Settle that first.")


class ChangeGoneError(ConflictError):
    """The change of number was confirmed, stopped or done in the meantime."""

    message = _l("This change is settled already. Look at the list again.")


class SecondPersonError(NotAllowedError):
    """A change of number needs two people, and neither of them is its owner."""

    message = _l("A second person confirms this: neither who asked for it nor whose number it is.")


class StopLinkError(NotFoundError):
    """The link that stops a change of number never was."""

    message = _l("There is no such change of number.")


class NumberInUseError(ConflictError):
    """Somebody was in the account lately: the number is theirs."""

    message = _l("This account is in use. Ask for a new code and sign in with it.")


class NotTheOwnerError(FieldError):
    """What was typed is not what the owner of the account knows."""

    message = _l("That does not fit this account. Try again, or start an account of your own.")

    def __init__(self) -> None:
        """Show the sentence at the answer."""
        super().__init__("answer")
