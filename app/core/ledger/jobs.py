"""Timed work of the ledger: seals and checkpoints."""

from datetime import datetime

from app.core.db import transaction
from app.core.jobs.registry import every
from app.core.ledger import services


@every(minutes=1, key="ledger.seals")
def seal(_now: datetime) -> None:
    """Seal what was posted since, a thousand entries a transaction."""
    while True:
        with transaction():
            sealed = services.seal_entries()
        if not sealed:
            return


@every(hours=1, key="ledger.checkpoints")
def checkpoint(_now: datetime) -> None:
    """Bring the site's own accounts' checkpoints to now."""
    with transaction():
        services.write_checkpoints()
