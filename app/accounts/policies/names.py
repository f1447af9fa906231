"""What a person may be called, and how names and mails are compared."""

import unicodedata

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.sms.numbers import e164_or_none

LONGEST_NAME = 40
_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def tidy_name(name: str) -> str:
    """Return the name without spaces around it; refuses an unseen one and hidden signs."""
    tidy = name.strip()
    if not _can_be_seen(tidy):
        raise FieldError("name", _l("Please choose a name that can be seen."))
    if any(_is_hidden(sign) for sign in tidy):
        raise FieldError("name", _l("This name has hidden signs in it."))
    if len(tidy) > LONGEST_NAME:
        raise FieldError("name", _l("At most 40 characters, please."))
    return tidy


def _can_be_seen(name: str) -> bool:
    return any(unicodedata.category(sign)[0] in "LNSP" for sign in name)


def _is_hidden(sign: str) -> bool:
    return sign in _TURNERS or unicodedata.category(sign) in {"Cc", "Cs"}


def imported_name(name: str) -> str:
    """Return a name from elsewhere as it can be kept: hidden signs out, 40 characters at most."""
    seen = "".join(sign for sign in name if not _is_hidden(sign)).strip()[:LONGEST_NAME]
    return seen if _can_be_seen(seen) else "?"


def name_key(name: str) -> str:
    """Return the form of a name by which people are looked up."""
    return unicodedata.normalize("NFKC", name).casefold().strip()[:80]


def tidy_mail(mail: str) -> str:
    """Return the mail address as it is kept and compared."""
    return unicodedata.normalize("NFKC", mail).strip().lower()


def masked_mail(mail: str) -> str:
    """Return a mail address as it may be shown: w***@example.org."""
    name, _at, domain = mail.partition("@")
    return f"{name[:1]}***@{domain}"


def tidy_phone(phone: str) -> str:
    """Return the phone number as it is kept and compared: E.164 where it can be a mobile number,
    else its digits.
    """
    known = e164_or_none(phone)
    if known is not None:
        return known
    plus = "+" if phone.strip().startswith("+") else ""
    return plus + "".join(sign for sign in phone if sign.isdecimal())
