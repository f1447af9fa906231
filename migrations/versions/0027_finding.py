"""Lists by kind and by newness, and shops that are away for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0027_finding"
down_revision = "0025_board"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what lists of listings are narrowed by, and keep one absence by shop."""
    on_sale = sa.text("archived_at IS NULL")
    op.create_index("ix_listings_new", "listings", ["archived_at", "id"])
    op.create_index(
        "ix_listings_kind", "listings", ["kind", "id"],
        sqlite_where=on_sale, postgresql_where=on_sale,
    )  # fmt: skip
    op.create_index(
        "ix_listings_by_price", "listings", ["min_price_minor", "id"],
        sqlite_where=on_sale, postgresql_where=on_sale,
    )  # fmt: skip
    op.create_table(
        "closures",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_closures_in_order")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_closures_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_closures")),
    )


def downgrade() -> None:
    """Forget both; a shop that is away is open as on any day then."""
    op.drop_table("closures")
    op.drop_index("ix_listings_by_price", "listings")
    op.drop_index("ix_listings_kind", "listings")
    op.drop_index("ix_listings_new", "listings")
