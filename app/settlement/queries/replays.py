"""How far a replayed sales export came."""

from collections.abc import Iterable

import sqlalchemy as sa

from app.core.db import db
from app.settlement.models import Replay, ReplayReject


def replay_of(replay_id: int) -> Replay:
    """Return a replay as it stands in the database now."""
    wanted = sa.select(Replay).where(Replay.id == replay_id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def rejects_of(replay_id: int) -> Iterable[tuple[int, str, list[str]]]:
    """Yield the lines a replay did not take, in the file's order: line, reason, content."""
    wanted = (
        sa.select(ReplayReject.line, ReplayReject.reason, ReplayReject.content)
        .where(ReplayReject.replay_id == replay_id)
        .order_by(ReplayReject.line)
    )
    for row in db.session.execute(wanted.execution_options(yield_per=500)):
        yield row[0], row[1], row[2]
