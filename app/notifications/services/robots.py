"""Group robots: taking one in, noting how it does, taking it away."""

from datetime import datetime

from sqlalchemy import delete, update

from app.core.access import Role, Viewer
from app.core.activity.services import record
from app.core.db import changed, upsert
from app.core.errors import NotAllowedError
from app.core.settings import settings
from app.notifications.errors import RobotAddressError
from app.notifications.models import Robot
from app.notifications.policies.outward import is_outward
from app.notifications.types import ROBOT_SET, ROBOT_TAKEN, RobotKind, whose_robot


def set_robot(
    actor: Viewer, merchant_id: int | None, kind: RobotKind, url: str, secret: str, *, at: datetime
) -> None:
    """Take in a shop's robot, or the town's, in place of the one before.

    Refuses who runs neither, and (RobotAddressError) an address that leads into the private
    network.
    """
    _check_runs(actor, merchant_id)
    address = url.strip()
    if not is_outward(address, may_be_private=settings().private_webhooks):
        raise RobotAddressError("url")
    row = {
        "whose": whose_robot(merchant_id),
        "merchant_id": merchant_id,
        "kind": kind,
        "url": address,
        "secret": secret.strip(),
        "made_by": actor.id,
        "made_at": at,
        "told_at": None,
        "failed_at": None,
        "failure": "",
    }
    columns = [name for name in row if name != "whose"]
    upsert(
        Robot, [row], keys=["whose"], update=lambda new: {one: getattr(new, one) for one in columns}
    )
    record(actor, ROBOT_SET, _about(merchant_id), at=at, data={"kind": kind.value})


def remove_robot(actor: Viewer, merchant_id: int | None, *, at: datetime) -> None:
    """Forget a robot and its secrets; does nothing where there is none."""
    _check_runs(actor, merchant_id)
    if changed(delete(Robot).where(Robot.whose == whose_robot(merchant_id))):
        record(actor, ROBOT_TAKEN, _about(merchant_id), at=at)


def note_said(robot_id: int, *, at: datetime) -> None:
    """Write down that a robot spoke; it works again, if it failed."""
    step = update(Robot).where(Robot.id == robot_id)
    changed(step.values(told_at=at, failed_at=None, failure=""))


def note_failed(robot_id: int, *, why: str, at: datetime) -> None:
    """Write down that a robot was refused; it is not asked again until somebody tests it."""
    changed(update(Robot).where(Robot.id == robot_id).values(failed_at=at, failure=why[:200]))


def _about(merchant_id: int | None) -> tuple[str, int]:
    return ("merchant", merchant_id) if merchant_id is not None else ("town", 1)


def _check_runs(actor: Viewer, merchant_id: int | None) -> None:
    if merchant_id is None:
        is_theirs = actor.has_role(Role.OPERATOR)
    else:
        is_theirs = actor.is_staff_of(merchant_id, Role.OWNER, Role.MANAGER)
    if not is_theirs:
        raise NotAllowedError
