"""What merchants refuses, each in one plain sentence."""

from __future__ import annotations

from app.core.errors import ConflictError, LinliError, NotAllowedError
from app.core.i18n import lazy_gettext as _l


class HoursError(LinliError):
    """An opening_hours value that cannot be understood; data names the part and its place."""

    status = 422
    message = _l("“%(part)s” in the opening hours cannot be understood (character %(at)s).")


class MerchantMovedError(ConflictError):
    """The shop changed its state meanwhile."""

    message = _l("This shop has changed meanwhile. Look again.")


class RequestDecidedError(ConflictError):
    """The request was answered by somebody else."""

    message = _l("This request has been answered already.")


class PaperDecidedError(ConflictError):
    """The paper was decided by somebody else, or sent anew."""

    message = _l("Somebody else was faster: look at this paper again.")


class NotOrderableError(ConflictError):
    """The shop or the listing takes no orders now."""

    message = _l("This cannot be ordered right now.")


class BelowPromisedError(ConflictError):
    """Stock was to be set below what is promised to orders; data names those orders."""

    message = _l("More than that is promised to orders already.")


class SlotFullError(ConflictError):
    """All places of a pickup time are taken."""

    message = _l("That time is full. Choose another.")


class SlotClosedError(ConflictError):
    """A pickup time that is over, past its cut-off, or that the point does not have."""

    message = _l("That time can no longer be chosen. Choose another.")


class TimeTakenError(ConflictError):
    """A bookable time that somebody else took or that the shop does not offer."""

    message = _l("That time is taken. Choose another.")


class LastOwnerError(NotAllowedError):
    """A shop keeps at least one owner."""

    message = _l("A shop needs at least one owner. Name another one first.")


class ImportRefusedError(LinliError):
    """A file that cannot be read as what it says it is; nothing of it was kept."""

    status = 422
    message = _l("This file cannot be read.")


class ReviewOverError(ConflictError):
    """A review that can no longer be written or changed: it is open, too late, or not collected."""

    message = _l("This review can no longer be changed.")


class ReviewBlindError(ConflictError):
    """The shop may not answer yet what it may not read yet, or writes first no more."""

    message = _l("This review is not where you think it is. Look again.")
