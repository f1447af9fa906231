"""Nothing yet."""

revision = "0035_saved"
down_revision = "0034_console"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
