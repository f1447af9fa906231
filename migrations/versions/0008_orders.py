"""Tables of orders."""

import sqlalchemy as sa
from alembic import op

revision = "0008_orders"
down_revision = "0007_merchants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "code_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_tries")),
    )
    op.create_index("ix_code_tries_who", "code_tries", ["who", "at"], unique=False)
    op.create_table(
        "baskets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (token_hash IS NULL)", name=op.f("ck_baskets_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_baskets_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
        sa.UniqueConstraint("person_id", name=op.f("uq_baskets_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_baskets_token_hash")),
    )
    op.create_index(op.f("ix_baskets_touched_at"), "baskets", ["touched_at"], unique=False)
    op.create_table(
        "checkouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "placed",
                "expired",
                "left",
                name="checkout_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (token_hash IS NULL)", name=op.f("ck_checkouts_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_checkouts_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
    )
    op.create_index("ix_checkouts_due", "checkouts", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_checkouts_person_id"), "checkouts", ["person_id"], unique=False)
    op.create_index(op.f("ix_checkouts_token_hash"), "checkouts", ["token_hash"], unique=False)
    op.create_table(
        "shop_boards",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_shop_boards_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_shop_boards")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("checkout_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_mail", sa.String(length=254), nullable=False),
        sa.Column("phone_last4", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting_payment",
                "placed",
                "accepted",
                "closed",
                "cancelled",
                "declined",
                "expired",
                name="order_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "case_state",
            sa.Enum(
                "none",
                "open",
                "waiting_merchant",
                "waiting_resident",
                "with_operator",
                "ruled",
                "closed",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "pay_way",
            sa.Enum(
                "cash",
                "own_code",
                name="order_pay_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("packaging_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("slot_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_hold_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_what",
            sa.Enum(
                "remind",
                "give_up",
                "no_show",
                "close",
                name="order_timer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("imported_key", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(due_what IS NULL) = (due_at IS NULL)", name=op.f("ck_orders_timer_whole")
        ),
        sa.CheckConstraint(
            "total_minor >= 0 AND fee_minor >= 0", name=op.f("ck_orders_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_orders_checkout_id_checkouts")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_orders_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_orders_person_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["neighbourhoods.id"], name=op.f("fk_orders_place_id_neighbourhoods")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["pickup_points.id"], name=op.f("fk_orders_point_id_pickup_points")
        ),
        sa.ForeignKeyConstraint(
            ["slot_hold_id"], ["holds.id"], name=op.f("fk_orders_slot_hold_id_holds")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_orders_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("code", name=op.f("uq_orders_code")),
        sa.UniqueConstraint("imported_key", name=op.f("uq_orders_imported_key")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_orders_token_hash")),
    )
    op.create_index(op.f("ix_orders_checkout_id"), "orders", ["checkout_id"], unique=False)
    op.create_index(
        "ix_orders_due",
        "orders",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_orders_last4", "orders", ["merchant_id", "phone_last4"], unique=False)
    op.create_index("ix_orders_person", "orders", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_orders_shop", "orders", ["merchant_id", "state", "slot_starts_at"], unique=False
    )
    op.create_index("ix_orders_shop_recent", "orders", ["merchant_id", "id"], unique=False)
    op.create_table(
        "basket_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("basket_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("time_key", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("seen_minor", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_basket_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["basket_id"],
            ["baskets.id"],
            name=op.f("fk_basket_lines_basket_id_baskets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_basket_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_lines")),
        sa.UniqueConstraint(
            "basket_id",
            "variant_id",
            "time_key",
            name=op.f("uq_basket_lines_basket_id_variant_id_time_key"),
        ),
    )
    op.create_index(
        op.f("ix_basket_lines_variant_id"), "basket_lines", ["variant_id"], unique=False
    )
    op.create_table(
        "checkout_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkout_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("seen_minor", sa.BigInteger(), nullable=False),
        sa.Column("time_key", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_checkout_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["checkout_id"],
            ["checkouts.id"],
            name=op.f("fk_checkout_lines_checkout_id_checkouts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_checkout_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_lines")),
    )
    op.create_index(
        op.f("ix_checkout_lines_checkout_id"), "checkout_lines", ["checkout_id"], unique=False
    )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "undone_at IS NULL OR sealed_at IS NULL", name=op.f("ck_hand_overs_sealed_stays")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_hand_overs_by_id_users")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_hand_overs_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_hand_overs_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_hand_overs_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["users.id"], name=op.f("fk_hand_overs_undone_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index(op.f("ix_hand_overs_order_id"), "hand_overs", ["order_id"], unique=False)
    op.create_index("ix_hand_overs_shop", "hand_overs", ["merchant_id", "at"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "goods",
                "service",
                name="line_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("variant_zh", sa.String(length=80), nullable=False),
        sa.Column("variant_en", sa.String(length=80), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("packaging_minor", sa.BigInteger(), nullable=False),
        sa.Column("commission_bp", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("to_prepare", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.Column("uncollected", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "quantity = to_prepare + short + ready + handed_over + uncollected + cancelled",
            name=op.f("ck_order_lines_every_piece_is_somewhere"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_ordered_something")),
        sa.CheckConstraint(
            "refunded >= 0 AND refunded <= quantity",
            name=op.f("ck_order_lines_refunded_within_ordered"),
        ),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= quantity * (unit_minor + packaging_minor)",
            name=op.f("ck_order_lines_refunded_money_within_ordered"),
        ),
        sa.CheckConstraint(
            "to_prepare >= 0 AND short >= 0 AND ready >= 0 AND handed_over >= 0 AND uncollected >= 0 AND cancelled >= 0",
            name=op.f("ck_order_lines_quantities_not_negative"),
        ),
        sa.CheckConstraint(
            "unit_minor >= 0 AND packaging_minor >= 0",
            name=op.f("ck_order_lines_price_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_order_lines_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id_variants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
    )
    op.create_index(op.f("ix_order_lines_listing_id"), "order_lines", ["listing_id"], unique=False)
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], unique=False)
    op.create_table(
        "order_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "resident",
                "shop",
                "site",
                name="order_side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_order_moves_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_moves_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_moves")),
    )
    op.create_index(op.f("ix_order_moves_order_id"), "order_moves", ["order_id"], unique=False)
    op.create_table(
        "strikes",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_strikes_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_strikes_person_id_users")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_strikes")),
    )
    op.create_index(op.f("ix_strikes_contact_hash"), "strikes", ["contact_hash"], unique=False)
    op.create_index(op.f("ix_strikes_person_id"), "strikes", ["person_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(op.f("ix_strikes_person_id"), table_name="strikes")
    op.drop_index(op.f("ix_strikes_contact_hash"), table_name="strikes")
    op.drop_table("strikes")
    op.drop_index(op.f("ix_order_moves_order_id"), table_name="order_moves")
    op.drop_table("order_moves")
    op.drop_index(op.f("ix_order_lines_order_id"), table_name="order_lines")
    op.drop_index(op.f("ix_order_lines_listing_id"), table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index("ix_hand_overs_shop", table_name="hand_overs")
    op.drop_index(op.f("ix_hand_overs_order_id"), table_name="hand_overs")
    op.drop_table("hand_overs")
    op.drop_index(op.f("ix_checkout_lines_checkout_id"), table_name="checkout_lines")
    op.drop_table("checkout_lines")
    op.drop_index(op.f("ix_basket_lines_variant_id"), table_name="basket_lines")
    op.drop_table("basket_lines")
    op.drop_index("ix_orders_shop_recent", table_name="orders")
    op.drop_index("ix_orders_shop", table_name="orders")
    op.drop_index("ix_orders_person", table_name="orders")
    op.drop_index("ix_orders_last4", table_name="orders")
    op.drop_index(
        "ix_orders_due",
        table_name="orders",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_orders_checkout_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("shop_boards")
    op.drop_index(op.f("ix_checkouts_token_hash"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_person_id"), table_name="checkouts")
    op.drop_index("ix_checkouts_due", table_name="checkouts")
    op.drop_table("checkouts")
    op.drop_index(op.f("ix_baskets_touched_at"), table_name="baskets")
    op.drop_table("baskets")
    op.drop_index("ix_code_tries_who", table_name="code_tries")
    op.drop_table("code_tries")
