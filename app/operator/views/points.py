"""The site's own pickup points: where, and at which hours of which days."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from babel.dates import get_day_names
from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock, i18n
from app.core.access import me, role
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.pages import render, said
from app.merchants.queries import collecting
from app.merchants.services import points as services
from app.merchants.types import (
    PointDraft,
    SlotMeasure,
    SlotRuleDraft,
    kept_capacity,
    typed_capacity,
)
from app.operator.forms import PointForm
from app.operator.views.blueprint import DONE, SAVED, bp

NEW = {"lead_minutes": 60, "days_ahead": 7}


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
    if point_id and (found is None or found.merchant_id is not None):
        raise NotFoundError
    form = _form(found)
    with form.shows_field_errors("operator/point.html", point=found):
        if request.method == "GET":
            return render("operator/point.html", form=form, point=found)
        form.check()
        draft = _draft(form)
        with transaction(once=form.key) as act:
            services.save_point(me(), None, draft, at=clock.now(), point_id=point_id or None)
            act.leads_to(url_for("operator.points"))
    return said(act.location, SAVED)


def _form(found: Any) -> PointForm:
    form = PointForm.posted(**(NEW if found is None else _known(found)))
    if request.method == "GET":
        form.rules.append_entry({} if found else {"weekdays": list(range(7))})
    names = get_day_names("abbreviated", locale=i18n.locale())
    for row in form.rules:
        row.form.weekdays.choices = [(number, names[number]) for number in range(7)]
    return form


def _known(found: Any) -> dict[str, Any]:
    names = (
        *("name_zh", "name_en", "address", "lat", "lng", "note", "lead_minutes", "days_ahead"),
        *("cut_off_days", "is_home"),
    )
    rules = collecting.rules_of([found.id]).get(found.id, [])
    minute = found.cut_off_minute
    return {name: getattr(found, name) for name in names} | {
        "rules": _stretches(rules),
        "cut_off": None if minute is None else time(minute // 60 % 24, minute % 60),
        "measure": rules[0].measure.value if rules else SlotMeasure.ORDERS.value,
    }


def _stretches(rules: Sequence[Any]) -> list[dict[str, Any]]:
    """Return a point's weekly rules as lines: the days that have the same hours stand together."""
    days: dict[tuple[int, int, int, int], list[int]] = {}
    for rule in rules:
        capacity = typed_capacity(rule.capacity, rule.measure)
        hours = (rule.starts_minute, rule.ends_minute, rule.slot_minutes, capacity)
        days.setdefault(hours, []).append(rule.weekday)
    return [
        {
            "weekdays": sorted(weekdays), "opens": _clock_text(opens),
            "closes": _clock_text(closes), "slot_minutes": slot_minutes, "capacity": capacity,
        }
        for (opens, closes, slot_minutes, capacity), weekdays in days.items()
    ]  # fmt: skip


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _draft(form: PointForm) -> PointDraft:
    place = form.position()
    return PointDraft(
        name_zh=form.name_zh.data,
        name_en=form.name_en.data or "",
        address=form.address.data,
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        note=form.note.data or "",
        lead_minutes=form.lead_minutes.data or 0,
        days_ahead=form.days_ahead.data or 7,
        cut_off_days=form.cut_off_days.data or 0,
        cut_off_minute=last.hour * 60 + last.minute if (last := form.cut_off.data) else None,
        is_home=bool(form.is_home.data),
        rules=_rules(form),
    )


def _rules(form: PointForm) -> tuple[SlotRuleDraft, ...]:
    rules: list[SlotRuleDraft] = []
    measure = SlotMeasure(form.measure.data)
    for row in (entry.form for entry in form.rules if not entry.form.is_out):
        opens, closes = _minutes(row.opens), _minutes(row.closes)
        if opens is None or closes is None:
            continue
        if closes <= opens:
            row.closes.errors = [*row.closes.errors, _("It closes before it opens.")]
            continue
        rules += [
            SlotRuleDraft(
                day,
                opens,
                closes,
                row.slot_minutes.data,
                kept_capacity(row.capacity.data, measure),
                measure,
            )  # fmt: skip
            for day in sorted(set(row.weekdays.data))
        ]
    if any(entry.form.errors for entry in form.rules):
        raise FieldError("rules", _("Look at the lines marked below."))
    if not rules:
        raise FieldError("rules", _("Say on which days, and from when to when."))
    return tuple(rules)


def _minutes(field: Any) -> int | None:
    try:
        value = time.fromisoformat((field.data or "").strip())
    except ValueError:
        field.errors = [*field.errors, _("A time such as 17:30, please.")]
        return None
    return value.hour * 60 + value.minute


@bp.post("/points/<int:point_id>/<any(archive, restore):what>")
@role("operator")
def archive_point(point_id: int, what: str) -> ResponseReturnValue:
    """Close one of the site's pickup points to new orders, or open it again."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.archive_point(me(), point_id, what == "archive", at=clock.now())
        act.leads_to(url_for("operator.points"))
    return said(act.location, DONE)
