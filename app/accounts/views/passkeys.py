"""Passkeys: made, named, removed, and shown at the door. The browser's half is passkeys.js."""

from flask import Response, url_for

from app.accounts.forms import PasskeyForm
from app.accounts.policies.ways import safe_next
from app.accounts.services import passkeys, proofs
from app.accounts.views.door import caller, known_device, signed_in, step_token, to_step
from app.accounts.views.people import bp
from app.accounts.views.proving import PROVEN
from app.core import clock
from app.core.access import me, member, public
from app.core.db import transaction
from app.core.errors import NotAllowedError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import said, toast

KEPT = toast("accounts.passkey_kept", _l("The passkey is kept. Next time one touch is enough."))
REMOVED = toast("accounts.passkey_removed", _l("That passkey opens nothing here any more."))
RENAMED = toast("accounts.passkey_renamed", _l("The passkey has its new name."))


def _asked(options: str, token: str) -> Response:
    """Answer with the question; its secret goes to this browser only."""
    answer = to_step("/", token)
    answer.status_code = 200
    answer.set_data(options)
    answer.content_type = "application/json"
    del answer.headers["Location"]
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/passkeys/question")
@member
def new_passkey_question() -> Response:
    """Ask this person's device for a new passkey."""
    ButtonForm.posted().check()
    at = clock.now()
    proofs.check_fresh(me(), at=at)
    with transaction():
        options, token = passkeys.ask_new(me(), caller(known_device()), at=at)
    return _asked(options, token)


@bp.post("/passkeys")
@member
def new_passkey() -> Response:
    """Keep the public half of a new passkey."""
    form = PasskeyForm.posted()
    form.check()
    with transaction():
        passkeys.keep_new(
            me(), step_token(), form.answer.data or "", name=form.name.data or "", at=clock.now()
        )
    return said(url_for("accounts.safety"), KEPT)


@bp.post("/passkeys/<int:passkey_id>/name")
@member
def name_passkey(passkey_id: int) -> Response:
    """Give a passkey another name."""
    form = PasskeyForm.posted()
    form.check()
    with transaction():
        passkeys.rename(me(), passkey_id, form.name.data or "")
    return said(url_for("accounts.safety"), RENAMED)


@bp.post("/passkeys/<int:passkey_id>/remove")
@member
def remove_passkey(passkey_id: int) -> Response:
    """Forget a passkey."""
    ButtonForm.posted().check()
    at = clock.now()
    proofs.check_fresh(me(), at=at)
    with transaction():
        passkeys.remove(me(), passkey_id, at=at)
    return said(url_for("accounts.safety"), REMOVED)


@bp.post("/passkey/question")
@public
def passkey_question() -> Response:
    """Ask whatever passkey this device has; nobody is named."""
    ButtonForm.posted().check()
    with transaction():
        options, token = passkeys.ask(caller(known_device()), at=clock.now())
    return _asked(options, token)


@bp.post("/passkey")
@public
def passkey_sign_in() -> Response:
    """Sign in whoever's passkey answered, or prove again who is signed in."""
    form = PasskeyForm.posted()
    form.check()
    with transaction():
        person = passkeys.person_of(step_token(), form.answer.data or "", at=clock.now())
    if me().is_guest:
        back = safe_next(form.next.data, url_for("home.front"))
        return signed_in(person, back, is_proven=True)
    if person.id != me().id:
        raise NotAllowedError
    with transaction():
        proofs.make_fresh(me().sign_in_id or 0, at=clock.now())
    return said(safe_next(form.next.data, url_for("accounts.safety")), PROVEN)
