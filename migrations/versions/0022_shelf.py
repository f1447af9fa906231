"""Drafts that go up by themselves, the numbers of each morning, dietary marks, prices for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0022_shelf"
down_revision = "0021_school"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the columns beside the listings; what is listed stays as it is."""
    op.add_column(
        "listings", sa.Column("dietary", sa.String(120), nullable=False, server_default="")
    )
    op.add_column(
        "listings", sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("listings", sa.Column("publish_at", sa.DateTime(timezone=True)))
    op.create_index("ix_listings_publish_at", "listings", ["publish_at"])
    op.create_table(
        "shelf_counts",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("total >= 0", name=op.f("ck_shelf_counts_total")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_shelf_counts_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("variant_id", "day", name=op.f("pk_shelf_counts")),
    )
    op.create_table(
        "price_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_price_changes_forward")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_price_changes_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    op.create_index("ix_price_changes_merchant", "price_changes", ["merchant_id", "id"])
    op.create_index(
        "ix_price_changes_due", "price_changes", ["undone_at", "applied_at", "starts_at"]
    )
    op.create_table(
        "price_change_lines",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=False),
        sa.Column("after_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "before_minor >= 0 AND after_minor >= 0", name=op.f("ck_price_change_lines_prices")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["price_changes.id"],
            name=op.f("fk_price_change_lines_change_id_price_changes"),
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_price_change_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("change_id", "variant_id", name=op.f("pk_price_change_lines")),
    )


def downgrade() -> None:
    """Forget all of it; drafts are listings off the shelf then."""
    op.drop_table("price_change_lines")
    op.drop_index("ix_price_changes_due", "price_changes")
    op.drop_index("ix_price_changes_merchant", "price_changes")
    op.drop_table("price_changes")
    op.drop_table("shelf_counts")
    op.drop_index("ix_listings_publish_at", "listings")
    op.drop_column("listings", "publish_at")
    op.drop_column("listings", "is_draft")
    op.drop_column("listings", "dietary")
