"""The desk's side: whom to phone, which addresses failed, and how the town reaches people."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.core.sms.services import can_send_sms
from app.notifications.forms import CallForm, TownForm, clock_time, wait
from app.notifications.queries import desk, reach
from app.notifications.services import calls as call_services
from app.notifications.services.town import set_town_reach
from app.notifications.types import (
    LADDERS,
    TOPIC_LABELS,
    CallState,
    CallWhy,
    Topic,
    Way,
)
from app.notifications.views.blueprint import bp

NOTED = toast("notifications.call_noted", _l("Written down."))
SET = toast("notifications.reach_set", _l("Saved."))
WHY_WORDS = {
    CallWhy.SHOP_SILENT: _l("The shop has not looked at its order"),
    CallWhy.NO_WAY: _l("Left no address, number or device"),
    CallWhy.ALL_FAILED: _l("Everything they left fails"),
}


@bp.get("/operator/calls")
@role("operator")
def calls() -> Response:
    """List whom nothing reaches, the longest waiting first."""
    return render("notifications/calls.html", form=CallForm.posted(), call_id=None, **_queue())


def _queue() -> dict[str, Any]:
    wanted = request.args.get("state", "")
    state = CallState(wanted) if wanted in set(CallState) else CallState.WAITING
    about = request.args.get("about", "")
    about = about if about in {"order", "user"} else ""
    newest = request.args.get("sort") == "newest"
    page = desk.calls_of_desk(state, about=about, newest=newest, after=request.args.get("after"))
    used, refused = reach.sms_today(clock.now())
    town_reach = reach.town_reach()
    return {
        "desk_minutes": town_reach.alarm_desk,
        "page": page,
        "state": state,
        "about": about,
        "newest": newest,
        "why_words": WHY_WORDS,
        "kind_word": _kind_word,
        "sms": (used, refused, town_reach.sms_budget),
    }


def _kind_word(kind: str) -> str:
    """Return what the news was about, without anything personal."""
    return str(TOPIC_LABELS[Topic.ORDERS if kind.startswith("order") else Topic.EVENTS])


@bp.post("/operator/calls/<int:call_id>")
@role("operator")
def note_call(call_id: int) -> AnyResponse:
    """Write down that somebody phoned, and whether they got through."""
    form = CallForm.posted()
    with form.shows_field_errors("notifications/calls.html", call_id=call_id, **_queue()):
        form.check()
        with transaction(once=form.key) as act:
            call_services.note_call(
                me(),
                call_id,
                is_reached=form.reached.data == "1",
                note=form.note.data or "",
                at=clock.now(),
            )
            act.leads_to(url_for("notifications.calls"))
    return said(act.location, NOTED)


@bp.get("/operator/failed-addresses")
@role("operator")
def failed_addresses() -> Response:
    """List the addresses and numbers that were refused."""
    wanted = request.args.get("way", "")
    way = Way(wanted) if wanted in {Way.MAIL, Way.SMS} else None
    newest = request.args.get("sort") != "oldest"
    page = desk.failed_addresses(way=way, newest=newest, after=request.args.get("after"))
    return render("notifications/failed.html", page=page, way=way, newest=newest)


@bp.route("/operator/reach", methods=["GET", "POST"])
@role("operator")
def town() -> AnyResponse:
    """Set quiet hours, ladders, the alarm's minutes and the day's text messages."""
    form = _town_form()
    if request.method == "GET":
        return render("notifications/town.html", form=form, **_town_facts())
    with form.shows_field_errors("notifications/town.html", **_town_facts()):
        form.check()
        with transaction(once=form.key) as act:
            set_town_reach(
                me(),
                quiet=form.quiet(),
                waits=form.waits(),
                alarm_sms=form.alarm_sms.data,
                alarm_desk=form.alarm_desk.data,
                sms_budget=form.sms_budget.data,
                at=clock.now(),
            )
            act.leads_to(url_for("notifications.town"))
    return said(act.location, SET)


def _town_form() -> TownForm:
    known = reach.town_reach()
    values: dict[str, Any] = {
        wait(topic, rung.way): rung.wait
        for topic, ladder in known.ladders.items()
        for rung in ladder
        if rung.wait
    }
    return TownForm.posted(
        quiet_start=clock_time(known.quiet.start),
        quiet_end=clock_time(known.quiet.end),
        alarm_sms=known.alarm_sms,
        alarm_desk=known.alarm_desk,
        sms_budget=known.sms_budget,
        **values,
    )


def _town_facts() -> dict[str, Any]:
    used, refused = reach.sms_today(clock.now())
    return {
        "labels": TOPIC_LABELS,
        "rows": [
            (topic, [wait(topic, rung.way) for rung in ladder if rung.wait])
            for topic, ladder in LADDERS.items()
        ],
        "sms": (used, refused, reach.town_reach().sms_budget),
        "has_sms": can_send_sms(),
        "robot": desk.robot_row(None),
    }
