"""What moderation does on its own: removing what was kept long enough, answering the law."""

import hashlib
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.db import transaction
from app.core.jobs.registry import every, job
from app.moderation.queries import retention as periods
from app.moderation.services import lawful, retention


@every(days=1, key="moderation.retention")
def remove_what_is_over(now: datetime) -> None:
    """Remove, kind by kind and each in a commit of its own, what was kept long enough."""
    for period in periods.periods():
        with transaction():
            retention.sweep(period.key, at=now)


@job("moderation.lawful", attempts=4, lease_seconds=900)
def gather_lawful(payload: dict[str, Any]) -> None:
    """Gather what an authority may have, once two people agreed to it."""
    request_id = payload["request"]
    path = lawful.write_file(request_id)
    if path is None:
        return
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction():
        lawful.file_gathered(request_id, size=path.stat().st_size, digest=digest, at=clock.now())


@every(hours=6, key="moderation.lawful_files")
def drop_lawful_files(now: datetime) -> None:
    """Take files for authorities away when their days are over."""
    with transaction():
        gone = lawful.drop_old_files(at=now)
    for path in gone:
        path.unlink(missing_ok=True)
