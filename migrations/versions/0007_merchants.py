"""Tables of merchants."""

revision = "0007_merchants"
down_revision = '0006_payments'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
