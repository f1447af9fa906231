"""What the town is made of: boards, trades, neighbourhoods."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as people
from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.drawings import KINDS
from app.core.errors import FieldError, NotFoundError
from app.core.forms import ButtonForm, Form
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said
from app.forum import queries as forum
from app.forum.services import boards as board_services
from app.forum.types import BoardDraft
from app.merchants.queries import keeping
from app.merchants.services import categories as category_services
from app.moderation.types import HoldMode
from app.operator.forms import BoardForm, CategoryForm, NeighbourhoodForm, ReasonForm
from app.operator.policies.kinds import asked_lines
from app.operator.views.blueprint import DONE, SAVED, bp
from app.operator.views.start_places import pair_of
from app.places import queries as places
from app.places import services as place_services
from app.places.types.points import Datum, Point, to_wgs84

HOLD_WORDS = {
    HoldMode.OPEN: _l("Nobody's"),
    HoldMode.FIRST_POSTS: _l("First posts of a member"),
    HoldMode.NEWCOMERS: _l("Newcomers'"),
    HoldMode.EVERYONE: _l("Everybody's"),
}


@bp.get("/boards")
@role("operator")
def boards() -> Response:
    """List the boards, and those that were taken off the list."""
    return render(
        "operator/boards.html", rows=forum.boards_seen(me()), archived=forum.archived_boards()
    )


@bp.route("/boards/new", methods=["GET", "POST"])
@role("operator")
def new_board() -> ResponseReturnValue:
    """Make a board: its promise and rules come before its first thread."""
    form = _board_form(None)
    with form.shows_field_errors("operator/board.html", board=None):
        if not _is_sent(form):
            return render("operator/board.html", form=form, board=None)
        with transaction(once=form.key) as act:
            board_services.make_board(me(), _board_draft(form), at=clock.now())
            act.leads_to(url_for("operator.boards"))
    return said(act.location, SAVED)


@bp.route("/boards/<int:board_id>", methods=["GET", "POST"])
@role("operator")
def board(board_id: int) -> ResponseReturnValue:
    """Change a board."""
    found = forum.board_for(me(), board_id)
    form = _board_form(found)
    with form.shows_field_errors("operator/board.html", board=found):
        if not _is_sent(form):
            return render("operator/board.html", form=form, board=found)
        with transaction(once=form.key) as act:
            again = forum.board_for(me(), board_id)
            board_services.change_board(me(), again, _board_draft(form), at=clock.now())
            act.leads_to(url_for("operator.boards"))
    return said(act.location, SAVED)


@bp.post("/boards/<int:board_id>/archive")
@role("operator")
def archive_board(board_id: int) -> ResponseReturnValue:
    """Take a board off the list, with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        found = forum.board_for(me(), board_id)
        board_services.archive_board(me(), found, reason=form.reason.data, at=clock.now())
        act.leads_to(url_for("operator.boards"))
    return said(act.location, DONE)


@bp.post("/boards/<int:board_id>/restore")
@role("operator")
def restore_board(board_id: int) -> ResponseReturnValue:
    """Put an archived board back."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        board_services.restore_board(me(), forum.board_for(me(), board_id), at=clock.now())
        act.leads_to(url_for("operator.boards"))
    return said(act.location, DONE)


def _is_sent(form: Form) -> bool:
    if request.method != "POST":
        return False
    form.check()
    return True


def _board_form(found: Any) -> BoardForm:
    known = (
        {}
        if found is None
        else {
            "name": found.name,
            "name_en": found.name_en,
            "promise": found.promise,
            "promise_en": found.promise_en,
            "rules": found.rules,
            "rules_en": found.rules_en,
            "asks": "\n".join(
                f"{one['label']} / {one['label_en']}" for one in found.required_fields
            ),
            "leader": people.names_for([found.leader_id]).get(found.leader_id or 0, ""),
            "review": str(found.review.value),
            "position": found.position,
        }
    )
    form = BoardForm.posted(**known)
    form.review.choices = [(mode.value, HOLD_WORDS[mode]) for mode in HoldMode]
    return form


def _board_draft(form: BoardForm) -> BoardDraft:
    leader = (form.leader.data or "").strip()
    found = people.ids_by_name([leader]) if leader else {}
    if leader and not found:
        raise FieldError("leader", _("Nobody by that name."))
    return BoardDraft(
        name=form.name.data,
        name_en=form.name_en.data,
        promise=form.promise.data,
        promise_en=form.promise_en.data,
        rules=form.rules.data or "",
        rules_en=form.rules_en.data,
        leader_id=next(iter(found.values()), None),
        review=HoldMode(form.review.data),
        position=form.position.data or 0,
        required_fields=asked_lines(form.asks.data or ""),
    )


@bp.get("/categories")
@role("operator")
def categories() -> Response:
    """List the trades."""
    return render("operator/categories.html", rows=keeping.all_categories())


@bp.route("/categories/<int:category_id>", methods=["GET", "POST"])
@role("operator")
def category(category_id: int) -> ResponseReturnValue:
    """Change a trade, or add one (0)."""
    found = next((row for row in keeping.all_categories() if row.id == category_id), None)
    if category_id and found is None:
        raise NotFoundError
    form = CategoryForm.posted(obj=found)
    form.drawing.choices = [(kind, kind) for kind in sorted(KINDS)]
    with form.shows_field_errors("operator/category.html", category=found):
        if not _is_sent(form):
            return render("operator/category.html", form=form, category=found)
        with transaction(once=form.key) as act:
            category_services.save_category(
                me(),
                category_id or None,
                slug=form.slug.data,
                name_zh=form.name_zh.data,
                name_en=form.name_en.data or "",
                drawing=form.drawing.data,
                position=form.position.data or 0,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.categories"))
    return said(act.location, SAVED)


@bp.post("/categories/<int:category_id>/<any(archive, restore):what>")
@role("operator")
def archive_category(category_id: int, what: str) -> ResponseReturnValue:
    """Take a trade off the lists, or put it back."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        category_services.archive_category(me(), category_id, what == "archive", at=clock.now())
        act.leads_to(url_for("operator.categories"))
    return said(act.location, DONE)


@bp.get("/neighbourhoods")
@role("operator")
def neighbourhoods() -> Response:
    """List the parts of the town."""
    return render("operator/neighbourhoods.html", rows=places.neighbourhoods(with_archived=True))


@bp.route("/neighbourhoods/<int:place_id>", methods=["GET", "POST"])
@role("operator")
def neighbourhood(place_id: int) -> ResponseReturnValue:
    """Change a part of the town, or add one (0)."""
    found = places.neighbourhood(place_id) if place_id else None
    form = _neighbourhood_form(found)
    with form.shows_field_errors("operator/neighbourhood.html", place=found):
        if not _is_sent(form):
            return render("operator/neighbourhood.html", form=form, place=found)
        datum = Datum(form.datum.data)
        middle = to_wgs84(Point(float(form.lat.data), float(form.lng.data)), datum)
        values: dict[str, Any] = {
            "name": form.name.data,
            "name_en": form.name_en.data,
            "slug": form.slug.data,
            "at": clock.now(),
            "centre": middle,
            "polygon": _outline(form.polygon.data or "", datum),
            "position": form.position.data or 0,
        }
        with transaction(once=form.key) as act:
            place_services.check_name_is_free(form.name.data, but=place_id or None)
            if place_id:
                place_services.edit_neighbourhood(me(), place_id, **values)
            else:
                place_services.add_neighbourhood(me(), **values)
            act.leads_to(url_for("operator.neighbourhoods"))
    return said(act.location, SAVED)


def _neighbourhood_form(found: Any) -> NeighbourhoodForm:
    known = (
        {}
        if found is None
        else {
            "name": found.name,
            "name_en": found.name_en,
            "slug": found.slug,
            "lat": found.lat,
            "lng": found.lng,
            "position": found.position,
            "polygon": "\n".join(f"{lat}, {lng}" for lat, lng in found.polygon or []),
        }
    )
    return NeighbourhoodForm.posted(**known)


def _outline(text: str, datum: Datum) -> list[list[float]] | None:
    corners = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        corner = pair_of(line, datum)
        if corner is None:
            words = _("This line is no pair of degrees: %(line)s", line=line[:40])
            raise FieldError("polygon", words)
        corners.append(corner)
    return corners or None


@bp.post("/neighbourhoods/<int:place_id>/<any(archive, restore):what>")
@role("operator")
def archive_neighbourhood(place_id: int, what: str) -> ResponseReturnValue:
    """Take a part of the town off the lists with a reason, or put it back."""
    form = ReasonForm.posted() if what == "archive" else ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        if what == "archive":
            place_services.archive_neighbourhood(
                me(), place_id, reason=form["reason"].data, at=clock.now()
            )
        else:
            place_services.restore_neighbourhood(me(), place_id, at=clock.now())
        act.leads_to(url_for("operator.neighbourhoods"))
    return said(act.location, DONE)
