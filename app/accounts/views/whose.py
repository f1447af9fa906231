"""Whether somebody who has a number now is whose account it was: one more thing, or a new one."""

from typing import Any

from flask import Response, request, url_for

from app.accounts.errors import CodeGoneError, NotTheOwnerError
from app.accounts.forms import OwnerPasswordForm, WhoseForm
from app.accounts.models import User
from app.accounts.policies import passwords
from app.accounts.policies.names import name_key
from app.accounts.policies.ways import safe_next
from app.accounts.queries import proofs as reads
from app.accounts.services import recycled
from app.accounts.types import Purpose
from app.accounts.views.door import ask_by, caller, known_device, step_token, to_step
from app.accounts.views.entering import came_from, entered, to
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import public
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.pages import render


def _owner() -> User:
    where, at = caller(known_device()), clock.now()
    return recycled.owner_asked(step_token(), where, at=at)[1]


def _back() -> str:
    return safe_next(request.args.get("next"), url_for("home.front"))


@bp.route("/enter/whose", methods=["GET", "POST"])
@public
def whose() -> Response:
    """Ask for one more thing that only the owner of the account has or knows."""
    try:
        person = _owner()
    except CodeGoneError:
        return to("accounts.enter")
    found = reads.whose_number(person)
    form: Any = (OwnerPasswordForm if found.asks == "password" else WhoseForm).posted()
    context: dict[str, Any] = {"found": found, "back": _back(), "kept": came_from()}
    if request.method == "GET":
        return render("accounts/whose.html", form=form, **context)
    with form.shows_field_errors("accounts/whose.html", **context):
        form.check()
        with transaction():
            recycled.count_answer(step_token(), caller(known_device()), at=clock.now())
        if not _is_right(person, found.asks, form.answer.data):
            raise NotTheOwnerError
    return entered(person, _back())


def _is_right(person: User, asks: str, typed: str) -> bool:
    if asks == "password":
        return passwords.is_right(typed, person.password_hash)
    return asks == "name" and name_key(typed) == person.name_key


@bp.post("/enter/whose/<any(mail, totp):way>")
@public
def whose_by(way: str) -> Response:
    """Send a code by another of the account's ways; it lets its owner in."""
    ButtonForm.posted().check()
    person = _owner()
    chosen = next((row for row in reads.whose_number(person).ways if row.way == way), None)
    if chosen is None:
        raise NotFoundError
    token = ask_by(chosen.way, chosen.target, person, Purpose.DEVICE)
    return to_step(url_for("accounts.device_code", next=_back()), token)


@bp.post("/enter/whose/not-me")
@public
def not_mine() -> Response:
    """Take the number off the old account; who has it now joins with it."""
    ButtonForm.posted().check()
    with transaction():
        recycled.free_number(step_token(), caller(known_device()), at=clock.now())
    return to("accounts.join")
