"""Tables of payments."""

revision = "0006_payments"
down_revision = '0005_forum'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
