"""What a pickup time counts, homes and closed times of a point; orders whose buyer is asked to choose
anew; what counters handed over without a network.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0036_slots"
down_revision = "0035_saved"
branch_labels = None
depends_on = None

KINDS = ("order_asked",)
CHECKS = {"notices": "notice_kind", "tellings": "telling_kind"}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and make the two tables; let the question be told."""
    with op.batch_alter_table("slot_rules") as batch:
        batch.add_column(
            sa.Column(
                "measure",
                _one_of("orders", "items", "money", name="slot_measure"),
                nullable=False,
                server_default="orders",
            )
        )
        batch.drop_constraint(op.f("ck_slot_rules_capacity"), type_="check")
        batch.create_check_constraint(
            op.f("ck_slot_rules_capacity"), "capacity BETWEEN 1 AND 100000000"
        )
    op.add_column(
        "pickup_points",
        sa.Column("is_home", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "pickup_points", sa.Column("closed", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "move_questions",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("was_starts_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_move_questions_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_move_questions_asked_by_users")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_move_questions")),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_move_questions_due",
        "move_questions",
        ["due_at"],
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    op.create_table(
        "offline_hands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("hand_over_id", sa.Integer(), nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column(
            "conflict",
            _one_of(
                *("collected", "refunded", "over", "other_day", "not_accepted", "fewer", "unknown"),
                name="offline_conflict",
            ),
            nullable=True,
        ),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_offline_hands_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_offline_hands_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_overs.id"],
            name=op.f("fk_offline_hands_hand_over_id_hand_overs"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_offline_hands_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_hands")),
        sa.UniqueConstraint(
            "merchant_id", "client_key", name=op.f("uq_offline_hands_merchant_id_client_key")
        ),
    )
    unseen = sa.text("conflict IS NOT NULL AND seen_at IS NULL")
    op.create_index(
        "ix_offline_hands_unseen",
        "offline_hands",
        ["merchant_id"],
        sqlite_where=unseen,
        postgresql_where=unseen,
    )
    op.create_index(op.f("ix_offline_hands_order_id"), "offline_hands", ["order_id"])
    for table, name in CHECKS.items():
        known = _known(table, name)
        _allow(table, name, [*known, *(kind for kind in KINDS if kind not in known)])


def downgrade() -> None:
    """Forget all of it; a time that counted items or money counts orders again."""
    for table, name in CHECKS.items():
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :kinds").bindparams(  # noqa: S608 - our own names
                sa.bindparam("kinds", KINDS, expanding=True)
            )
        )
        _allow(table, name, [kind for kind in _known(table, name) if kind not in KINDS])
    op.drop_table("offline_hands")
    op.drop_table("move_questions")
    with op.batch_alter_table("pickup_points") as batch:
        batch.drop_column("closed")
        batch.drop_column("is_home")
    op.execute("UPDATE slot_rules SET capacity = 10000 WHERE capacity > 10000")
    with op.batch_alter_table("slot_rules") as batch:
        batch.drop_constraint(op.f("ck_slot_rules_slot_measure"), type_="check")
        batch.drop_column("measure")
        batch.drop_constraint(op.f("ck_slot_rules_capacity"), type_="check")
        batch.create_check_constraint(
            op.f("ck_slot_rules_capacity"), "capacity BETWEEN 1 AND 10000"
        )


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _known(table: str, name: str) -> list[str]:
    """Return the kinds that the table allows now, whatever other steps added before."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    [text] = [check["sqltext"] for check in found if check["name"] == f"ck_{table}_{name}"]
    return re.findall(r"'([a-z_]+)'", text)


def _allow(table: str, name: str, kinds: list[str]) -> None:
    full = f"ck_{table}_{name}"
    condition = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(full), type_="check")
        batch.create_check_constraint(op.f(full), condition)
