"""Taking one's own data along, and leaving."""

from typing import Any

from flask import Response, request, send_file, url_for

from app.accounts import queries
from app.accounts.errors import WrongPasswordError
from app.accounts.forms import ClosingForm, OwnForm
from app.accounts.parts import TEXT_NAMES
from app.accounts.policies import passwords
from app.accounts.queries import leaving as reads
from app.accounts.queries import own
from app.accounts.queries import texts as text_reads
from app.accounts.services import closing as closing_services
from app.accounts.services import count_try, own_data, proofs
from app.accounts.types import AttemptKind, ExportState
from app.accounts.views.door import caller, known_device
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast

ASKED = toast("accounts.export_asked", _l("It is being gathered. You may go on meanwhile."))
LEAVING = toast("accounts.leaving", _l("Noted. Until that day you can change your mind."))
STAYING = toast("accounts.staying", _l("Good that you stay."))


def _data_page() -> dict[str, Any]:
    rows = reads.exports_of(me().id or 0)
    return {
        "rows": rows,
        "is_gathering": any(row.state is ExportState.WAITING for row in rows),
        "held": own.handed_out(),
        "left_out": [held for held in own.all_held() if held.left_out is not None],
        "agreed": text_reads.acceptances_of(me().id or 0),
        "names": TEXT_NAMES,
        "has_password": _has_password(),
    }


def _has_password() -> bool:
    return queries.user(me().id or 0).password_hash is not None


@bp.get("/data", endpoint="own_data")
@member
def own_data_page() -> Response:
    return render("accounts/own_data.html", form=OwnForm.posted(), **_data_page())


@bp.get("/data/progress")
@member
def own_progress() -> Response:
    rows = reads.exports_of(me().id or 0)
    waiting = next((row for row in rows if row.state is ExportState.WAITING), None)
    if waiting is None:  # the page itself knows what to show now
        answer = Response("", 200)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render("accounts/_gathering.html", row=waiting)


@bp.post("/data")
@member
def own_ask() -> Response:
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        own_data.ask_export(me(), at=clock.now())
        act.leads_to(url_for("accounts.own_data"))
    return said(act.location, ASKED)


@bp.post("/data/<int:export_id>")
@member
def own_take(export_id: int) -> Response:
    row = reads.export_for(me(), export_id, at=clock.now())
    form = OwnForm.posted()
    with form.shows_field_errors("accounts/own_data.html", export_id=export_id, **_data_page()):
        form.check()
        _prove(form)
    path = own_data.file_of("own", row.id)
    if not path.is_file():
        raise NotFoundError
    with transaction():
        own_data.note_taken(me(), row.id, at=clock.now())
    name = f"linli-{me().id}-{clock.local(row.asked_at):%Y%m%d}.zip"
    answer = send_file(path, "application/zip", as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _prove(form: OwnForm) -> None:
    """Ask for the password where there is one; else for a proof of the last minutes."""
    person = queries.user(me().id or 0)
    if person.password_hash is None:
        proofs.check_fresh(me(), at=clock.now())
        return
    with transaction():
        account = person.mail or str(person.id)
        count_try(AttemptKind.SIGN_IN, account, caller(known_device()), at=clock.now())
    if not passwords.is_right(form.password.data or "", person.password_hash):
        raise WrongPasswordError("password")


@bp.route("/closing", methods=["GET", "POST"])
@member
def closing() -> Response:
    form = ClosingForm.posted(words="keep")
    context: dict[str, Any] = {
        "waiting": reads.open_closing(me().id or 0),
        "bound": reads.obligations_of(me().id or 0, at=clock.now()),
        "held": own.all_held(),
        "has_password": _has_password(),
        "days": closing_services.MIND_CHANGES_FOR.days,
    }
    if request.method == "GET":
        return render("accounts/closing.html", form=form, **context)
    with form.shows_field_errors("accounts/closing.html", **context):
        form.check()
        _prove(form)
        with transaction(once=form.key) as act:
            keeps = form.words.data == "keep"
            closing_services.ask_closing(me(), keeps_words=keeps, at=clock.now())
            act.leads_to(url_for("accounts.closing"))
    return said(act.location, LEAVING)


@bp.post("/closing/stay")
@member
def closing_stay() -> Response:
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        closing_services.withdraw_closing(me(), at=clock.now())
        act.leads_to(url_for("accounts.me"))
    return said(act.location, STAYING)
