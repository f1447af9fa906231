"""What the events house refuses."""

from app.core.errors import ConflictError, NotAllowedError
from app.core.i18n import lazy_gettext as _l


class NotOpenError(ConflictError):
    """Sign-up has not begun, is over, or the gathering does not take place."""

    message = _l("Sign-up is not open for this event.")


class AlreadySignedUpError(ConflictError):
    """The person already has a registration here."""

    message = _l("You are already signed up for this event.")


class NotSignedUpError(ConflictError):
    """There is no live registration to change."""

    message = _l("You are not signed up for this event any more.")


class PartyTooBigError(ConflictError):
    """The party cannot grow to this size now."""

    message = _l("There are not enough free seats for that many people.")


class CapacityTakenError(ConflictError):
    """More seats are promised than the new capacity holds."""

    message = _l("More people have already signed up than that. Cancel some first.")


class GatheringMovedOnError(ConflictError):
    """Somebody else published, cancelled or archived it meanwhile."""

    message = _l("This event has changed meanwhile. Look at it again.")


class NotOverError(ConflictError):
    """It is still to come: who signed up must be told before it leaves the lists."""

    message = _l("This event is still to come. Call it off first, so that everybody is told.")


class AlreadyInError(ConflictError):
    """This person was let in before."""

    message = _l("Already in.")


class NotConfirmedError(ConflictError):
    """The code is right but there is no seat behind it."""

    message = _l("This registration has no seat: it is on the waiting list or was cancelled.")


class UnknownCodeError(ConflictError):
    """No registration of this gathering has the code."""

    message = _l("No sign-up of this event has that code.")


class NotInError(ConflictError):
    """There is no arrival to take back."""

    message = _l("This person is not checked in.")


class FullHouseError(ConflictError):
    """No free seat for the walk-in."""

    message = _l("All seats are taken. Nobody more can be let in.")


class NotYourGatheringError(NotAllowedError):
    """Only the organiser and planners may run it."""

    message = _l("Only the organiser and event planners may do this.")
