"""What the first start keeps until the town opens; a town that people live in is open."""

import sqlalchemy as sa
from alembic import op

from app.core import clock

revision = "0015_first_start"
down_revision = "0014_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and open every town that somebody lives in already."""
    op.create_table(
        "start_drafts",
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_start_drafts")),
    )
    _open_inhabited_town(op.get_bind())


def _open_inhabited_town(connection: sa.Connection) -> None:
    is_lived_in = connection.scalar(sa.text("SELECT 1 FROM users LIMIT 1"))
    is_told = connection.scalar(sa.text("SELECT 1 FROM facts WHERE key = 'town'"))
    if not is_lived_in or is_told:
        return
    now = clock.now()
    facts = sa.table(
        "facts",
        sa.column("key", sa.String),
        sa.column("value", sa.JSON),
        sa.column("changed_at", sa.DateTime(timezone=True)),
    )
    opened = {"opened_at": now.isoformat(timespec="seconds")}
    row = {"key": "town", "value": opened, "changed_at": now.replace(tzinfo=None)}
    if connection.dialect.name != "sqlite":
        row["changed_at"] = now
    op.bulk_insert(facts, [row])


def downgrade() -> None:
    """Forget what was not opened; what the town says of itself stays among the facts."""
    op.drop_table("start_drafts")
