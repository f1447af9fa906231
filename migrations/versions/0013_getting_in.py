"""getting_in: nothing yet."""

revision = "0013_getting_in"
down_revision = "0012_operator"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
