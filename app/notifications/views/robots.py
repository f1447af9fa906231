"""Group robots: a shop's and the town's, each with a button that tests it."""

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.access import me, role, staff_of
from app.core.db import transaction
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import ButtonForm
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.jobs.services import enqueue, run_now
from app.core.pages import render, said, toast
from app.notifications.forms import RobotForm
from app.notifications.queries import desk
from app.notifications.services import robots
from app.notifications.types import ROBOT_JOB, ROBOT_LABELS, RobotKind
from app.notifications.views.blueprint import bp

SET = toast("notifications.robot_set", _l("The robot is set. Now test it."))
TAKEN = toast("notifications.robot_taken", _l("The robot is taken away."))
SPOKE = toast("notifications.robot_spoke", _l("The robot spoke. Look in the group."))


@bp.get("/workbench/<int:merchant_id>/robot")
@staff_of("merchant_id", "owner", "manager")
def shop_robot(merchant_id: int) -> Response:
    """Show a shop's robot."""
    return render("notifications/robot.html", **robot_facts(merchant_id), form=RobotForm.posted())


@bp.post("/workbench/<int:merchant_id>/robot")
@staff_of("merchant_id", "owner", "manager")
def set_shop_robot(merchant_id: int) -> AnyResponse:
    return _set(merchant_id, "notifications/robot.html", robot_facts(merchant_id))


@bp.post("/workbench/<int:merchant_id>/robot/test")
@staff_of("merchant_id", "owner", "manager")
def test_shop_robot(merchant_id: int) -> AnyResponse:
    return _test(merchant_id)


@bp.post("/workbench/<int:merchant_id>/robot/remove")
@staff_of("merchant_id", "owner", "manager")
def remove_shop_robot(merchant_id: int) -> AnyResponse:
    return _remove(merchant_id)


@bp.get("/operator/robot")
@role("operator")
def town_robot() -> Response:
    """Show the town's robot."""
    return render("notifications/robot.html", **robot_facts(None), form=RobotForm.posted())


@bp.post("/operator/robot")
@role("operator")
def set_town_robot() -> AnyResponse:
    return _set(None, "notifications/robot.html", robot_facts(None))


@bp.post("/operator/robot/test")
@role("operator")
def test_town_robot() -> AnyResponse:
    return _test(None)


@bp.post("/operator/robot/remove")
@role("operator")
def remove_town_robot() -> AnyResponse:
    return _remove(None)


def robot_facts(merchant_id: int | None) -> dict[str, Any]:
    """Return what the page of a robot shows."""
    return {"robot": desk.robot_row(merchant_id), "merchant_id": merchant_id, "kinds": ROBOT_LABELS}


def _set(merchant_id: int | None, template: str, facts: dict[str, Any]) -> AnyResponse:
    form = RobotForm.posted()
    with form.shows_field_errors(template, **facts):
        form.check()
        with transaction(once=form.key) as act:
            robots.set_robot(
                me(),
                merchant_id,
                RobotKind(form.kind.data),
                form.url.data,
                form.secret.data or "",
                at=clock.now(),
            )
            act.leads_to(_page(merchant_id))
    return said(act.location, SET)


def _test(merchant_id: int | None) -> AnyResponse:
    """Have the robot speak, while the person waits; its refusal is shown in its own words."""
    ButtonForm.posted().check()
    found = desk.robot_row(merchant_id)
    if found is None:
        raise NotFoundError
    with transaction():
        text = _("This is a test: new orders are told here.")
        row = enqueue(ROBOT_JOB, {"robot_id": found.id, "text": text})
    outcome = run_now(row, wait_seconds=12)
    if not outcome.is_done:
        why = str(outcome.error or "")
        raise ConflictError(_("The robot did not speak: %(why)s", why=why))
    return said(_page(merchant_id), SPOKE)


def _remove(merchant_id: int | None) -> AnyResponse:
    ButtonForm.posted().check()
    with transaction():
        robots.remove_robot(me(), merchant_id, at=clock.now())
    return said(_page(merchant_id), TAKEN)


def _page(merchant_id: int | None) -> str:
    if merchant_id is None:
        return url_for("notifications.town_robot")
    return url_for("notifications.shop_robot", merchant_id=merchant_id)
