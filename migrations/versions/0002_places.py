"""Tables of places."""

revision = "0002_places"
down_revision = '0001_core'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
