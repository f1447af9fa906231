"""channels: nothing yet."""

revision = "0014_channels"
down_revision = "0013_getting_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
