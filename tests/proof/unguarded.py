"""The site with a planted fault: whoever asks takes, however little is left."""

from typing import Any

import sqlalchemy as sa

from app.core.db import db
from app.core.pools import services
from app.core.pools.models import Pool
from app.orders.queries import baskets
from wsgi import app

__all__ = ["app"]


# Count a taking without asking whether enough is left.
FAULTY_TAKING = (
    sa.update(Pool)
    .where(Pool.id == sa.bindparam("of_pool"))
    .values(taken=Pool.taken + sa.bindparam("count"))
)


def ignore_checks(connection: Any, _record: Any) -> None:
    """Take SQLite's wall behind the guard away; on PostgreSQL the proof drops the constraint."""
    connection.execute("PRAGMA ignore_check_constraints=ON")


def see_no_problem(*_row: Any, **_more: Any) -> str:
    """Do not look at the stock beforehand: where writers queue, that look is a guard too."""
    return ""


services.taking = FAULTY_TAKING
baskets._problem = see_no_problem
with app.app_context():
    if db.engine.dialect.name == "sqlite":
        sa.event.listen(db.engine, "connect", ignore_checks)
        db.engine.dispose()  # a connection made at the start would still check
