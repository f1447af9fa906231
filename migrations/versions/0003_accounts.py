"""Tables of accounts."""

revision = "0003_accounts"
down_revision = '0002_places'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
