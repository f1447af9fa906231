"""Saved searches: keeping one, the list of one's own, pausing and letting go."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Viewer, me, member
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import Link, render, said, slot, toast
from app.notifications.forms import SavedForm
from app.notifications.queries import saved as queries
from app.notifications.services import saved as services
from app.notifications.types.saved import MOST_SAVED, NAME_LENGTH, SavedPlace, kept_query
from app.notifications.views.blueprint import bp

ENDPOINTS = {SavedPlace.LISTINGS: "merchants.listings", SavedPlace.SEARCH: "home.search"}
SAVED = toast("notifications.saved", _l("Kept. We tell you when something new fits."))
PAUSED = toast("notifications.saved_paused", _l("We keep to that."))
GONE = toast("notifications.saved_gone", _l("That search is gone."))


@bp.get("/me/saved")
@member
def saved() -> Response:
    """List the searches that one keeps."""
    rows = [(row, _address(row.place, row.query)) for row in queries.saved_of(me())]
    return render("notifications/saved.html", rows=rows, most=MOST_SAVED)


@bp.route("/me/saved/<any(listings, search):place>", methods=["GET", "POST"])
@member
def save(place: str) -> Response:
    """Keep a list or a search as its address says it; refuses an address that asks for nothing."""
    where, query = SavedPlace(place), kept_query(SavedPlace(place), request.args.get("query", ""))
    if not query:
        raise NotFoundError
    form = SavedForm.posted(name=dict(parse_qsl(query)).get("q", "")[:NAME_LENGTH])
    page: dict[str, Any] = {"back": _address(where, query), "asked": list(parse_qsl(query))}
    if request.method == "GET":
        return render("notifications/save.html", form=form, **page)
    with form.shows_field_errors("notifications/save.html", **page):
        form.check()
        name = (form.name.data or "").strip()
        with transaction(once=form.key) as act:
            act.leads_to(url_for("notifications.saved"))
            services.save_search(me(), where, query, name=name, at=clock.now())
    return said(act.location, SAVED)


@bp.post("/me/saved/<int:saved_id>/pause")
@member
def pause_saved(saved_id: int) -> Response:
    """Tell no more of a search, or again."""
    ButtonForm.posted().check()
    with transaction():
        services.pause(me(), saved_id, request.form.get("on") == "1")
    return said(url_for("notifications.saved"), PAUSED)


@bp.post("/me/saved/<int:saved_id>/forget")
@member
def forget_saved(saved_id: int) -> Response:
    """Let a search go."""
    ButtonForm.posted().check()
    with transaction():
        services.forget_search(me(), saved_id)
    return said(url_for("notifications.saved"), GONE)


def _address(place: SavedPlace, query: str) -> str:
    return f"{url_for(ENDPOINTS[place])}?{query}"


@slot("me_links").add
def _my_searches(_viewer: Viewer) -> list[Link]:
    return [Link(url_for("notifications.saved"), _("What I look out for"))]
