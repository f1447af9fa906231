"""What can be right about the number of a paper."""

from __future__ import annotations

import re

from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.merchants.types.papers import PaperDraft, PaperKind

# GB 32100-2015: 18 signs without I, O, S, V and Z; the last is a check sign over the weights 3^n.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(rf"[{_SIGNS}]{{18}}")
_ANY_NUMBER = re.compile(r"[0-9A-Z](?:[0-9A-Z\-/ ]{2,38})[0-9A-Z]")


def checked_number(draft: PaperDraft) -> str:
    """Return a paper's number as it is kept; refuses at the field what is none, and one with a sign
    that does not fit the others.

    What looks like a Chinese credit code must check; other countries' numbers are
    four to forty letters, digits, spaces, `-` and `/`.
    """
    number = " ".join(draft.number.upper().split())
    if draft.kind is PaperKind.EXEMPT:
        return ""
    if not _ANY_NUMBER.fullmatch(number):
        raise FieldError("number", _l("The number as it is printed on the paper, please."))
    short = number.replace(" ", "")
    if draft.kind is PaperKind.LICENCE and _CREDIT_CODE.fullmatch(short):
        if short != credit_code(short[:17]):
            raise FieldError(
                "number",
                _l("One sign of this number does not fit the others. Please compare it once more."),
            )
        return short
    return number


def credit_code(signs: str) -> str:
    """Return 17 signs with the one that checks them (GB 32100-2015)."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(signs))
    return signs + _SIGNS[-total % 31]
