"""What was typed or scanned at the counter: a pickup code, its QR, or something else."""

from __future__ import annotations

from app.orders.parts import code_in_text, is_pickup_code


def code_of(text: str) -> str | None:
    """Return the pickup code that was typed or scanned, or None."""
    return code_in_text(text)


def typed_code(text: str) -> bool:
    """Whether a text looks as if it were meant as a code: eight letters and digits in one or two
    groups.
    """
    sign = "".join(one for one in text if one.isascii() and one.isalnum())
    groups = [part for part in text.replace("-", " ").split(" ") if part]
    plain = all(one.isascii() and (one.isalnum() or one in " -") for one in text)
    return plain and len(sign) == 8 and len(groups) <= 2 and not is_pickup_code(text)
