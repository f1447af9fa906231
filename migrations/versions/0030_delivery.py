"""Nothing yet."""

revision = "0030_delivery"
down_revision = "0029_promotions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
