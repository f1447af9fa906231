"""School holidays, for opening hours that go by them."""

import sqlalchemy as sa
from alembic import op

revision = "0021_school"
down_revision = "0020_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep from when to when schools are closed."""
    op.create_table(
        "school_breaks",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_school_breaks_in_order")),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_school_breaks")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("school_breaks")
