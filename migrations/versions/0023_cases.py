"""After-sale: cases on collected lines, money given back for a part of one, and their news."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023_cases"
down_revision = "0022_shelf"
branch_labels = None
depends_on = None

KINDS = (
    *("case_new", "case_offer", "case_settled", "case_desk", "case_ruled"),
    *("case_reply", "case_shop_desk", "case_shop_ruled"),
)
CHECKS = {"notices": "notice_kind", "tellings": "telling_kind"}
STATES = (
    *("none", "open", "waiting_merchant", "waiting_resident", "with_operator", "ruled"),
    "closed",
)
REMEDIES = ("money_back", "part_back", "replacement", "nothing")
ALLOWED = "allowed_minor >= 0 AND allowed_minor <= handed_over * (unit_minor + packaging_minor)"


def upgrade() -> None:
    """Make the table of cases and the column beside it; let their news be told."""
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(
            sa.Column("allowed_minor", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch.create_check_constraint(op.f("ck_order_lines_allowed_within_handed_over"), ALLOWED)
    op.create_table(
        "order_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "problem",
            _one_of("broken", "wrong", "missing", "quality", "other", name="case_problem"),
            nullable=False,
        ),
        sa.Column("wish", _one_of(*REMEDIES, name="case_wish"), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("state", _one_of(*STATES, name="order_case_state"), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("remedy", _one_of(*REMEDIES, name="case_remedy"), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column(
            "liable",
            _one_of("merchant", "platform", "courier", "resident", name="case_liable"),
            nullable=True,
        ),
        sa.Column(
            "goods",
            _one_of("none", "open", "restocked", "written_off", name="case_goods"),
            nullable=False,
        ),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("ruled_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_what", _one_of("to_operator", "close", name="case_timer"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_cases_about_something")),
        sa.CheckConstraint(
            "amount_minor >= 0 AND set_aside >= 0 AND set_aside <= quantity",
            name=op.f("ck_order_cases_not_negative"),
        ),
        sa.CheckConstraint(
            "(due_what IS NULL) = (due_at IS NULL)", name=op.f("ck_order_cases_timer_whole")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (over_at IS NOT NULL)", name=op.f("ck_order_cases_over_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'ruled' OR (remedy IS NOT NULL AND liable IS NOT NULL)",
            name=op.f("ck_order_cases_ruled_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_cases_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_order_cases_line_id_order_lines")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_order_cases_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_order_cases_refund_id_refunds")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by"], ["users.id"], name=op.f("fk_order_cases_ruled_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_cases")),
    )
    op.create_index(op.f("ix_order_cases_line_id"), "order_cases", ["line_id"])
    op.create_index("ix_order_cases_order", "order_cases", ["order_id", "id"])
    op.create_index("ix_order_cases_shop", "order_cases", ["merchant_id", "id"])
    op.create_index("ix_order_cases_state", "order_cases", ["state", "moved_at"])
    under_way, is_due = sa.text("over_at IS NULL"), sa.text("due_at IS NOT NULL")
    op.create_index(
        "uq_order_cases_under_way",
        "order_cases",
        ["order_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_index(
        "ix_order_cases_due",
        "order_cases",
        ["due_at"],
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    for table, name in CHECKS.items():
        known = _known(table, name)
        _allow(table, name, [*known, *(kind for kind in KINDS if kind not in known)])


def downgrade() -> None:
    """Forget cases and their news; what was given back stays in the books."""
    for table, name in CHECKS.items():
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :kinds").bindparams(  # noqa: S608 - our own names
                sa.bindparam("kinds", KINDS, expanding=True)
            )
        )
        _allow(table, name, [kind for kind in _known(table, name) if kind not in KINDS])
    op.drop_table("order_cases")
    op.execute("UPDATE orders SET case_state = 'none' WHERE case_state <> 'none'")
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_constraint(op.f("ck_order_lines_allowed_within_handed_over"), type_="check")
        batch.drop_column("allowed_minor")


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
