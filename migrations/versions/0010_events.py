"""Tables of events."""

revision = "0010_events"
down_revision = '0009_settlement'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
