"""What two copies of one town must agree on, read off any database, at any revision."""

import hashlib
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.core.backup.types import Figures

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
# Derived from the rest, or the migrations' own: never compared.
DERIVED = ("alembic_version",)

_BALANCES = sa.text(
    "SELECT a.code, a.unit, coalesce(d.total, 0) - coalesce(c.total, 0) AS net "
    "FROM ledger_accounts a "
    "LEFT JOIN (SELECT debit_id, sum(amount_minor) AS total FROM ledger_movements "
    "GROUP BY debit_id) d ON d.debit_id = a.id "
    "LEFT JOIN (SELECT credit_id, sum(amount_minor) AS total FROM ledger_movements "
    "GROUP BY credit_id) c ON c.credit_id = a.id"
)
_HEAD = sa.text("SELECT n, hash FROM ledger_seals ORDER BY n DESC LIMIT 1")
_TURNOVER = sa.text("SELECT unit, sum(amount_minor) FROM ledger_movements GROUP BY unit")


def tables_of(connection: sa.Connection) -> list[str]:
    """Return the names of the tables there are, the search index's own left out."""
    names = sa.inspect(connection).get_table_names()
    return sorted(
        name for name in names if name not in DERIVED and not name.startswith("search_index")
    )


def figures_of(connection: sa.Connection) -> Figures:
    """Return rows per table, and of the books the head of the seals, turnover and balances."""
    names = tables_of(connection)
    counts = {
        name: int(connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0)
        for name in names
    }
    return Figures(counts, _ledger(connection) if "ledger_seals" in names else {})


def _ledger(connection: sa.Connection) -> dict[str, Any]:
    head = connection.execute(_HEAD).first()
    lines = sorted(
        f"{row.code}\t{row.unit}\t{int(row.net)}" for row in connection.execute(_BALANCES)
    )
    turnover = {unit: int(total) for unit, total in connection.execute(_TURNOVER).all()}
    return {
        "seals": int(head.n) if head else 0,
        "head": head.hash if head else "",
        "turnover": dict(sorted(turnover.items())),
        "balances": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }


def revision_of(connection: sa.Connection) -> str:
    """Return the migration that a database stands at, empty where it has no tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return str(found or "")


def known_revisions() -> list[str]:
    """Return the migrations that this program has, oldest first."""
    script = ScriptDirectory(str(MIGRATIONS))
    return [step.revision for step in reversed(list(script.walk_revisions()))]
