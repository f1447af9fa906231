"""Passwords: hashing, proving and plain advice; never inside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.settings import settings

SHORTEST = 8
LONGEST = 200
ADVISED_SCORE = 3
_READ_BY_ZXCVBN = 72

_GUESSED = {
    0: _l("A program guesses this at once."),
    1: _l("A program guesses this within minutes."),
    2: _l("A program guesses this within a day."),
}
_BECAUSE: dict[str, Any] = {
    "user_inputs": _l("It contains your name or mail."),
    "dictionary": _l("It is a common word or password."),
    "spatial": _l("Its keys lie side by side."),
    "repeat": _l("It repeats itself."),
    "sequence": _l("It simply counts on."),
    "date": _l("It is a date."),
    "regex": _l("It is a year."),
}
_BETTER = _l("Three or four unrelated words are easy to keep and hard to guess.")


@dataclass(frozen=True)
class Advice:
    """What a person should know about the password they chose."""

    is_good: bool
    sentences: tuple[Any, ...] = ()


@cache
def _hasher(is_cheap: bool) -> PasswordHasher:
    if is_cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hashed(password: str) -> str:
    """Return what is kept of a password; refuses one that is too short or too long."""
    check_length(password)
    return _hasher(settings().testing).hash(password)


def check_length(password: str) -> None:
    """Refuse a password under 8 characters or over 200."""
    if len(password) < SHORTEST:
        raise FieldError("password", _l("At least 8 characters, please."))
    if len(password) > LONGEST:
        raise FieldError("password", _l("At most 200 characters, please."))


def is_right(password: str, kept: str | None) -> bool:
    """Return whether the password belongs to the hash; takes as long where there is none."""
    hasher = _hasher(settings().testing)
    try:
        hasher.verify(kept or _nobody(settings().testing), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether the hash was made with other costs than today's."""
    return _hasher(settings().testing).check_needs_rehash(kept)


@cache
def _nobody(is_cheap: bool) -> str:
    return _hasher(is_cheap).hash("nobody has this password")


def advice_on(password: str, about_person: Sequence[str] = ()) -> Advice:
    """Return plain words on how soon the password would be guessed, and why."""
    if len(password) < SHORTEST:
        return Advice(is_good=False, sentences=(_l("At least 8 characters, please."),))
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take 30 MB, and few people set passwords

    own = [part for text in about_person for part in [text, *text.split("@")] if part]
    found = zxcvbn(password[:_READ_BY_ZXCVBN], user_inputs=[*own, "linli", "邻里"])
    if found["score"] >= ADVISED_SCORE:
        return Advice(is_good=True)
    reasons = dict.fromkeys(_reason(match) for match in found["sequence"])
    because = tuple(_BECAUSE[reason] for reason in reasons if reason in _BECAUSE)[:2]
    return Advice(is_good=False, sentences=(_GUESSED[found["score"]], *because, _BETTER))


def _reason(match: dict[str, Any]) -> str:
    if match.get("dictionary_name") == "user_inputs":
        return "user_inputs"
    return str(match["pattern"])
