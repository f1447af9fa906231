"""A guardian's children: made, let in on a device, signed out, closed."""

import re
from datetime import date

from flask import Response, redirect, request, url_for

from app.accounts import queries
from app.accounts.forms import ChildForm
from app.accounts.queries import children as reads
from app.accounts.services import check_name_is_free, children
from app.accounts.views.door import caller, known_device, signed_in
from app.accounts.views.people import bp
from app.core import clock
from app.core.access import me, member, public
from app.core.db import transaction
from app.core.errors import FieldError
from app.core.forms import ButtonForm
from app.core.i18n import lazy_gettext as _l
from app.core.pages import absolute, render, said, toast

MADE = toast("accounts.child_made", _l("The account is there. Let your child in on a device."))
SIGNED_OUT = toast("accounts.child_out", _l("Your child is signed out everywhere."))
CLOSING = toast("accounts.child_closing", _l("The account closes; for seven days you may keep it."))
KEPT = toast("accounts.child_kept", _l("The account stays."))
_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


@bp.route("/children", methods=["GET", "POST"], endpoint="children")
@member
def own_children() -> Response:
    """List a guardian's children and make an account for another."""
    form = ChildForm.posted()
    rows = reads.children_of(me().id or 0, at=clock.now())
    if request.method == "GET":
        return render("accounts/children.html", form=form, rows=rows)
    with form.shows_field_errors("accounts/children.html", rows=rows):
        form.check()
        born_on = _month(form.born_month.data or "")
        with transaction(once=form.key) as act:
            made = children.make_child(me(), name=form.name.data, born_on=born_on, at=clock.now())
            check_name_is_free(made.name, but=made.id)
            act.leads_to(url_for("accounts.children"))
    return said(act.location, MADE)


def _month(typed: str) -> date:
    if not _MONTH.fullmatch(typed.strip()):
        raise FieldError("born_month", _l("A year and a month, such as 2016-05."))
    year, month = typed.strip().split("-")
    return date(int(year), int(month), 1)


@bp.post("/children/<int:child_id>/let-in")
@member
def let_child_in(child_id: int) -> Response:
    """Show a link, once, that signs the child in on a device within a quarter of an hour."""
    ButtonForm.posted().check()
    with transaction():
        token = children.link_for(me(), child_id, caller(known_device()), at=clock.now())
    link = absolute(url_for("accounts.child_entry", token=token))
    return render("accounts/child_link.html", link=link, name=queries.user(child_id).name)


@bp.post("/children/<int:child_id>/sign-out")
@member
def sign_child_out(child_id: int) -> Response:
    """Sign a child out everywhere."""
    ButtonForm.posted().check()
    with transaction():
        children.sign_child_out(me(), child_id, at=clock.now())
    return said(url_for("accounts.children"), SIGNED_OUT)


@bp.post("/children/<int:child_id>/close")
@member
def close_child(child_id: int) -> Response:
    """Close a child's account, after the days in which minds may change."""
    ButtonForm.posted().check()
    with transaction():
        children.close_child(me(), child_id, at=clock.now())
    return said(url_for("accounts.children"), CLOSING)


@bp.post("/children/<int:child_id>/keep")
@member
def keep_child(child_id: int) -> Response:
    """Keep a child's account that was to be closed."""
    ButtonForm.posted().check()
    with transaction():
        children.keep_child(me(), child_id, at=clock.now())
    return said(url_for("accounts.children"), KEPT)


@bp.get("/child/<token>")
@public
def child_entry(token: str) -> Response:
    """Ask on the child's device whether it is the right one."""
    proof = children.child_by_link(token, at=clock.now())
    return render(
        "accounts/child_entry.html", token=token, name=queries.user(proof.user_id or 0).name
    )


@bp.post("/child/<token>")
@public
def child_enters(token: str) -> Response:
    """Sign the child in on this device; the link is used up."""
    ButtonForm.posted().check()
    if me().is_member:
        return redirect(url_for("accounts.children"), 303)  # type: ignore[return-value]
    with transaction():
        child = children.spend_link(token, at=clock.now())
    return signed_in(child, url_for("home.front"))
