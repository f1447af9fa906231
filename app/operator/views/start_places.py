"""The first start's neighbourhoods: typed, drawn, or chosen from a list of divisions."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.operator import queries, services
from app.operator.forms import DivisionsForm, PickForm, PlacesForm
from app.operator.policies.divisions import LARGEST_FILE, Division, found_among, read_divisions
from app.operator.views.blueprint import bp
from app.operator.views.start import frame, start_bp, walk
from app.places.types.points import Datum, Point, to_wgs84

MOST_SHOWN = 200
CORNERS_NEEDED = 3
TAKEN = toast("start.taken", _l("Taken over. Look for more, or go back."))


@start_bp.route("/places", methods=["GET", "POST"])
@role("operator")
def places() -> ResponseReturnValue:
    """Fill in the parts of the town."""
    known = queries.draft("places") or {"middle": "", "rows": []}
    form = PlacesForm.posted(
        middle=known["middle"],
        rows=[{**row, "outline": _lines(row.get("outline"))} for row in known["rows"]],
    )
    return walk("places", form, lambda: _places_kept(form), room="rows", file_form=DivisionsForm())


def _lines(corners: Any) -> str:
    return "\n".join(f"{lat:.6f}, {lng:.6f}" for lat, lng in corners or [])


def _places_kept(form: PlacesForm) -> dict[str, Any]:
    datum, rows = Datum(form.datum.data), []
    middle = _middle(form.middle.data or "", datum)
    for row in form.kept:
        corners = _corners(row, datum)
        own = _centre(corners) if corners else middle
        if own is None and not row.errors:
            raise FieldError(
                "middle", _("Say where the town is, or draw “%(name)s”.", name=row["name"].data)
            )
        name, name_en = (row["name"].data.strip(), (row["name_en"].data or "").strip())
        rows.append({"name": name, "name_en": name_en, "outline": corners, "middle": own})
    if any(row.errors for row in form.kept):
        raise FieldError("rows", _("Look at the lines marked below."))
    _check_told_apart(form, rows)
    return {"middle": ", ".join(f"{degree:.6f}" for degree in middle or []), "rows": rows}


def _check_told_apart(form: PlacesForm, rows: list[dict[str, Any]]) -> None:
    names = [row["name"] for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise FieldError("rows", _("Two neighbourhoods are called “%(name)s”.", name=twice))


def _middle(text: str, datum: Datum) -> list[float] | None:
    if not text.strip():
        return None
    point = pair_of(text, datum)
    if point is None:
        raise FieldError("middle", _("Two numbers, please, such as 31.2700, 120.7300."))
    return point


def pair_of(text: str, datum: Datum) -> list[float] | None:
    """Return a pair of degrees in WGS-84, or None for what is no place on earth."""
    try:
        lat, lng = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        return None
    point = Point(lat, lng)
    if not point.is_on_earth:
        return None
    kept = to_wgs84(point, datum)
    return [round(kept.lat, 6), round(kept.lng, 6)]


def _corners(row: Any, datum: Datum) -> list[list[float]]:
    lines = [line.strip() for line in (row["outline"].data or "").splitlines() if line.strip()]
    pairs = [pair_of(line, datum) for line in lines]
    bad = next((line for line, pair in zip(lines, pairs, strict=True) if pair is None), None)
    if bad is not None:
        words = _("This line is no pair of degrees: %(line)s", line=bad[:40])
        row["outline"].errors = [*row["outline"].errors, words]
    elif 0 < len(lines) < CORNERS_NEEDED:
        words = _("An outline needs three corners of latitude and longitude.")
        row["outline"].errors = [*row["outline"].errors, words]
    return [pair for pair in pairs if pair is not None]


def _centre(corners: list[list[float]]) -> list[float]:
    return [round(sum(degrees) / len(corners), 6) for degrees in zip(*corners, strict=True)]


@start_bp.post("/places/file")
@role("operator")
def divisions() -> ResponseReturnValue:
    """Read a list of divisions and show it, to choose from."""
    return read_list("operator/start/file.html", url_for("start.pick"), **frame("places"))


def read_list(page: str, leads_to: str, **context: Any) -> ResponseReturnValue:
    """Keep the list that was sent, and lead to where its lines are chosen."""
    form = DivisionsForm.posted()
    with form.shows_field_errors(page, **context):
        form.check()
        content = form.file.data.read(LARGEST_FILE + 1) if form.file.data else b""
        if not content:
            raise FieldError("file", _("Choose a file first."))
        rows = [[row.code, row.name, row.name_en] for row in read_divisions(content)]
        with transaction(once=form.key) as act:
            services.keep_step(services.DIVISIONS, rows, at=clock.now())
            act.leads_to(leads_to)
    return redirect(act.location, 303)


@start_bp.route("/places/pick", methods=["GET", "POST"])
@role("operator")
def pick() -> ResponseReturnValue:
    """Choose which lines of the list become parts of the town."""

    def take(rows: list[Division]) -> None:
        services.take_divisions(rows, at=clock.now())

    return pick_lines("operator/start/pick.html", "start.pick", take, **frame("places"))


def pick_lines(
    page: str, endpoint: str, take: Callable[[list[Division]], Any], **context: Any
) -> ResponseReturnValue:
    """Show the lines that fit, or take those that were ticked."""
    rows = [Division(*row) for row in queries.draft(services.DIVISIONS) or []]
    words = request.args.get("q", "")[:60]
    found = found_among(rows, words)
    form = PickForm.posted()
    form.codes.choices = [SelectChoice(row.code, row.name) for row in found[:MOST_SHOWN]]
    context |= {"words": words, "total": len(rows), "most": MOST_SHOWN, "found": len(found)}
    with form.shows_field_errors(page, **context):
        if request.method == "GET":
            return render(page, form=form, **context)
        form.check()
        chosen = set(form.codes.data or [])
        if not chosen:
            raise FieldError("codes", _("Tick at least one."))
        with transaction(once=form.key) as act:
            take([row for row in rows if row.code in chosen])
            act.leads_to(url_for(endpoint, q=words or None))
    return said(act.location, TAKEN)


@bp.route("/neighbourhoods/list", methods=["GET", "POST"])
@role("operator")
def neighbourhood_list() -> ResponseReturnValue:
    """Choose lines of a list of divisions as neighbourhoods of a town that is open."""

    def take(rows: list[Division]) -> None:
        services.add_divisions(me(), rows, at=clock.now())

    return pick_lines(
        "operator/divisions.html", "operator.neighbourhood_list", take, file_form=DivisionsForm()
    )


@bp.post("/neighbourhoods/file")
@role("operator")
def neighbourhood_file() -> ResponseReturnValue:
    """Read a list of divisions for a town that is open."""
    return read_list("operator/division_file.html", url_for("operator.neighbourhood_list"))
