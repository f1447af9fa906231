"""Nothing yet."""

revision = "0033_goods"
down_revision = "0032_calendars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
