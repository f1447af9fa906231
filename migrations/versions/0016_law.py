"""law: nothing yet."""

revision = "0016_law"
down_revision = "0015_first_start"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
