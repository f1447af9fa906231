"""Nothing yet."""

revision = "0026_desk"
down_revision = "0025_board"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
