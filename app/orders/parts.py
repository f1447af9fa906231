"""Pieces for the pages of orders, here and in upper houses: reading what was typed or scanned at a
counter, an order's QR text, the words of after-sale cases."""

from __future__ import annotations

from typing import Any

from app.core.access import Viewer
from app.core.i18n import gettext as _
from app.core.money import Money
from app.core.settings import settings
from app.forum.parts import talk
from app.merchants.types import Reach
from app.orders import policies
from app.orders.types import (
    CASE_WORDS,
    GOODS_WORDS,
    LIABLE_WORDS,
    PROBLEM_WORDS,
    REMEDY_WORDS,
    WISH_WORDS,
    CasePage,
)
from app.places.parts import distance_words

CASE_TABLES: dict[str, Any] = {
    "case_words": CASE_WORDS,
    "problem_words": PROBLEM_WORDS,
    "wish_words": WISH_WORDS,
    "remedy_words": REMEDY_WORDS,
    "liable_words": LIABLE_WORDS,
    "goods_words": GOODS_WORDS,
}


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


def why_not(reach: Reach | None) -> str:
    """Return why something cannot be brought to an address, and how much is missing."""
    if reach is None:
        return _("This address has no place on the map yet.")
    if reach.outside_metres:
        far = distance_words(reach.outside_metres)
        return _("%(far)s outside the area to which this shop delivers.", far=far)
    return _("Order for %(sum)s more, and it can be brought.", sum=Money(reach.missing_minor))


def case_facts(found: CasePage, viewer: Viewer, *, back: str) -> dict[str, Any]:
    """Return what a page of one case shows to those who answer it, its talk included."""
    order = found.order
    talks = talk({order.id: order.thread_id}, viewer, back=back) if order.thread_id else {}
    return {"case": found, "order": order, "talk": talks.get(order.id), **CASE_TABLES}
