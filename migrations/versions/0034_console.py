"""Nothing yet."""

revision = "0034_console"
down_revision = "0033_goods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
