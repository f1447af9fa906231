"""The desk at the door: who is expected, who is in, codes typed, scanned and photographed."""

import secrets
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.pages import (
    absolute,
    csv_answer,
    live_answer,
    render,
    said,
    wants_json,
)
from app.events import queries
from app.events.forms import (
    CheckInForm,
    ScanForm,
    WalkInForm,
)
from app.events.services import desk
from app.events.views.blueprint import LET_IN, UNDONE, bp


@bp.get("/in/<code>")
@member
def by_code(code: str) -> AnyResponse:
    """Show whoever scans a code with a plain camera what it stands for: the desk, or one's own
    sign-up.
    """
    found = queries.registration_by_code(code)
    if found is None:
        raise NotFoundError
    registration_id, gathering_id, _person = found
    own, subject = queries.registration_for(me(), registration_id)
    if queries.may_run(me(), subject):
        return _desk_page(gathering_id, words=own.code)
    return render(
        "events/registration.html",
        registration=own,
        gathering=subject,
        code_address=absolute(url_for("events.by_code", code=own.code)),
    )


@bp.get("/<int:gathering_id>/check-in")
@member
def check_in(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    return _desk_page(gathering_id, words=_words())


def _words() -> str:
    return request.args.get("q", "").replace("\x00", "")[:60]


def _desk_page(gathering_id: int, *, words: str) -> Response:
    return render("events/check_in.html", **_desk_of(gathering_id, words))


def _desk_of(gathering_id: int, words: str) -> dict[str, Any]:
    return {
        "gathering": queries.gathering_for(me(), gathering_id),
        "counts": queries.desk_counts(gathering_id),
        "rows": queries.desk_rows(gathering_id, words),
        "words": words,
    }


@bp.get("/<int:gathering_id>/check-in/list")
@member
def check_in_list(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    words = _words()
    version = f"{gathering_id}:{queries.desk_counts(gathering_id).version}:{words}"
    return live_answer(
        version, lambda: render("events/_desk.html", **_desk_of(gathering_id, words))
    )


@bp.post("/<int:gathering_id>/check-in")
@member
def let_in(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = CheckInForm.posted()
    form.check()
    with transaction():
        arrival = desk.check_in(
            me(),
            subject.id,
            nonce=_nonce(form),
            at=clock.now(),
            registration_id=form.registration_id.data,
            code=form.code.data or "",
            people=form.people.data,
        )
    return _desk_said(gathering_id, LET_IN, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/undo")
@member
def undo(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = CheckInForm.posted()
    form.check()
    with transaction():
        arrival = desk.undo_check_in(
            me(),
            subject.id,
            form.registration_id.data or 0,
            nonce=_nonce(form),
            at=clock.now(),
        )
    return _desk_said(gathering_id, UNDONE, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/walk-in")
@member
def walk_in(gathering_id: int) -> AnyResponse:
    subject = queries.gathering_to_run(me(), gathering_id)
    form = WalkInForm.posted()
    with form.shows_field_errors(
        "events/check_in.html", walk_in_form=form, **_desk_of(gathering_id, "")
    ):
        form.check()
    with transaction():
        arrival = desk.admit_walk_in(
            me(),
            subject.id,
            name=form.name.data or "",
            party=form.party.data or 1,
            nonce=_nonce(form),
            at=clock.now(),
        )
    return _desk_said(gathering_id, LET_IN, arrival.registration_id)


@bp.post("/<int:gathering_id>/check-in/photo")
@member
def scan(gathering_id: int) -> AnyResponse:
    """Read a code off a photograph, where the browser cannot scan, and show whose it is."""
    queries.gathering_to_run(me(), gathering_id)
    form = ScanForm.posted()
    with form.shows_field_errors(
        "events/check_in.html", scan_form=form, **_desk_of(gathering_id, "")
    ):
        form.check()
        code = desk.code_in_photo(form.photo.data)
    return _desk_page(gathering_id, words=code)


def _nonce(form: CheckInForm | WalkInForm) -> str:
    return (form.nonce.data or form.key or secrets.token_urlsafe(12))[:64]


def _desk_said(gathering_id: int, key: str, registration_id: int) -> AnyResponse:
    if wants_json():
        row = queries.desk_row(registration_id)
        counts = queries.desk_counts(gathering_id)
        return {  # type: ignore[return-value]
            "name": row.name,
            "people": row.arrived or 0,
            "party": row.party,
            "arrived": counts.arrived,
            "expected": counts.expected,
        }
    words = request.form.get("q", "")[:60]
    back = url_for("events.check_in", gathering_id=gathering_id, q=words or None)
    return said(back, key)


@bp.get("/<int:gathering_id>/people.csv")
@member
def people_csv(gathering_id: int) -> Response:
    queries.gathering_to_run(me(), gathering_id)
    header = [_("Name"), _("How many people"), _("State"), _("Came"), _("At")]
    rows = [
        (
            row.name,
            row.party,
            row.state.value,
            row.arrived or 0,
            clock.local(row.arrived_at).strftime("%Y-%m-%d %H:%M") if row.arrived_at else "",
        )
        for row in queries.desk_rows(gathering_id, limit=100_000)
    ]
    return csv_answer(f"event-{gathering_id}.csv", header, rows)
