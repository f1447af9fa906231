"""Leads every page of a town that is not open yet to its first start, and hides that afterwards."""

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotFoundError
from app.core.facts import town
from app.core.pages import wants_json
from app.operator.errors import NotYetOpenError

FIRST_START = "/start"
# What the first start itself needs, and what tells machines that the process lives.
BESIDE = (
    "/static/", "/vendor/", "/drawings/", "/media/", "/look", "/healthz", "/readyz", "/metrics",
    "/me/sign-in", "/me/sign-out", "/me/reset",
)  # fmt: skip


def lead() -> ResponseReturnValue | None:
    """Answer for a town that is not open; say nothing where it is."""
    path = request.path
    is_start = path == FIRST_START or path.startswith(f"{FIRST_START}/")
    if not is_start and path.startswith(BESIDE):
        return None
    if town().is_open:
        if is_start:
            raise NotFoundError
        return None
    if is_start:
        return None
    if wants_json():
        raise NotYetOpenError
    return redirect(url_for("start.door"), 303)


def connect(app: Flask) -> None:
    """Ask before any view is looked at, right after the language is known."""
    app.before_request_funcs.setdefault(None, []).insert(1, lead)
