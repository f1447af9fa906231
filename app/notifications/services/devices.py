"""Browsers that take pushes."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, select

from app.core.access import Viewer
from app.core.db import changed, db, upsert
from app.core.errors import NotSignedInError
from app.core.settings import settings
from app.notifications.errors import DeviceError, TooManyDevicesError
from app.notifications.models import Device
from app.notifications.policies.outward import is_outward
from app.notifications.types import MOST_DEVICES


def add_device(
    viewer: Viewer, *, endpoint: str, public_key: str, auth: str, label: str, at: datetime
) -> None:
    """Take in a browser; one that is known goes over to whoever uses it now.

    Refuses (DeviceError) an address that does not lead outside, and more devices than one has.
    """
    if viewer.id is None:
        raise NotSignedInError
    if not is_outward(endpoint, may_be_private=settings().private_webhooks):
        raise DeviceError("endpoint")
    mark = hashlib.sha256(endpoint.encode()).hexdigest()
    wanted = select(func.count(Device.id)).where(
        Device.person_id == viewer.id, Device.endpoint_hash != mark
    )
    if (db.session.scalar(wanted) or 0) >= MOST_DEVICES:
        raise TooManyDevicesError
    row = {
        "person_id": viewer.id,
        "endpoint": endpoint,
        "endpoint_hash": mark,
        "public_key": public_key,
        "auth": auth,
        "label": label[:80],
        "made_at": at,
    }
    upsert(
        Device,
        [row],
        keys=["endpoint_hash"],
        update=lambda new: {one: getattr(new, one) for one in row if one != "endpoint_hash"},
    )


def remove_device(viewer: Viewer, device_id: int) -> int:
    """Take away one's own device."""
    mine = (Device.id == device_id, Device.person_id == viewer.id)
    return changed(delete(Device).where(*mine))


def drop_gone(device_id: int) -> int:
    """Forget a device whose push service says that it is no longer there."""
    return changed(delete(Device).where(Device.id == device_id))
