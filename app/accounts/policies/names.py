"""What a person may be called, and how names and mails are compared."""

import unicodedata

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l

_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def tidy_name(name: str) -> str:
    """Return the name without spaces around it; refuses an unseen one and hidden signs."""
    tidy = name.strip()
    if not any(unicodedata.category(sign)[0] in "LNSP" for sign in tidy):
        raise FieldError("name", _l("Please choose a name that can be seen."))
    if any(unicodedata.category(sign) == "Cc" or sign in _TURNERS for sign in tidy):
        raise FieldError("name", _l("This name has hidden signs in it."))
    return tidy


def name_key(name: str) -> str:
    """Return the form of a name by which people are looked up."""
    return unicodedata.normalize("NFKC", name).casefold().strip()[:80]


def tidy_mail(mail: str) -> str:
    """Return the mail address as it is kept and compared."""
    return unicodedata.normalize("NFKC", mail).strip().lower()


def tidy_phone(phone: str) -> str:
    """Return the phone number as it is kept and compared: digits, with a leading plus if given."""
    plus = "+" if phone.strip().startswith("+") else ""
    return plus + "".join(sign for sign in phone if sign.isdecimal())
