"""Why the ledger refuses."""

from app.core.errors import ConflictError, LinliError
from app.core.i18n import lazy_gettext as _l


class InsufficientError(ConflictError):
    """A guarded account has too little; data carries `code`, `wanted` and `balance_minor`."""

    message = _l("The balance is not enough.")


class AlreadyReversedError(ConflictError):
    """The entry was reversed before, under another key; data carries `entry_id`."""

    message = _l("This was taken back already.")


class LedgerAlarmError(LinliError):
    """A key came again with other content; our bug, a person has to look. Data carries `key`."""

    message = _l("The books refuse this. An operator has to look at it.")


class NoSuchAccountError(LinliError):
    """A movement names an account that was not opened; our bug. Data carries `codes`."""

    message = _l("The books do not know this account.")


class MixedUnitsError(LinliError):
    """A movement between two units, or an amount of zero or less; our bug. Data carries `key`."""

    message = _l("The books refuse this movement.")
