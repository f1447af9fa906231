"""Readers of the log wait for those who were writing into it, by name."""

import sqlalchemy as sa
from alembic import op

revision = "0018_cursor"
down_revision = "0017_gaps"
branch_labels = None
depends_on = None

TABLE = "activity_cursors"


def upgrade() -> None:
    """Let each reader look again: what was pending is not known to be safe under the new rule."""
    writers = sa.Column("pending_writers", sa.Text(), nullable=False, server_default="")
    op.add_column(TABLE, writers)
    op.drop_column(TABLE, "pending_writer")
    op.execute(sa.text(f"UPDATE {TABLE} SET pending_id = 0"))  # noqa: S608 - our own name


def downgrade() -> None:
    """Go back to the oldest transaction of the whole server, and look again likewise."""
    writer = sa.Column("pending_writer", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column(TABLE, writer)
    op.drop_column(TABLE, "pending_writers")
    op.execute(sa.text(f"UPDATE {TABLE} SET pending_id = 0"))  # noqa: S608 - our own name
