"""The link by which an old number or mail stops the move of an account to a new number."""

from flask import Response, url_for

from app.accounts.errors import StopLinkError
from app.accounts.queries import numbers as reads
from app.accounts.services import numbers
from app.accounts.types import ChangeState
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import public
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import render, said, toast
from app.core.sms.numbers import masked

STOPPED = toast("accounts.number_stopped", _l("Stopped. Your account keeps its number."))


@bp.get("/number/<token>")
@public
def number_change(token: str) -> Response:
    """Say what would happen, and offer to stop it."""
    row = reads.change_by_stop(token)
    if row is None:
        raise StopLinkError
    is_open = row.state is ChangeState.CONFIRMED
    return render("accounts/number.html", number=masked(row.phone), is_open=is_open, token=token)


@bp.post("/number/<token>")
@public
def stop_number(token: str) -> Response:
    """Stop it: whoever holds the old number or mail needs no session for that."""
    ButtonForm.posted().check()
    with transaction():
        numbers.stop_by_link(token, at=clock.now())
    return said(url_for("home.front"), STOPPED)
