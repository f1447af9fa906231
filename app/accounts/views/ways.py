"""How a person gets in: their phone, mail, app, passkeys, each added after a fresh proof."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.accounts import queries
from app.accounts.forms import AppForm, CodeForm, NewMailForm, NewPhoneForm
from app.accounts.policies.names import masked_mail
from app.accounts.queries import proofs as reads
from app.accounts.services import proofs, totp, ways
from app.accounts.types import Purpose, Way
from app.accounts.views.door import caller, known_device, step_token, to_step
from app.accounts.views.entering import sent_to, tried
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import me, member
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.mail.services import can_send_mail
from app.core.pages import render, said, toast
from app.core.sms.numbers import masked
from app.core.sms.services import can_send_sms

WAY_SET = toast("accounts.way_set", _l("Proven. You can sign in with it."))
APP_OFF = toast("accounts.app_off", _l("The app is asked no more."))


@bp.get("/settings/safety")
@member
def safety() -> Response:
    """Show by which ways this person gets in, and what can be added."""
    person = queries.user(me().id or 0)
    return render(
        "accounts/safety.html",
        person=person,
        phone=masked(person.phone) if person.phone else "",
        mail=masked_mail(person.mail) if person.mail else "",
        passkeys=reads.passkeys_of(person.id),
        can_send_sms=can_send_sms(),
        can_send_mail=can_send_mail(),
    )


def _check_fresh() -> None:
    proofs.check_fresh(me(), at=clock.now())


@bp.route("/settings/phone", methods=["GET", "POST"])
@member
def own_phone() -> Response:
    """Send a code to a number that is to become this person's own."""
    _check_fresh()
    form = NewPhoneForm.posted()
    if request.method == "GET":
        return render("accounts/own_phone.html", form=form, can_send=can_send_sms())
    with form.shows_field_errors("accounts/own_phone.html", can_send=can_send_sms()):
        form.check()
        return _asked(Way.PHONE, form.phone.data)


@bp.route("/settings/mail", methods=["GET", "POST"])
@member
def own_mail() -> Response:
    """Send a code to a mail address that is to become, or is, this person's own."""
    _check_fresh()
    form = NewMailForm.posted(mail=queries.user(me().id or 0).mail)
    if request.method == "GET":
        return render("accounts/own_mail.html", form=form, can_send=can_send_mail())
    with form.shows_field_errors("accounts/own_mail.html", can_send=can_send_mail()):
        form.check()
        return _asked(Way.MAIL, form.mail.data)


def _asked(way: Way, target: str) -> Response:
    where, at = caller(known_device()), clock.now()
    with transaction():
        token = proofs.ask_code(Purpose.WAY, way, target, where, at=at, user_id=me().id)
    return to_step(url_for("accounts.way_code"), token)


@bp.route("/settings/way/code", methods=["GET", "POST"])
@member
def way_code() -> Response:
    """Take the code; the number or address is this person's own from now on."""
    form = CodeForm.posted()
    proof = reads.open_proof(step_token(), Purpose.WAY, at=clock.now())
    if proof is None or proof.proven_at is not None or proof.user_id != me().id:
        return redirect(url_for("accounts.safety"), 303)  # type: ignore[return-value]
    context: dict[str, Any] = {"sent_to": sent_to(proof), "way": proof.way}
    if request.method == "GET":
        return render("accounts/way_code.html", form=form, **context)
    with form.shows_field_errors("accounts/way_code.html", **context):
        form.check()
        tried(form, Purpose.WAY)
        at = clock.now()
        with transaction():
            ways.set_way(me(), proofs.spend(step_token(), Purpose.WAY, at=at), at=at)
    return said(url_for("accounts.safety"), WAY_SET)


@bp.route("/settings/app", methods=["GET", "POST"])
@member
def own_app() -> Response:
    """Turn one-time passwords of an app on; the codes for paper are shown this once."""
    _check_fresh()
    if request.method == "GET":
        secret = totp.new_secret()
        form = AppForm(data={"secret": totp.sealed(secret)})
        return render("accounts/own_app.html", form=form, **_shown(secret))
    form = AppForm.posted()
    secret = totp.unsealed(form.secret.data or "")
    with form.shows_field_errors("accounts/own_app.html", **_shown(secret)):
        form.check()
        with transaction():
            codes = totp.turn_on(me(), secret, form.code.data or "", at=clock.now())
    return render("accounts/paper_codes.html", codes=codes)


def _shown(secret: str) -> dict[str, Any]:
    return {"address": totp.address_of(secret, me().name), "secret": secret}


@bp.post("/settings/app/off")
@member
def app_off() -> Response:
    """Ask the app no more."""
    ButtonForm.posted().check()
    _check_fresh()
    with transaction():
        totp.turn_off(me(), at=clock.now())
    return said(url_for("accounts.safety"), APP_OFF)


@bp.post("/settings/app/codes")
@member
def paper_codes() -> Response:
    """Write new codes for paper; the old ones count no more."""
    ButtonForm.posted().check()
    _check_fresh()
    with transaction():
        codes = totp.new_codes_for(me())
    return render("accounts/paper_codes.html", codes=codes)
