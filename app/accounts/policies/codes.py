"""Six-digit codes: what they are, how long they live, how many may be asked for and guessed.

Only codes that nobody proved are counted, so a hall full of newcomers behind one address is no
crowd. A device or address from which the person signed in before has an allowance of its own,
which strangers cannot use up.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from app.accounts.errors import QuestionNeededError, TooManyCodesError
from app.core.access import signed

CODE_LASTS = timedelta(minutes=5)
PROVEN_LASTS = timedelta(minutes=30)
FRESH_LASTS = timedelta(minutes=10)
GUESSES = 5
# A number is given to somebody new about so long after its owner gave it up.
QUIET_FOR = timedelta(days=90)
# So many tries, code included, at what only an account's owner knows: for one code, in a day.
ANSWERS, ANSWERS_A_DAY = 8, 20
DIGITS = 6
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """How many unproven codes were asked for: for the target, from here, and in the whole town."""

    target_hour: int = 0
    target_day: int = 0
    own_hour: int = 0
    own_day: int = 0
    address_hour: int = 0
    address_day: int = 0
    town_day: int = 0


# Beyond the first figure a stranger answers a picture question, at the second there is an end.
ALLOWED = {
    "target_hour": (2, 5),
    "target_day": (4, 10),
    "address_hour": (5, 20),
    "address_day": (15, 60),
    "town_day": (200, 2000),
}
OWN_HOUR, OWN_DAY = 6, 20


def code_of(salt: str) -> str:
    """Return the code that belongs to a proof; without the site's key nobody can tell it."""
    return f"{int(signed('code', salt), 16) % 10**DIGITS:0{DIGITS}d}"


def is_code(salt: str, typed: str) -> bool:
    """Return whether this is the code; takes the same time for every answer."""
    digits = "".join(sign for sign in typed if sign.isdecimal())
    plain = "".join(str(int(sign)) for sign in digits)
    return hmac.compare_digest(code_of(salt).encode(), plain.encode())


def check_may_ask(asked: Asked, *, is_known: bool, has_answered: bool) -> None:
    """Refuse a code too many (`TooManyCodesError`), and ask a question first where it smells of
    abuse (`QuestionNeededError`).
    """
    if is_known:
        if asked.own_hour >= OWN_HOUR or asked.own_day >= OWN_DAY:
            raise TooManyCodesError(retry_after=int(HOUR.total_seconds()))
        return
    counts = {name: (getattr(asked, name), *limits) for name, limits in ALLOWED.items()}
    if any(number >= end for number, _soft, end in counts.values()):
        raise TooManyCodesError(retry_after=int(HOUR.total_seconds()))
    if not has_answered and any(number >= soft for number, soft, _end in counts.values()):
        raise QuestionNeededError
