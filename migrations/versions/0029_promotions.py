"""Nothing yet."""

revision = "0029_promotions"
down_revision = "0028_groupbuys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
