"""Getting in: who may write, and new numbers for those who lost theirs, confirmed by two."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries
from app.accounts.queries import numbers as reads
from app.accounts.services import numbers, writing
from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.mail.services import can_send_mail
from app.core.pages import absolute, render, said
from app.core.sms.services import can_send_sms
from app.operator.forms import NewNumberForm, ReasonForm, WritingForm
from app.operator.views.blueprint import DONE, SAVED, bp


@bp.get("/getting-in")
@role("operator", "moderator")
def getting_in() -> Response:
    """Show who may write, and which numbers wait for a second person."""
    form = WritingForm.posted(needs_number=writing.needs_number())
    words = request.args.get("q", "").replace("\x00", "").strip()[:40]
    return render(
        "operator/getting_in.html",
        form=form,
        words=words,
        found=queries.people_named(words, limit=20),
        waiting=reads.changes(),
        settled=reads.changes(is_open=False, limit=20),
        can_send_sms=can_send_sms(),
        can_send_mail=can_send_mail(),
    )


@bp.post("/getting-in/writing")
@role("operator")
def set_writing() -> ResponseReturnValue:
    """Let only proven numbers write, or everybody again."""
    form = WritingForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        writing.set_needs_number(
            me(), form.needs_number.data, reason=form.reason.data, at=clock.now()
        )
        act.leads_to(url_for("operator.getting_in"))
    return said(act.location, SAVED)


@bp.route("/people/<int:person_id>/number", methods=["GET"])
@role("operator", "moderator")
def new_number(person_id: int) -> Response:
    """Show the form for a new number of a person who stands at the desk."""
    return render("operator/new_number.html", form=NewNumberForm.posted(), **_of(person_id))


def _of(person_id: int) -> dict[str, Any]:
    return {"profile": queries.profile(person_id)}


@bp.post("/people/<int:person_id>/number")
@role("operator", "moderator")
def ask_number(person_id: int) -> ResponseReturnValue:
    """Ask for a new number; a second person confirms it."""
    form = NewNumberForm.posted()
    with form.shows_field_errors("operator/new_number.html", **_of(person_id)):
        form.check()
        with transaction(once=form.key) as act:
            numbers.ask_number(
                me(), person_id, form.phone.data, reason=form.reason.data, at=clock.now()
            )
            act.leads_to(url_for("operator.getting_in"))
    return said(act.location, DONE)


@bp.post("/getting-in/numbers/<int:change_id>/confirm")
@role("operator", "moderator")
def confirm_number(change_id: int) -> ResponseReturnValue:
    """Confirm a new number as the second person."""
    ButtonForm.posted().check()
    with transaction():
        numbers.confirm_number(me(), change_id, _stop_link, at=clock.now())
    return said(url_for("operator.getting_in"), DONE)


def _stop_link(token: str) -> str:
    return absolute(url_for("accounts.number_change", token=token))


@bp.post("/getting-in/numbers/<int:change_id>/stop")
@role("operator", "moderator")
def stop_number(change_id: int) -> ResponseReturnValue:
    """Stop a change of number, with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction():
        numbers.stop_number(me(), change_id, reason=form.reason.data, at=clock.now())
    return said(url_for("operator.getting_in"), DONE)
