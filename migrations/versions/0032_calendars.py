"""Nothing yet."""

revision = "0032_calendars"
down_revision = "0031_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
