"""Tables of moderation."""

revision = "0004_moderation"
down_revision = '0003_accounts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
