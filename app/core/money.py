"""Money: integer minor units and a currency; never a float, never approximately right."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import get_currency_precision, get_currency_symbol

from app.core.errors import LinliError
from app.core.i18n import lazy_gettext as _l

_SITE_CURRENCY = "CNY"


class NotMoneyError(LinliError):
    """A text that is no amount of the currency, or has more decimals than the currency knows."""

    status = 422
    message = _l("This is not an amount of money.")


def use_currency(code: str) -> None:
    """Fix the site's currency; the factory calls this once, from the settings."""
    global _SITE_CURRENCY  # noqa: PLW0603 - one currency per process, fixed at start
    _SITE_CURRENCY = code


def site_currency() -> str:
    """Return the ISO 4217 code of the site's only currency."""
    return _SITE_CURRENCY


@lru_cache(maxsize=64)
def exponent(currency: str) -> int:
    """Return how many decimals the currency has (CNY 2, JPY 0, KWD 3)."""
    return get_currency_precision(currency)


@lru_cache(maxsize=64)
def symbol(currency: str) -> str:
    """Return the currency's short sign."""
    return "¥" if currency in {"CNY", "JPY"} else get_currency_symbol(currency, locale="en")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of one currency; adding two currencies raises ValueError."""

    minor: int
    currency: str = ""

    def __post_init__(self) -> None:
        """Fill in the site's currency where none is named."""
        if not self.currency:
            object.__setattr__(self, "currency", _SITE_CURRENCY)

    @classmethod
    def of(cls, text: str | Decimal | int, currency: str = "") -> "Money":
        """Return the amount written as `text` in major units; refuses sub-unit fractions
        (NotMoneyError).
        """
        code = currency or _SITE_CURRENCY
        try:
            scaled = Decimal(text).scaleb(exponent(code))
        except (InvalidOperation, ValueError) as wrong:
            raise NotMoneyError from wrong
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise NotMoneyError
        return cls(int(scaled), code)

    def _other(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        """Return the sum."""
        return Money(self.minor + self._other(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference."""
        return Money(self.minor - self._other(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        """Return the whole multiple."""
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        """Return the opposite amount."""
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        """Whether it is not zero."""
        return self.minor != 0

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def plain(self) -> str:
        """Return the amount for a file: `-1234.50`, all decimals, no sign of the currency."""
        return f"{self.decimal:.{exponent(self.currency)}f}"

    def format(self, *, full: bool = False) -> str:
        """Return the amount for a page: `¥1,234.50`; whole amounts drop their decimals unless
        `full`.
        """
        places = exponent(self.currency)
        whole, rest = divmod(abs(self.minor), 10**places)
        sign = "−" if self.minor < 0 else ""
        tail = f".{rest:0{places}d}" if places and (rest or full) else ""
        return f"{sign}{symbol(self.currency)}{whole:,}{tail}"

    def __str__(self) -> str:
        """Return the page form."""
        return self.format()


def part_of(amount_minor: int, basis_points: int) -> int:
    """Return `basis_points` / 10,000 of the amount, in minor units, half up away from zero."""
    exact = Decimal(amount_minor) * basis_points / Decimal(10_000)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def shares(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights; the parts sum to the whole (largest remainder, first index wins a
    tie).

    Refuses (ValueError) when there are no weights, or one is negative, or all are zero.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be zero or more, and one above zero")
    sign = -1 if total_minor < 0 else 1
    exact = [divmod(abs(total_minor) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in exact]
    missing = abs(total_minor) - sum(parts)
    for index in sorted(range(len(parts)), key=lambda place: (-exact[place][1], place))[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]
