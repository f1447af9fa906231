"""The first start: an empty site becomes somebody's own town, step by step."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import time
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.accounts import services as accounts
from app.core import clock, i18n
from app.core.access import me, public, remember_session, role
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.facts import town
from app.core.forms import ButtonForm, Form
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.money import Money
from app.core.pages import render, said, toast
from app.merchants.parts import rate_words
from app.merchants.queries.keeping import usual_trades
from app.merchants.types import Rate
from app.operator import queries, services
from app.operator.forms import (
    BoardsForm,
    CharterForm,
    KeyForm,
    KindForm,
    NameForm,
    PointsForm,
    RateForm,
    TradesForm,
)
from app.operator.policies.kinds import KINDS, USUAL, Kind, asked_lines, kind_of
from app.operator.views.blueprint import OPENED
from app.operator.views.identity import charter_values, kept_logo, name_form, name_values

start_bp = Blueprint("start", "app.operator", url_prefix="/start", template_folder="templates")

KEPT = toast("start.kept", _l("Kept. You may go on later, too."))
STEPS: tuple[tuple[str, Any], ...] = (
    ("kind", _l("Kind of town")),
    ("name", _l("Name and colours")),
    ("places", _l("Neighbourhoods")),
    ("boards", _l("Boards")),
    ("trades", _l("Trades")),
    ("points", _l("Pickup points")),
    ("terms", _l("Terms")),
    ("charter", _l("Charter")),
    ("look", _l("Open")),
)
WHY = "first start"
SESSION_SECONDS = 30 * 24 * 3600


@start_bp.route("/", methods=["GET", "POST"])
@public
def door() -> ResponseReturnValue:
    """Let the one who has the server's key begin, and lead the operator to the next step."""
    if me().is_operator:
        return redirect(url_for(f"start.{_first_open()}"), 303)
    form = KeyForm.posted()
    is_begun = queries.has_operator()
    with form.shows_field_errors("operator/start/door.html", is_begun=is_begun):
        if request.method == "GET" or is_begun:
            status = 200 if request.method == "GET" else 409
            return render("operator/start/door.html", status=status, form=form, is_begun=is_begun)
        form.check()
        services.check_key(form.start_key.data)
        person_id = _begin(form)
        with transaction():
            token = accounts.start_session(
                person_id,
                user_agent=request.user_agent.string[:300],
                address=request.remote_addr or "",
            )
    answer: Any = redirect(url_for("start.kind"), 303)
    remember_session(answer, token, seconds=SESSION_SECONDS)
    return answer  # type: ignore[no-any-return]


def _begin(form: KeyForm) -> int:
    new_hash = accounts.hashed_password(form.password.data)
    with transaction():
        return services.begin_town(
            key=form.start_key.data,
            name=form.name.data,
            mail=form.mail.data,
            password_hash=new_hash,
            language=i18n.language(),
            at=clock.now(),
        )


def _first_open() -> str:
    done = _done()
    return next((step for step, _name in STEPS if step not in done), "look")


def _done() -> set[str]:
    told = town()
    kept = set(queries.drafts())
    kept |= {"kind"} if told.kind else set()
    return kept | ({"name"} if told.name else set())


def frame(step: str) -> dict[str, Any]:
    """Return what every page of the first start shows around its form."""
    done = _done()
    steps = [
        (name, url_for(f"start.{key}"), key == step, key in done, number)
        for number, (key, name) in enumerate(STEPS, 1)
    ]
    number = next(number for number, (key, _name) in enumerate(STEPS, 1) if key == step)
    return {"steps": steps, "step": step, "number": number, "count": len(STEPS)}


def after(step: str) -> str:
    """Return the address of the next step, or of this one where another line is wanted."""
    keys = [key for key, _name in STEPS]
    if request.form.get("more"):
        return url_for(f"start.{step}", more=1) + "#last"
    return url_for(f"start.{keys[keys.index(step) + 1]}")


def walk(
    step: str, form: Form, gather: Callable[[], Any], room: str = "", **context: Any
) -> ResponseReturnValue:
    """Show a step, or keep what it holds and go on to the next."""
    page = f"operator/start/{step}.html"
    context |= frame(step)
    with form.shows_field_errors(page, **context):
        if request.method == "GET":
            if room:
                _make_room(form[room])
            return render(page, form=form, **context)
        form.check()
        value = gather()
        with transaction(once=form.key) as act:
            services.keep_step(step, value, at=clock.now())
            act.leads_to(after(step))
    return redirect(act.location, 303)


def _make_room(rows: Any) -> None:
    """Add an empty line where somebody asked for one, and where there is none."""
    if (not rows.entries or request.args.get("more")) and len(rows.entries) < rows.max_entries:
        rows.append_entry()


def idea() -> Kind:
    """Return the kind of town that was chosen."""
    return kind_of(town().kind)


@start_bp.route("/kind", methods=["GET", "POST"])
@role("operator")
def kind() -> ResponseReturnValue:
    """Choose what kind of town it is; what the lists start with follows from it."""
    form = KindForm.posted(kind=town().kind or USUAL)
    form.kind.choices = [SelectChoice(one.key, one.label) for one in KINDS.values()]
    page, context = "operator/start/kind.html", {"kinds": list(KINDS.values()), **frame("kind")}
    with form.shows_field_errors(page, **context):
        if request.method == "GET":
            return render(page, form=form, **context)
        form.check()
        with transaction(once=form.key) as act:
            services.choose_kind(me(), form.kind.data, at=clock.now())
            act.leads_to(after("kind"))
    return redirect(act.location, 303)


@start_bp.route("/name", methods=["GET", "POST"])
@role("operator")
def name() -> ResponseReturnValue:
    """Say what the town is called and how it looks."""
    form: NameForm = name_form()
    page, context = "operator/start/name.html", frame("name")
    with form.shows_field_errors(page, **context):
        if request.method == "GET":
            return render(page, form=form, **context)
        form.check()
        values, picture = name_values(form)
        with transaction(once=form.key) as act:
            logo = kept_logo(form, picture)
            services.say_who_we_are(me(), **values, logo=logo, at=clock.now(), reason=WHY)
            act.leads_to(after("name"))
    return redirect(act.location, 303)


@start_bp.route("/boards", methods=["GET", "POST"])
@role("operator")
def boards() -> ResponseReturnValue:
    """Fill in the boards: promise, rules, who leads, what a thread must say."""
    form = BoardsForm.posted(rows=queries.draft("boards") or _board_ideas())
    return walk("boards", form, lambda: [_board_kept(row) for row in form.kept], room="rows")


def _board_ideas() -> list[dict[str, Any]]:
    return [
        {
            "name": one.name, "name_en": one.name_en, "promise": one.promise,
            "promise_en": one.promise_en, "rules": one.rules, "rules_en": one.rules_en,
            "asks": "\n".join(f"{zh} / {en}" for zh, en in one.required), "leads": True,
        }
        for one in idea().boards
    ]  # fmt: skip


def _board_kept(row: Any) -> dict[str, Any]:
    names = ("name", "name_en", "promise", "promise_en", "rules", "rules_en", "asks")
    kept = {name: (row[name].data or "").strip() for name in names}
    return {**kept, "leads": bool(row.leads.data)}


@start_bp.route("/trades", methods=["GET", "POST"])
@role("operator")
def trades() -> ResponseReturnValue:
    """Choose the trades that shops may have."""
    known = queries.draft("trades") or {"slugs": list(idea().trades), "rows": []}
    form = TradesForm.posted(**known)
    form.slugs.choices = [
        SelectChoice(slug, i18n.pick(zh, en)) for slug, zh, en, _drawing in usual_trades()
    ]

    def gather() -> dict[str, Any]:
        rows = [_words(row, "name_zh", "name_en") for row in form.kept]
        return {"slugs": form.slugs.data or [], "rows": rows}

    return walk("trades", form, gather, room="rows")


def _words(row: Any, *names: str) -> dict[str, str]:
    return {name: (row[name].data or "").strip() for name in names}


@start_bp.route("/points", methods=["GET", "POST"])
@role("operator")
def points() -> ResponseReturnValue:
    """Fill in the site's own pickup points."""
    known = queries.draft("points")
    form = PointsForm.posted(rows=_point_ideas() if known is None else known)
    return walk("points", form, lambda: _points_kept(form), room="rows")


def _point_ideas() -> list[dict[str, Any]]:
    return [
        {
            "name_zh": one.name, "name_en": one.name_en, "days": one.days, "opens": one.opens,
            "closes": one.closes, "capacity": one.capacity,
        }
        for one in idea().points
    ]  # fmt: skip


def _points_kept(form: PointsForm) -> list[dict[str, Any]]:
    kept = []
    for row in form.kept:
        opens, closes = _minutes(row, "opens"), _minutes(row, "closes")
        if opens is not None and closes is not None and closes - opens < 30:
            _complain(row, "closes", _("It needs half an hour between the two."))
        words = _words(row, "name_zh", "name_en", "address", "note", "days", "opens", "closes")
        kept.append({**words, "capacity": row["capacity"].data})
    if any(row.errors for row in form.kept):
        raise FieldError("rows", _("Look at the lines marked below."))
    return kept


def _minutes(row: Any, field: str) -> int | None:
    found = minutes_of(row[field].data)
    if found is None:
        _complain(row, field, _("A time such as 17:30, please."))
    return found


def _complain(row: Any, field: str, words: str) -> None:
    row[field].errors = [*row[field].errors, words]


def minutes_of(text: str) -> int | None:
    """Return a time of day in minutes, or None for what is none."""
    try:
        value = time.fromisoformat(text.strip())
    except ValueError:
        return None
    return value.hour * 60 + value.minute


@start_bp.route("/terms", methods=["GET", "POST"])
@role("operator")
def terms() -> ResponseReturnValue:
    """Say what shops pay the town."""
    rate = _rate()
    form = RateForm.posted(
        way=rate.way.value,
        percent=Decimal(rate.commission_bp) / 100,
        fee=Money(rate.yearly_fee_minor).decimal or None,
    )
    return walk("terms", form, lambda: asdict(form.rate()))


def _rate() -> Rate:
    """Return what shops will pay: what was kept, else what the kind of town proposes."""
    return Rate(**(queries.draft("terms") or {"commission_bp": idea().commission_bp}))


@start_bp.route("/charter", methods=["GET", "POST"])
@role("operator")
def charter() -> ResponseReturnValue:
    """Write down what the town's people promise each other."""
    told = town()
    form = CharterForm.posted(
        charter=told.charter, charter_en=told.charter_en, tone=told.tone, tone_en=told.tone_en
    )
    page, context = "operator/start/charter.html", frame("charter")
    with form.shows_field_errors(page, **context):
        if request.method == "GET":
            return render(page, form=form, **context)
        form.check()
        with transaction(once=form.key) as act:
            services.say_charter(me(), **charter_values(form), at=clock.now(), reason=WHY)
            services.keep_step("charter", True, at=clock.now())
            act.leads_to(after("charter"))
    return redirect(act.location, 303)


@start_bp.get("/look")
@role("operator")
def look() -> Response:
    """Show all of it once more, before the town opens."""
    found = lists()
    usual = {slug: i18n.pick(zh, en) for slug, zh, en, _drawing in usual_trades()}
    chosen = [usual[slug] for slug in found["trades"] if slug in usual]
    return render(
        "operator/start/look.html", lists=found, chosen=chosen, terms=rate_words(found["rate"]),
        **frame("look"),
    )  # fmt: skip


def lists() -> dict[str, Any]:
    """Return all lists as they would be laid now: what was kept, else what the kind proposes."""
    kept = queries.drafts()
    boards = kept.get("boards") or _board_ideas()
    trades = kept.get("trades") or {"slugs": list(idea().trades), "rows": []}
    places = kept.get("places") or {"rows": [], "middle": ""}
    return {
        "unplaced": [row["name"] for row in places["rows"] if not row.get("middle")],
        "places": places["rows"],
        "boards": [{**row, "required": asked_lines(row["asks"])} for row in boards],
        "trades": trades["slugs"],
        "own_trades": trades["rows"],
        "points": [
            {**row, "opens": minutes_of(row["opens"]), "closes": minutes_of(row["closes"])}
            for row in kept.get("points") or []
        ],
        "rate": _rate(),
    }


@start_bp.post("/open")
@role("operator")
def open_now() -> ResponseReturnValue:
    """Open the town: everything is laid in one go, and this page is gone."""
    form = ButtonForm.posted()
    form.check()
    found = lists()
    with transaction(once=form.key) as act:
        services.open_town(me(), trades=found["trades"], lists=found, at=clock.now())
        act.leads_to(url_for("home.front"))
    return said(act.location, OPENED)
