"""Tables of orders."""

revision = "0008_orders"
down_revision = '0007_merchants'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
