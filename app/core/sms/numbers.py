"""Phone numbers: the one form they are kept and compared in (E.164), and the one that is seen."""

import re
import unicodedata

from app.core.settings import settings
from app.core.sms.errors import PhoneNumberError

_FILLERS = re.compile(r"[\s().\-‐-―/]")
_NATIONAL = {"86": re.compile(r"1[3-9][0-9]{9}"), "1": re.compile(r"[2-9][0-9]{9}")}
_ANY = re.compile(r"[1-9][0-9]{6,14}")


def e164(typed: str, *, field: str = "phone") -> str:
    """Return a mobile number as +8613800138000; one without a country's number is taken for the
    town's own country. Refuses (PhoneNumberError, at `field`) what cannot be one.
    """
    found = e164_or_none(typed)
    if found is None:
        raise PhoneNumberError(field)
    return found


def e164_or_none(typed: str) -> str | None:
    """Return a mobile number in its one form, or None where it cannot be one."""
    plain = _FILLERS.sub("", unicodedata.normalize("NFKC", typed))
    country = settings().phone_country
    if plain.startswith("+"):
        digits = plain[1:]
    elif plain.startswith("00"):
        digits = plain[2:]
    else:
        digits = country + (plain if country in _NATIONAL else plain.removeprefix("0"))
    if not (digits.isascii() and digits.isdigit() and _ANY.fullmatch(digits)):
        return None
    rule = _NATIONAL.get(country)
    if rule is not None and digits.startswith(country):
        national = digits.removeprefix(country)
        return f"+{digits}" if rule.fullmatch(national) else None
    return f"+{digits}"


def masked(phone: str) -> str:
    """Return a number as it may be shown: 138 **** 8000, or +49 **** 4567 from elsewhere."""
    home = f"+{settings().phone_country}"
    if phone.startswith(home):
        national = phone.removeprefix(home)
        return f"{national[:3]} **** {national[-4:]}"
    return f"{phone[:3]} **** {phone[-4:]}"
