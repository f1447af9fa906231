"""Nothing to change here: a number that was kept free and not needed."""

revision = "0019_people"
down_revision = "0018_cursor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
