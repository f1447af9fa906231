"""What orders refuses, each in one plain sentence."""

from __future__ import annotations

from app.core.errors import ConflictError, FieldError, NotAllowedError, NotFoundError, TooManyError
from app.core.i18n import lazy_gettext as _l


class BasketEmptyError(ConflictError):
    """There is nothing in the basket to order."""

    message = _l("Your basket is empty.")


class SoldOutError(ConflictError):
    """Less is left than was asked for; data names the thing and what is left."""

    message = _l("Not enough left of %(name)s: %(left)s left.")


class BookedError(ConflictError):
    """The booked time was taken by somebody else."""

    message = _l("The time for %(name)s was just taken. Choose another.")


class DayFullError(ConflictError):
    """As much as the shop can make of something for one day is promised."""

    message = _l("No more of %(name)s can be made for that day. Choose another day.")


class TooSoonError(ConflictError):
    """Something that is made to order needs more days."""

    message = _l("%(name)s is made to order. Choose a later day.")


class TermsChangedError(ConflictError):
    """What the shop says to be known before ordering is other than the buyer saw."""

    message = _l("The shop changed what it says about this. Please read it again, then order.")


class LineProblemError(ConflictError):
    """Something in the basket cannot be ordered now; data says what and why."""

    message = _l("%(name)s cannot be ordered now: %(why)s")


class PriceChangedError(ConflictError):
    """The sum is another than the buyer saw; data lists what changed."""

    message = _l("The price changed while you were looking. Nothing was ordered.")


class CheckoutOverError(ConflictError):
    """The checkout ran out, was left or became an order already."""

    message = _l("This checkout is over. What it held is free again; your basket is still there.")


class OrderMovedError(ConflictError):
    """Somebody else moved the order meanwhile; data names where it stands now."""

    message = _l("This order has moved on meanwhile. This is how it stands now.")


class QuantityError(ConflictError):
    """More pieces are to be moved than there are."""

    message = _l("There are fewer pieces than that. This is how it stands now.")


class NothingToHandOverError(ConflictError):
    """Everything was collected or given up before."""

    message = _l("Everything of this order was collected already.")


class NotYetAcceptedError(ConflictError):
    """The shop has not accepted the order, so nothing can be handed over."""

    message = _l("This order is not accepted yet. Accept it first.")


class OrderOverError(ConflictError):
    """The order was cancelled, declined or closed."""

    message = _l("This order is over.")


class NoFreeTimeError(ConflictError):
    """No time is free in the days that can be chosen."""

    message = _l("No time is free in the coming days. Call the buyer, or cancel with a reason.")


class UndoOverError(ConflictError):
    """The ten minutes are over or the hand-over was undone already."""

    message = _l("This can no longer be undone.")


class CardOverError(ConflictError):
    """A punch card cannot be used: used up, expired, or paid back; details say which."""

    message = _l("This card cannot be used.")


class CardPiecesError(ConflictError):
    """A punch card's money goes back by its unused uses, not as a piece."""

    message = _l("A punch card is paid back by its unused uses. Open the card at the counter.")


class ProposalOverError(ConflictError):
    """The proposal was answered, taken back, or its time is over; details say which."""

    message = _l("This proposal is over. Nothing was changed by it now.")


class ProposalsOpenError(ConflictError):
    """The buyer has several proposals of this order to answer already."""

    message = _l("The buyer still has open proposals. Wait for an answer, or take one back first.")


class SealedError(ConflictError):
    """The hand-over stands on a closed bill."""

    message = _l("This hand-over is on a closed bill. Record a refund instead.")


class CannotCancelError(ConflictError):
    """Too late to cancel by the policy that stands on the order, or collected already."""

    message = _l("This order can no longer be cancelled here. Please talk to the shop.")


class NothingPaidError(ConflictError):
    """No money came in, so none can go back."""

    message = _l("Nothing was paid for this yet, so there is nothing to give back.")


class CodeUnknownError(NotFoundError):
    """No order has this code, or a letter was misread."""

    message = _l("No order has this code. Check the letters and try again.")


class TooManyMessagesError(FieldError):
    """A guest wrote very much in a short time."""

    message = _l("That is a lot at once. Wait ten minutes, or call the shop.")


class WrongShopError(NotAllowedError):
    """The order is another shop's."""

    message = _l("This order is not from your shop.")


class OnlyDeliversError(NotAllowedError):
    """A courier hands over and takes money; what ends an order or gives money back is not
    theirs.
    """

    message = _l("Who delivers cannot decide this. Ask the owner, the manager or a clerk.")


class TooManyTriesError(TooManyError):
    """Too many wrong codes from one person or address."""

    message = _l("Too many wrong codes. Wait a quarter of an hour, or find the order by name.")


class DeliveryRefusedError(ConflictError):
    """An address that is not the buyer's, or to which the shop does not bring this; data names the
    shop.
    """

    message = _l("This cannot be brought there as it stands. See below why, or collect it.")


class NotBroughtError(ConflictError):
    """The order is collected, not brought."""

    message = _l("This order is not one to be brought.")


class CaseMovedError(ConflictError):
    """The other side, the desk or time was faster; details say how the case stands now."""

    message = _l("This case has moved on meanwhile. This is how it stands now.")


class CaseTooLateError(ConflictError):
    """Nothing of it was collected in the last days; data says until when it could be said."""

    message = _l("The days to say so here are over. Please talk to the shop.")


class CaseOpenError(ConflictError):
    """One case of this order is under way."""

    message = _l("There is a case on this order already. Go on with that one first.")


class GroupBuyOverError(ConflictError):
    """The group-buy takes no orders: its cut-off is past, it was called off, or it is not open
    yet.
    """

    message = _l("This group-buy takes no orders now.")


class GroupBuyDecidingError(ConflictError):
    """The cut-off is past and is being carried out just now."""

    message = _l("The cut-off is over and is being carried out. Look again in a minute.")


class GroupBuyOpenError(ConflictError):
    """The listing has a group-buy that is open."""

    message = _l("This is in a group-buy already. It must end before the next one begins.")


class GroupBuyMovedError(ConflictError):
    """Somebody else, or time, moved the group-buy meanwhile."""

    message = _l("This group-buy has moved on meanwhile. This is how it stands now.")


class NoReplacementError(ConflictError):
    """The shelf has none left to replace it with."""

    message = _l("None is left to replace it with. Settle it with money instead.")


class CannotRebookError(ConflictError):
    """A booked time is to be changed too late, or there is none to change."""

    message = _l("This time cannot be changed any more. Write to the shop, or cancel.")


class NobodyFreeError(ConflictError):
    """What was booked before has no free time in the coming days."""

    message = _l("No time is free in the coming days. Ask the shop.")


class QueueClosedError(ConflictError):
    """The shop gives out no numbers now."""

    message = _l("No numbers are given out here at the moment.")


class QueueFullError(ConflictError):
    """More wait already than can be served."""

    message = _l("Too many wait already. Come again later, or book a time.")


class QueueMovedError(ConflictError):
    """Somebody else called meanwhile, or the number is over."""

    message = _l("The queue has moved on meanwhile. This is how it stands now.")


class TooManyNumbersError(ConflictError):
    """Several numbers wait already that came from here."""

    message = _l("Several numbers were taken from here already. Ask at the counter for more.")
