"""Tables of payments."""

import sqlalchemy as sa
from alembic import op

revision = "0006_payments"
down_revision = "0005_forum"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "charges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about_kind", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("payee_kind", sa.String(length=32), nullable=False),
        sa.Column("payee_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unpaid",
                "said_paid",
                "authorised",
                "paid",
                "part_refunded",
                "refunded",
                "disputed",
                name="payment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_charges_amount_not_negative")),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= confirmed_minor",
            name=op.f("ck_charges_refunded_within_confirmed"),
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["users.id"], name=op.f("fk_charges_payer_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("about_kind", "about_id", name=op.f("uq_charges_about_kind_about_id")),
    )
    op.create_index(
        "ix_charges_payee", "charges", ["payee_kind", "payee_id", "state"], unique=False
    )
    op.create_index(op.f("ix_charges_payer_id"), "charges", ["payer_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "cash",
                "own_code",
                name="pay_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "said",
                "confirmed",
                "disputed",
                "withdrawn",
                name="payment_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "status <> 'confirmed' OR confirmed_at IS NOT NULL",
            name=op.f("ck_payments_confirmed_has_time"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_payments_charge_id_charges")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["users.id"], name=op.f("fk_payments_confirmed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["disputed_by"], ["users.id"], name=op.f("fk_payments_disputed_by_users")
        ),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f("fk_payments_said_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_charge_id"), "payments", ["charge_id"], unique=False)
    op.create_index("ix_payments_status", "payments", ["status", "said_at"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "short",
                "cancelled",
                "uncollected",
                "after_sale",
                "overpaid",
                name="refund_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "owed",
                "given",
                name="refund_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status = 'given') = (given_at IS NOT NULL)", name=op.f("ck_refunds_given_has_time")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_refunds_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_refunds_charge_id_charges")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_refunds_given_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_charge_id"), "refunds", ["charge_id"], unique=False)
    op.create_index("ix_refunds_status", "refunds", ["status", "at"], unique=False)
    op.create_table(
        "refund_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("about_kind", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 AND amount_minor >= 0", name=op.f("ck_refund_lines_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id_refunds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_lines")),
    )
    op.create_index(
        "ix_refund_lines_about", "refund_lines", ["about_kind", "about_id"], unique=False
    )
    op.create_index(op.f("ix_refund_lines_refund_id"), "refund_lines", ["refund_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(op.f("ix_refund_lines_refund_id"), table_name="refund_lines")
    op.drop_index("ix_refund_lines_about", table_name="refund_lines")
    op.drop_table("refund_lines")
    op.drop_index("ix_refunds_status", table_name="refunds")
    op.drop_index(op.f("ix_refunds_charge_id"), table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("ix_payments_status", table_name="payments")
    op.drop_index(op.f("ix_payments_charge_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_charges_payer_id"), table_name="charges")
    op.drop_index("ix_charges_payee", table_name="charges")
    op.drop_table("charges")
