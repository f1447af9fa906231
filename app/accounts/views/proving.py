"""Proving again that it is you, before what is about money."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, request, url_for

from app.accounts import queries
from app.accounts.errors import CodeGoneError, FreshProofNeededError, WrongPasswordError
from app.accounts.forms import CodeForm, OwnPasswordForm
from app.accounts.models import User
from app.accounts.policies import passwords
from app.accounts.policies.ways import safe_next
from app.accounts.queries import proofs as reads
from app.accounts.services import proofs
from app.accounts.types import AttemptKind, Purpose
from app.accounts.views.door import ask_by, count_try, step_token, to_step
from app.accounts.views.entering import sent_to, tried
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast, wants_json

PROVEN = toast("accounts.proven", _l("Thank you. For ten minutes we do not ask again."))


def connect(app: Flask) -> None:
    """Lead somebody who has to prove themselves first to that page, and back."""
    app.register_error_handler(FreshProofNeededError, _to_proof)


def _to_proof(error: FreshProofNeededError) -> Any:
    if wants_json():
        told = {"message": str(error), "next": url_for("accounts.prove")}
        return jsonify(told), error.status
    if request.method == "GET":
        back = request.full_path.rstrip("?")
    else:
        came = urlsplit(request.referrer or "")
        back = f"{came.path}?{came.query}".rstrip("?")
    return redirect(url_for("accounts.prove", next=safe_next(back, "") or None), 303)


def _back() -> str:
    return safe_next(request.args.get("next"), url_for("accounts.safety"))


def _context(person: User) -> dict[str, Any]:
    ways = reads.ways_of(person)
    has_passkey = bool(reads.credential_ids(person.id))
    is_by_password = not ways and person.password_hash is not None
    return {
        "ways": ways,
        "has_passkey": has_passkey,
        "is_by_password": is_by_password,
        "back": _back(),
    }


@bp.get("/prove")
@member
def prove() -> Response:
    """Offer the ways in which this person can prove themselves."""
    person = queries.user(me().id or 0)
    return render("accounts/prove.html", form=OwnPasswordForm(), **_context(person))


@bp.post("/prove/<any(phone, mail, totp):way>")
@member
def prove_by(way: str) -> Response:
    """Send a code by one of the person's own ways."""
    ButtonForm.posted().check()
    person = queries.user(me().id or 0)
    chosen = next((row for row in reads.ways_of(person) if row.way == way), None)
    if chosen is None:
        raise NotFoundError
    token = ask_by(chosen.way, chosen.target, person, Purpose.PROVE)
    return to_step(url_for("accounts.prove_code", next=_back()), token)


@bp.route("/prove/code", methods=["GET", "POST"])
@member
def prove_code() -> Response:
    """Take the code; this session is proven for some minutes."""
    form = CodeForm.posted()
    proof = reads.open_proof(step_token(), Purpose.PROVE, at=clock.now())
    if proof is None or proof.proven_at is not None or proof.user_id != me().id:
        return redirect(url_for("accounts.prove", next=_back()), 303)  # type: ignore[return-value]
    context: dict[str, Any] = {"sent_to": sent_to(proof), "way": proof.way, "back": _back()}
    if request.method == "GET":
        return render("accounts/prove_code.html", form=form, **context)
    with form.shows_field_errors("accounts/prove_code.html", **context):
        form.check()
        proof = tried(form, Purpose.PROVE)
        at = clock.now()
        with transaction():
            spent = proofs.spend(step_token(), Purpose.PROVE, at=at)
            if spent.user_id != me().id:
                raise CodeGoneError
            proofs.note_proven_way(queries.user(me().id or 0), spent.way, at=at)
            proofs.make_fresh(me().sign_in_id or 0, at=at)
    return said(_back(), PROVEN)


@bp.post("/prove/password")
@member
def prove_password() -> Response:
    """Take the password from somebody who has no proven way but it."""
    form = OwnPasswordForm.posted()
    person = queries.user(me().id or 0)
    context = _context(person)
    if not context["is_by_password"]:
        raise NotFoundError
    with form.shows_field_errors("accounts/prove.html", **context):
        form.check()
        count_try(AttemptKind.SIGN_IN, person.mail or str(person.id))
        if not passwords.is_right(form.old_password.data, person.password_hash):
            raise WrongPasswordError("old_password")
        with transaction():
            proofs.make_fresh(me().sign_in_id or 0, at=clock.now())
    return said(_back(), PROVEN)
