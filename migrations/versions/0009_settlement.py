"""Tables of settlement."""

revision = "0009_settlement"
down_revision = '0008_orders'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
