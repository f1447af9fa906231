"""Tables of notifications."""

revision = "0011_notifications"
down_revision = '0010_events'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
