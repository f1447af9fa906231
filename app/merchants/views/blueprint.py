"""The blueprint of merchants, and what its pages have in common."""

from __future__ import annotations

from flask import Blueprint, request

from app.core.pages import register_subject

bp = Blueprint("merchants", "app.merchants", url_prefix="/merchants", template_folder="templates")
register_subject("merchant", "merchants.merchant", "merchant_id")
register_subject("listing", "merchants.listing", "listing_id")
register_subject("review", "merchants.review", "review_id")
register_subject("review_answer", "merchants.review", "review_id")


def whole(name: str) -> int | None:
    """Return a whole number that the address asks for, or None."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def came_from() -> str:
    """Return the page that led here, or nothing."""
    return request.referrer or ""


def sort_asked(options: tuple[str, ...]) -> str:
    """Return the order that the address asks for, the first where it asks for none of them."""
    chosen = request.args.get("sort", "")
    return chosen if chosen in options else options[0]
