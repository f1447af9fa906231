"""By which ways people are reached: wishes for push and text messages, ladders, alarms, calls."""

import sqlalchemy as sa
from alembic import op

revision = "0014_channels"
down_revision = "0013_getting_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give wishes two more ways, and make the tables."""
    for way in ("by_push", "by_sms"):
        column = sa.Column(way, sa.Boolean(), nullable=False, server_default=sa.true())
        op.add_column("notice_wishes", column)
    op.create_table(
        "allowances",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_allowances")),
    )
    op.create_index(op.f("ix_allowances_at"), "allowances", ["at"], unique=False)
    op.create_table(
        "failed_addresses",
        sa.Column(
            "way",
            sa.Enum(
                "site",
                "push",
                "mail",
                "sms",
                "robot",
                name="failed_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("way", "address", name=op.f("pk_failed_addresses")),
    )
    op.create_index(
        op.f("ix_failed_addresses_failed_at"), "failed_addresses", ["failed_at"], unique=False
    )
    op.create_table(
        "push_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_push_devices_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_devices_endpoint_hash")),
    )
    op.create_index(op.f("ix_push_devices_person_id"), "push_devices", ["person_id"], unique=False)
    op.create_table(
        "reach_wishes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("quiet_start", sa.Integer(), nullable=True),
        sa.Column("quiet_end", sa.Integer(), nullable=True),
        sa.Column(
            "digest",
            sa.Enum(
                "none",
                "daily",
                "weekly",
                name="digest",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(quiet_start IS NULL) = (quiet_end IS NULL)", name=op.f("ck_reach_wishes_quiet_whole")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_reach_wishes_person_id_users")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reach_wishes")),
    )
    op.create_index(
        "ix_reach_wishes_due",
        "reach_wishes",
        ["digest_due_at"],
        unique=False,
        sqlite_where=sa.text("digest_due_at IS NOT NULL"),
        postgresql_where=sa.text("digest_due_at IS NOT NULL"),
    )
    op.create_table(
        "tellings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reply",
                "mention",
                "quote",
                "answer_accepted",
                "question",
                "order_message",
                "order_new",
                "order_sent",
                "order_accepted",
                "order_ready",
                "order_declined",
                "order_short",
                "order_cancelled",
                "order_moved",
                "order_expired",
                "order_no_show",
                "order_refunded",
                "order_said_paid",
                "order_waits",
                "order_given_up",
                "bill_new",
                "signed_up",
                "in_line",
                "promoted",
                "sign_up_cancelled",
                "event_changed",
                "event_cancelled",
                "review_shown",
                "review_hidden",
                name="telling_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_tellings_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_tellings_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_tellings_person_id_key")),
    )
    op.create_index("ix_tellings_due", "tellings", ["due_at", "id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "why",
            sa.Enum(
                "shop_silent",
                "no_way",
                "all_failed",
                name="call_why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "reached",
                "settled",
                name="call_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("last_by", sa.Integer(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_calls_ended")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (open_key IS NOT NULL)", name=op.f("ck_calls_open")
        ),
        sa.ForeignKeyConstraint(["last_by"], ["users.id"], name=op.f("fk_calls_last_by_users")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_calls_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_calls_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("open_key", name=op.f("uq_calls_open_key")),
    )
    op.create_index("ix_calls_state", "calls", ["state", "since", "id"], unique=False)
    op.create_table(
        "robots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.String(length=40), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "wecom",
                "dingtalk",
                "feishu",
                name="robot_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_robots_made_by_users")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_robots_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robots")),
        sa.UniqueConstraint("whose", name=op.f("uq_robots_whose")),
    )
    op.create_table(
        "order_alarms",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "robot",
                "sms",
                "desk",
                "done",
                name="alarm_step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "how",
            sa.Enum(
                "seen",
                "moved",
                name="alarm_end",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (how IS NULL)", name=op.f("ck_order_alarms_ended_somehow")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR due_at IS NULL", name=op.f("ck_order_alarms_ended_is_quiet")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_order_alarms_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_alarms_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_alarms")),
    )
    op.create_index(
        "ix_order_alarms_due",
        "order_alarms",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_order_alarms_open",
        "order_alarms",
        ["merchant_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(
        "ix_order_alarms_open",
        table_name="order_alarms",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_order_alarms_due",
        table_name="order_alarms",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("order_alarms")
    op.drop_table("robots")
    op.drop_index("ix_calls_state", table_name="calls")
    op.drop_table("calls")
    op.drop_index("ix_tellings_due", table_name="tellings")
    op.drop_table("tellings")
    op.drop_index(
        "ix_reach_wishes_due",
        table_name="reach_wishes",
        sqlite_where=sa.text("digest_due_at IS NOT NULL"),
        postgresql_where=sa.text("digest_due_at IS NOT NULL"),
    )
    op.drop_table("reach_wishes")
    op.drop_index(op.f("ix_push_devices_person_id"), table_name="push_devices")
    op.drop_table("push_devices")
    op.drop_index(op.f("ix_failed_addresses_failed_at"), table_name="failed_addresses")
    op.drop_table("failed_addresses")
    op.drop_index(op.f("ix_allowances_at"), table_name="allowances")
    op.drop_table("allowances")
    for way in ("by_sms", "by_push"):
        op.drop_column("notice_wishes", way)
