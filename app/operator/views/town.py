"""What the town is made of: boards, trades, neighbourhoods, pickup points."""

from datetime import time
from typing import Any

from babel.dates import get_day_names
from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as people
from app.core import clock, i18n
from app.core.access import me, role
from app.core.db import transaction
from app.core.drawings import KINDS
from app.core.errors import FieldError
from app.core.forms import ButtonForm, Form
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said
from app.forum import queries as forum
from app.forum.services import boards as board_services
from app.forum.types import BoardDraft
from app.merchants.queries import collecting, keeping
from app.merchants.services import categories as category_services
from app.merchants.services import points as point_services
from app.merchants.types import PointDraft, SlotRuleDraft
from app.moderation.types import HoldMode
from app.operator.forms import BoardForm, CategoryForm, NeighbourhoodForm, PointForm, ReasonForm
from app.operator.policies.kinds import asked_lines
from app.operator.views.blueprint import DONE, SAVED, bp
from app.places import queries as places
from app.places import services as place_services
from app.places.types.points import Point

HOLD_WORDS = {
    HoldMode.OPEN: _l("Nobody's"),
    HoldMode.FIRST_POSTS: _l("First posts of a member"),
    HoldMode.NEWCOMERS: _l("Newcomers'"),
    HoldMode.EVERYONE: _l("Everybody's"),
}


@bp.get("/boards")
@role("operator")
def boards() -> Response:
    """List the boards."""
    return render("operator/boards.html", rows=forum.boards_seen(me()))


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
        outline = _outline(form.polygon.data or "")
        values: dict[str, Any] = {
            "name": form.name.data,
            "name_en": form.name_en.data,
            "slug": form.slug.data,
            "at": clock.now(),
            "centre": Point(float(form.lat.data), float(form.lng.data)),
            "polygon": outline,
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


def _outline(text: str) -> list[list[float]] | None:
    corners = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            lat, lng = (float(part) for part in line.split(","))
        except ValueError as wrong:
            raise FieldError(
                "polygon", _("This line is no pair of degrees: %(line)s", line=line[:40])
            ) from wrong
        corners.append([lat, lng])
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


@bp.get("/points")
@role("operator")
def points() -> Response:
    """List the site's own pickup points."""
    return render("operator/points.html", rows=collecting.site_points(with_archived=True))


@bp.route("/points/<int:point_id>", methods=["GET", "POST"])
@role("operator")
def point(point_id: int) -> ResponseReturnValue:
    """Change one of the site's pickup points, or add one (0)."""
    found = collecting.points_by_id([point_id]).get(point_id) if point_id else None
    form = _point_form(found)
    with form.shows_field_errors("operator/point.html", point=found):
        if not _is_sent(form):
            return render("operator/point.html", form=form, point=found)
        draft = _point_draft(form)
        with transaction(once=form.key) as act:
            point_services.save_point(me(), None, draft, at=clock.now(), point_id=point_id or None)
            act.leads_to(url_for("operator.points"))
    return said(act.location, SAVED)


def _point_form(found: Any) -> PointForm:
    form = PointForm.posted(**(_point_start() if found is None else _point_known(found)))
    names = get_day_names("abbreviated", locale=i18n.locale())
    form.weekdays.choices = [(number, names[number]) for number in range(7)]
    return form


def _point_start() -> dict[str, Any]:
    return {
        "lead_minutes": 60,
        "days_ahead": 7,
        "weekdays": list(range(7)),
        "slot_minutes": 30,
        "capacity": 20,
    }


def _point_known(found: Any) -> dict[str, Any]:
    names = ("name_zh", "name_en", "address", "lat", "lng", "note", "lead_minutes", "days_ahead")
    known: dict[str, Any] = {name: getattr(found, name) for name in names}
    rules = collecting.rules_of([found.id]).get(found.id, [])
    if not rules:
        return known
    return known | {
        "weekdays": sorted({rule.weekday for rule in rules}),
        "opens": _clock_text(rules[0].starts_minute),
        "closes": _clock_text(rules[0].ends_minute),
        "slot_minutes": rules[0].slot_minutes,
        "capacity": rules[0].capacity,
    }


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(field: str, text: str) -> int:
    try:
        value = time.fromisoformat(text.strip())
    except ValueError as wrong:
        raise FieldError(field, _("A time such as 17:30, please.")) from wrong
    return value.hour * 60 + value.minute


def _point_draft(form: PointForm) -> PointDraft:
    days = sorted(form.weekdays.data)
    opens, closes = _minutes("opens", form.opens.data), _minutes("closes", form.closes.data)
    if closes <= opens:
        raise FieldError("closes", _("It closes before it opens."))
    rules = tuple(
        SlotRuleDraft(
            weekday=day,
            starts_minute=opens,
            ends_minute=closes,
            slot_minutes=form.slot_minutes.data,
            capacity=form.capacity.data,
        )
        for day in days
    )
    return PointDraft(
        name_zh=form.name_zh.data,
        name_en=form.name_en.data or "",
        address=form.address.data,
        lat=None if form.lat.data is None else float(form.lat.data),
        lng=None if form.lng.data is None else float(form.lng.data),
        note=form.note.data or "",
        lead_minutes=form.lead_minutes.data or 0,
        days_ahead=form.days_ahead.data or 7,
        rules=rules,
    )


@bp.post("/points/<int:point_id>/<any(archive, restore):what>")
@role("operator")
def archive_point(point_id: int, what: str) -> ResponseReturnValue:
    """Close one of the site's pickup points to new orders, or open it again."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        point_services.archive_point(me(), point_id, what == "archive", at=clock.now())
        act.leads_to(url_for("operator.points"))
    return said(act.location, DONE)
