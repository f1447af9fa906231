"""Pieces for upper houses: reading what was typed or scanned at a counter, an order's QR text."""

from __future__ import annotations

from app.core.settings import settings
from app.orders import policies


def code_in_text(text: str) -> str | None:
    """Return the pickup code in a typed text or a scanned QR, or None where there is no
    sound one.
    """
    scanned = policies.code_in(text)
    if scanned:
        return scanned
    code = policies.normal_code(text)
    return code if policies.is_code(code) else None


def is_pickup_code(text: str) -> bool:
    """Whether a text is a sound pickup code as typed."""
    return policies.is_code(policies.normal_code(text))


def qr_of(code: str) -> str:
    """Return what the QR of a pickup code says."""
    return policies.qr_text(code, settings().base_url)
