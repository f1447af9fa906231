"""How long a thing takes to make, and a rush that lengthens a shop's lead times for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0025_board"
down_revision = "0024_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep minutes by listing, and one rush by shop."""
    op.create_table(
        "preparation_times",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_preparation_times_minutes")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_preparation_times_listing_id_listings")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_preparation_times")),
    )
    op.create_table(
        "rushes",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 240", name=op.f("ck_rushes_minutes")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_rushes_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_rushes")),
    )


def downgrade() -> None:
    """Forget both."""
    op.drop_table("rushes")
    op.drop_table("preparation_times")
