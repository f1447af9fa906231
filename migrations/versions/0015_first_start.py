"""first_start: nothing yet."""

revision = "0015_first_start"
down_revision = "0014_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
