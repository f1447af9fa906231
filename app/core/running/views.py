"""The guard at the front door: who may send something as the town stands now."""

from flask import Flask, request

from app.core import db
from app.core.access import me
from app.core.forms import SAFE_METHODS
from app.core.running.queries import check_may_write, check_open, standing
from app.core.running.types import Mode

# What opens the town again has to work while it is closed; each of these checks its own rights.
ALWAYS = {"operator.set_standing"}
# While only the team writes, its members have to be able to get in and out; nobody joins.
DOORS = {
    f"accounts.{door}"
    for door in (
        "sign_in",
        "sign_out",
        "enter",
        "enter_code",
        "device_code",
        "device_way",
        "passkey_question",
        "passkey_sign_in",
    )
}


def guard() -> None:
    """Refuse what would write (503, since when and why) while the town is closed to its sender."""
    if request.method in SAFE_METHODS or request.endpoint in ALWAYS or request.endpoint is None:
        return
    if request.endpoint == "core.choose_look" and me().is_guest:
        return
    is_door = request.endpoint in DOORS or request.blueprint == "start"
    if is_door and standing().mode is Mode.STAFF_ONLY:
        return
    check_may_write(me())


def connect(app: Flask) -> None:
    """Stand at the front door and at the door of every transaction; tell pages how open it is."""
    app.before_request(guard)
    db.set_gate(app, check_open)
    app.jinja_env.globals["standing"] = standing
