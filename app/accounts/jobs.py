"""What accounts does on its own: noting used sessions, forgetting old tries."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.accounts import services
from app.accounts.queries import numbers as number_reads
from app.accounts.queries.leaving import due_closings
from app.accounts.services import closing, farewell, numbers, own_data, proofs
from app.accounts.types import Way
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


@every(minutes=10, key="accounts.numbers")
def change_numbers(now: datetime) -> None:
    """Carry out confirmed changes of number whose day has come, each by itself."""
    for change_id in number_reads.due_changes(at=now):
        with transaction():
            numbers.change_number(change_id, at=now)


@every(hours=1, key="accounts.forget_attempts")
def forget_attempts(now: datetime) -> None:
    """Delete counted tries that no allowance looks at any more."""
    with transaction():
        services.forget_attempts(at=now)
        proofs.forget_proofs(at=now)


@job("accounts.export", attempts=4, lease_seconds=900)
def gather_export(payload: dict[str, Any]) -> None:
    """Gather a person's own data into a file, saying how far it is."""
    export_id = payload["export"]
    person_id = own_data.waiting_export(export_id)
    if person_id is None:
        return
    path = own_data.file_of("own", export_id)

    def progress(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            with transaction():
                own_data.note_progress(export_id, done, total)

    own_data.write_archive(path, person_id, language=payload["language"], progress=progress)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction():
        own_data.export_gathered(export_id, size=path.stat().st_size, digest=digest, at=clock.now())


@job("accounts.farewell")
def say_farewell(payload: dict[str, Any]) -> None:
    """Carry the last letter to somebody who left; the outbox knows a sealed address only."""
    way = Way(payload["way"])
    farewell.send_farewell(payload["closing"], way, payload["to"], payload["language"])


@every(hours=1, key="accounts.old_exports")
def drop_old_exports(now: datetime) -> None:
    """Take files away whose days are over."""
    with transaction():
        gone = own_data.drop_old_exports(at=now)
    for export_id in gone:
        own_data.file_of("own", export_id).unlink(missing_ok=True)


@every(hours=1, key="accounts.closings")
def close_due_accounts(now: datetime) -> None:
    """Carry out the closings whose day has come, each in a commit of its own."""
    for closing_id in due_closings(at=now):
        with transaction():
            closing.close_account(closing_id, at=now)
