"""gaps: nothing yet."""

revision = "0017_gaps"
down_revision = "0016_law"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
