"""Nothing yet."""

revision = "0031_proposals"
down_revision = "0030_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
