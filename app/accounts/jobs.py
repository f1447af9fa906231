"""What accounts does on its own: noting used sessions, forgetting old tries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.accounts import services
from app.accounts.services import proofs
from app.core import clock
from app.core.activity.seen import sink
from app.core.activity.types import Sight
from app.core.db import transaction
from app.core.jobs.registry import every, job


@sink("session")
def note_sessions(sights: Sequence[Sight]) -> None:
    """Write down when sessions were last used; called inside the flush's transaction."""
    services.note_seen({sight.subject_id: sight.at for sight in sights})


@job("accounts.code", attempts=4, lease_seconds=60)
def send_code(payload: dict[str, Any]) -> None:
    """Carry a code to the phone or mail that asked for it; the outbox knows its number only."""
    proofs.send_code(payload["proof"], payload["language"], at=clock.now())


@every(hours=1, key="accounts.forget_attempts")
def forget_attempts(now: datetime) -> None:
    """Delete counted tries that no allowance looks at any more."""
    with transaction():
        services.forget_attempts(at=now)
        proofs.forget_proofs(at=now)
