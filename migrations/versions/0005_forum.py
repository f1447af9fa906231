"""Tables of forum."""

revision = "0005_forum"
down_revision = '0004_moderation'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
