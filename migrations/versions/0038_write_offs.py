"""Sums of bills that two people let go."""

import sqlalchemy as sa
from alembic import op

revision = "0038_write_offs"
down_revision = "0037_papers"
branch_labels = None
depends_on = None

WAYS = ("bank", "cash", "wallet")


def upgrade() -> None:
    """Keep who asks and who decides; let a receipt say that it was let go."""
    _allow([*WAYS, "written_off"])
    op.create_table(
        "write_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked", "done", "refused", name="write_off_state", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_write_offs_something")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_write_offs_two_people")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)",
            name=op.f("ck_write_offs_decided_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["bills.id"], name=op.f("fk_write_offs_bill_id_bills")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_write_offs_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_write_offs_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["bill_receipts.id"],
            name=op.f("fk_write_offs_receipt_id_bill_receipts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_offs")),
    )  # fmt: skip
    op.create_index(op.f("ix_write_offs_bill_id"), "write_offs", ["bill_id"])
    is_asked = sa.text("state = 'asked'")
    op.create_index(
        "uq_write_offs_asked", "write_offs", ["bill_id"], unique=True,
        sqlite_where=is_asked, postgresql_where=is_asked,
    )  # fmt: skip


def downgrade() -> None:
    """Forget who asked and decided; what was let go stays booked, as a receipt by hand."""
    op.drop_table("write_offs")
    op.execute("UPDATE bill_receipts SET way = 'bank' WHERE way = 'written_off'")
    _allow(list(WAYS))


def _allow(ways: list[str]) -> None:
    condition = "way IN ({})".format(", ".join(f"'{way}'" for way in ways))
    with op.batch_alter_table("bill_receipts") as batch:
        batch.drop_constraint(op.f("ck_bill_receipts_receipt_way"), type_="check")
        batch.create_check_constraint(op.f("ck_bill_receipts_receipt_way"), condition)
