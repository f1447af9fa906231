"""Group-buys: cycles, their products, the orders in them, names from a pasted list."""

import sqlalchemy as sa
from alembic import op

revision = "0028_groupbuys"
down_revision = "0027_finding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables."""
    op.add_column(
        "listings",
        sa.Column("is_together", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "group_buys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _one_of("open", "reached", "failed", "arrived", "closed", name="group_buy_state"),
            nullable=False,
        ),
        sa.Column("measure", _one_of("people", "pieces", name="group_buy_measure"), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("opens_at", moment, nullable=False),
        sa.Column("cut_off_at", moment, nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("leader_minor", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("threshold BETWEEN 1 AND 99999", name=op.f("ck_group_buys_threshold")),
        sa.CheckConstraint("share_bp BETWEEN 0 AND 5000", name=op.f("ck_group_buys_share")),
        sa.CheckConstraint(
            "opens_at < cut_off_at AND cut_off_at < starts_at AND starts_at < ends_at",
            name=op.f("ck_group_buys_forward"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_group_buys_decided_once")
        ),
        *_keys(
            "group_buys",
            merchant_id="merchants",
            listing_id="listings",
            point_id="pickup_points",
            leader_id="users",
            thread_id="threads",
            made_by_id="users",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_buys")),
    )
    is_open, is_due = sa.text("state = 'open'"), sa.text("due_at IS NOT NULL")
    op.create_index(
        "uq_group_buys_open",
        "group_buys",
        ["listing_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_group_buys_listing", "group_buys", ["listing_id"])
    op.create_index("ix_group_buys_shop", "group_buys", ["merchant_id", "id"])
    op.create_index("ix_group_buys_state", "group_buys", ["state", "cut_off_at"])
    op.create_index("ix_group_buys_leader", "group_buys", ["leader_id"])
    op.create_index("ix_group_buys_thread", "group_buys", ["thread_id"])
    op.create_index(
        "ix_group_buys_due",
        "group_buys",
        ["due_at"],
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    op.create_table(
        "group_buy_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_buy_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("case_size", sa.Integer(), nullable=False),
        sa.Column("tolerance", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "case_size BETWEEN 1 AND 999", name=op.f("ck_group_buy_items_case_size")
        ),
        sa.CheckConstraint(
            "tolerance >= 0 AND tolerance < case_size", name=op.f("ck_group_buy_items_tolerance")
        ),
        sa.CheckConstraint(
            "arrived IS NULL OR arrived >= 0", name=op.f("ck_group_buy_items_arrived")
        ),
        *_keys("group_buy_items", group_buy_id="group_buys", variant_id="variants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_buy_items")),
        sa.UniqueConstraint(
            "group_buy_id", "variant_id", name=op.f("uq_group_buy_items_group_buy_id_variant_id")
        ),
    )
    op.create_table(
        "group_buy_orders",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("group_buy_id", sa.Integer(), nullable=False),
        sa.Column("gets", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        *_keys("group_buy_orders", order_id="orders", group_buy_id="group_buys"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_group_buy_orders")),
    )
    op.create_index(
        "ix_group_buy_orders_cycle", "group_buy_orders", ["group_buy_id", "is_due", "order_id"]
    )
    op.create_table(
        "group_buy_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_buy_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        *_keys(
            "group_buy_drafts", group_buy_id="group_buys", order_id="orders", made_by_id="users"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_buy_drafts")),
    )
    op.create_index("ix_group_buy_drafts_cycle", "group_buy_drafts", ["group_buy_id", "id"])


def downgrade() -> None:
    """Forget group-buys; their orders stay orders."""
    with op.batch_alter_table("listings") as batch:
        batch.drop_column("is_together")
    for table in ("group_buy_drafts", "group_buy_orders", "group_buy_items", "group_buys"):
        op.drop_table(table)


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
