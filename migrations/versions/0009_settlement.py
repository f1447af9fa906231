"""Tables of settlement."""

import sqlalchemy as sa
from alembic import op

revision = "0009_settlement"
down_revision = "0008_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sales_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunds_minor", sa.BigInteger(), nullable=False),
        sa.Column("adjustments_minor", sa.BigInteger(), nullable=False),
        sa.Column("commission_minor", sa.BigInteger(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("payable_minor", sa.BigInteger(), nullable=False),
        sa.Column("carried_minor", sa.BigInteger(), nullable=False),
        sa.Column("carried_on", sa.Boolean(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("opening_minor <= 0", name=op.f("ck_bills_only_credit_is_carried")),
        sa.CheckConstraint(
            "paid_minor >= 0 AND paid_minor <= payable_minor", name=op.f("ck_bills_paid_within")
        ),
        sa.CheckConstraint(
            "payable_minor + carried_minor = opening_minor + commission_minor",
            name=op.f("ck_bills_adds_up"),
        ),
        sa.CheckConstraint(
            "payable_minor = 0 OR carried_minor = 0", name=op.f("ck_bills_never_both")
        ),
        sa.CheckConstraint(
            "payable_minor >= 0 AND carried_minor <= 0", name=op.f("ck_bills_one_side")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_bills_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bills")),
        sa.UniqueConstraint(
            "merchant_id", "starts_on", name=op.f("uq_bills_merchant_id_starts_on")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_bills_number")),
    )
    op.create_index("ix_bills_starts_on_id", "bills", ["starts_on", "id"], unique=False)
    op.create_table(
        "replays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("imported_lines", sa.Integer(), nullable=False),
        sa.Column("rejected_lines", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("adjustments", sa.Integer(), nullable=False),
        sa.Column("sales_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunds_minor", sa.BigInteger(), nullable=False),
        sa.Column("adjustments_minor", sa.BigInteger(), nullable=False),
        sa.Column("rejected_money", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_replays_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
        sa.UniqueConstraint("merchant_id", "digest", name=op.f("uq_replays_merchant_id_digest")),
    )
    op.create_table(
        "bill_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "bank",
                "cash",
                "wallet",
                name="receipt_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bill_receipts_something")),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bills.id"], name=op.f("fk_bill_receipts_bill_id_bills")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_bill_receipts_by_id_users")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entries.id"],
            name=op.f("fk_bill_receipts_entry_id_ledger_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_receipts")),
    )
    op.create_index(op.f("ix_bill_receipts_bill_id"), "bill_receipts", ["bill_id"], unique=False)
    op.create_table(
        "replay_rejects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("replay_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["replays.id"], name=op.f("fk_replay_rejects_replay_id_replays")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay_rejects")),
    )
    op.create_index(
        op.f("ix_replay_rejects_replay_id"), "replay_rejects", ["replay_id"], unique=False
    )
    op.create_table(
        "order_commissions",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("bp", sa.Integer(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("bp BETWEEN 0 AND 10000", name=op.f("ck_order_commissions_rate")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_commissions_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("order_id", "bp", name=op.f("pk_order_commissions")),
    )
    op.create_table(
        "settlement_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "sale",
                "undone",
                "refund",
                "adjustment",
                name="line_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cause_kind", sa.String(length=40), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("commission_minor", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("bill_id", sa.Integer(), nullable=True),
        sa.Column("memo", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(entry_id IS NULL) = (commission_minor = 0)", name=op.f("ck_settlement_lines_booked")
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bills.id"], name=op.f("fk_settlement_lines_bill_id_bills")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entries.id"],
            name=op.f("fk_settlement_lines_entry_id_ledger_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"],
            ["merchants.id"],
            name=op.f("fk_settlement_lines_merchant_id_merchants"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_settlement_lines_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_lines")),
        sa.UniqueConstraint("key", name=op.f("uq_settlement_lines_key")),
    )
    op.create_index(
        "ix_settlement_lines_bill_id_at", "settlement_lines", ["bill_id", "at", "id"], unique=False
    )
    op.create_index(
        "ix_settlement_lines_merchant_id_bill_id_at",
        "settlement_lines",
        ["merchant_id", "bill_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_settlement_lines_order_id"), "settlement_lines", ["order_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(op.f("ix_settlement_lines_order_id"), table_name="settlement_lines")
    op.drop_index("ix_settlement_lines_merchant_id_bill_id_at", table_name="settlement_lines")
    op.drop_index("ix_settlement_lines_bill_id_at", table_name="settlement_lines")
    op.drop_table("settlement_lines")
    op.drop_table("order_commissions")
    op.drop_index(op.f("ix_replay_rejects_replay_id"), table_name="replay_rejects")
    op.drop_table("replay_rejects")
    op.drop_index(op.f("ix_bill_receipts_bill_id"), table_name="bill_receipts")
    op.drop_table("bill_receipts")
    op.drop_table("replays")
    op.drop_index("ix_bills_starts_on_id", table_name="bills")
    op.drop_table("bills")
