"""Nothing yet."""

revision = "0036_slots"
down_revision = "0035_saved"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
