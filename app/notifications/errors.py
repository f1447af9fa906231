"""What the notifications house refuses."""

from app.core.errors import FieldError, NotFoundError, TooManyError
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.errors import GiveUpError


class StaleLinkError(NotFoundError):
    """The link to stop mails is not one of ours."""

    message = _l("This link does not work. You can change what we send you on your own page.")


class SavedFullError(FieldError):
    """As many saved searches as one may keep."""

    message = _l("You keep as many searches as you can. Delete one of them first.")


class AddressInsideError(GiveUpError):
    """An address that leads into the private network."""

    message = _l("This address does not lead to the public network.")


class DeviceGoneError(GiveUpError):
    """A browser that takes no more pushes."""


class RobotRefusedError(GiveUpError):
    """The service of a group robot said no, in its own words."""


class RobotAddressError(FieldError):
    """A robot's address that cannot be one."""

    message = _l(
        "Paste the whole address that the group shows for its robot; it begins with https."
    )


class DeviceError(FieldError):
    """What a browser sent is no subscription to pushes."""

    message = _l("This browser did not say how it can be reached. Please try again.")


class TooManyDevicesError(TooManyError):
    """More devices than one person has."""

    message = _l("You have many devices here already. Take one away first.")


class QuietError(FieldError):
    """Quiet hours that are only half there."""

    message = _l("Give both times, or neither.")


class CallOverError(NotFoundError):
    """A call that nobody need make any more."""

    message = _l("Nobody need phone here any more.")
