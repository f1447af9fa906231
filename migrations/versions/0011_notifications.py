"""Tables of notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0011_notifications"
down_revision = "0010_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice_wishes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "talk",
                "events",
                "orders",
                "shop",
                "review",
                name="wish_topic",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_notice_wishes_person_id_users")
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_notice_wishes")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
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
                "order_expired",
                "order_no_show",
                "order_refunded",
                "order_said_paid",
                "order_waits",
                "order_given_up",
                "signed_up",
                "in_line",
                "promoted",
                "sign_up_cancelled",
                "event_changed",
                "event_cancelled",
                "review_shown",
                "review_hidden",
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "topic",
            sa.Enum(
                "talk",
                "events",
                "orders",
                "shop",
                "review",
                name="notice_topic",
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
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_notices_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_notices_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notices_person_id_key")),
    )
    op.create_index(
        "ix_notices_person_latest", "notices", ["person_id", "happened_at", "id"], unique=False
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(
        "ix_notices_unread",
        table_name="notices",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_notices_person_latest", table_name="notices")
    op.drop_table("notices")
    op.drop_table("notice_wishes")
