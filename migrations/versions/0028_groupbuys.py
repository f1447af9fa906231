"""Nothing yet."""

revision = "0028_groupbuys"
down_revision = "0027_finding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
