"""What a shop notes of its customers, how shops are rated, what neighbourhoods order, and an index
by which the search reads each kind newest first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_console"
down_revision = "0033_goods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the index; a job counts what stands in them."""
    op.create_index(
        "ix_search_documents_kind_at", "search_documents", ["kind", "at", "id"], unique=False
    )
    op.create_table(
        "customer_notes",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_customer_notes_said")),
        *_points("customer_notes", order_id="orders", written_by="users"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_customer_notes")),
    )
    op.create_table(
        "shop_ratings",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.CheckConstraint("tenths BETWEEN 10 AND 50", name=op.f("ck_shop_ratings_tenths")),
        sa.CheckConstraint("reviews >= 3", name=op.f("ck_shop_ratings_enough")),
        *_points("shop_ratings", merchant_id="merchants"),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_shop_ratings")),
    )
    op.create_index("ix_shop_ratings_tenths", "shop_ratings", ["tenths", "merchant_id"])
    op.create_table(
        "nearby_orders",
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 5", name=op.f("ck_nearby_orders_enough")),
        *_points("nearby_orders", neighbourhood_id="neighbourhoods", listing_id="listings"),
        sa.PrimaryKeyConstraint(
            "neighbourhood_id", "listing_id", name=op.f("pk_nearby_orders")
        ),
    )
    op.create_index(
        "ix_nearby_orders_most", "nearby_orders", ["neighbourhood_id", "people", "listing_id"]
    )
    op.create_table(
        "nearby_left_out",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        *_points("nearby_left_out", person_id="users"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_nearby_left_out")),
    )


def downgrade() -> None:
    """Forget all of it; notes of shops are lost."""
    op.drop_table("nearby_left_out")
    op.drop_table("nearby_orders")
    op.drop_table("shop_ratings")
    op.drop_table("customer_notes")
    op.drop_index("ix_search_documents_kind_at", table_name="search_documents")


def _points(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]
