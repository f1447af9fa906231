"""Tables of operator."""

revision = "0012_operator"
down_revision = '0011_notifications'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
