"""Proposals on orders, quotes, services whose price is said after seeing it, and their notices."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0031_proposals"
down_revision = "0030_delivery"
branch_labels = None
depends_on = None

KINDS = (
    "proposal_new",
    "proposal_answered",
    "proposal_over",
    "quote_asked",
    "quote_new",
    "quote_answered",
    "quote_refused",
)
CHECKS = (("notices", "notice_kind"), ("tellings", "telling_kind"))
STATES = ("asked", "open", "accepted", "declined", "expired", "withdrawn")


def upgrade() -> None:
    """Make the tables and let listings say that their price is a call-out fee."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("change", "quote", name="proposal_kind"), nullable=False),
        sa.Column("state", _one_of(*STATES, name="proposal_state"), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("wish", sa.String(length=1000), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("starts_at", moment, nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ends_at", moment, nullable=True),
        sa.Column("over_at", moment, nullable=True),
        sa.CheckConstraint(
            "kind = 'quote' OR (order_id IS NOT NULL AND person_id IS NULL)",
            name=op.f("ck_proposals_change_has_order"),
        ),
        sa.CheckConstraint(
            "kind = 'change' OR person_id IS NOT NULL", name=op.f("ck_proposals_quote_has_buyer")
        ),
        sa.CheckConstraint(
            "state <> 'open' OR ends_at IS NOT NULL", name=op.f("ck_proposals_open_ends")
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'open')) = (over_at IS NULL)",
            name=op.f("ck_proposals_over_has_time"),
        ),
        *_keys(
            "proposals",
            merchant_id="merchants",
            order_id="orders",
            person_id="users",
            thread_id="threads",
            made_by="users",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_order", "proposals", ["order_id", "id"])
    op.create_index("ix_proposals_person", "proposals", ["person_id", "id"])
    op.create_index("ix_proposals_shop", "proposals", ["merchant_id", "id"])
    op.create_index(op.f("ix_proposals_thread_id"), "proposals", ["thread_id"])
    still_open = sa.text("state = 'open'")
    op.create_index(
        "ix_proposals_due",
        "proposals",
        ["ends_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "proposal_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("is_work", sa.Boolean(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("variant_zh", sa.String(length=80), nullable=False),
        sa.Column("variant_en", sa.String(length=80), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("packaging_minor", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=False),
        sa.Column("hold_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_proposal_lines_quantity")),
        sa.CheckConstraint(
            "unit_minor >= 0 AND packaging_minor >= 0",
            name=op.f("ck_proposal_lines_price_not_negative"),
        ),
        sa.CheckConstraint(
            "(line_id IS NULL) = (replaces = 0)", name=op.f("ck_proposal_lines_replaces_something")
        ),
        sa.CheckConstraint("replaces >= 0", name=op.f("ck_proposal_lines_replaces_not_negative")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_proposal_lines_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        *_keys(
            "proposal_lines",
            listing_id="listings",
            variant_id="variants",
            line_id="order_lines",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_lines")),
    )
    op.create_index(op.f("ix_proposal_lines_proposal_id"), "proposal_lines", ["proposal_id"])
    op.create_index(op.f("ix_proposal_lines_line_id"), "proposal_lines", ["line_id"])
    told = sa.Column("is_call_out", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("listings", told)
    for table, name in CHECKS:
        known = _known(table, name)
        _allow(table, name, [*known, *(one for one in KINDS if one not in known)])


def downgrade() -> None:
    """Forget proposals, quotes, call-out fees, and their notices."""
    for table, name in CHECKS:
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :gone").bindparams(  # noqa: S608 - our own names
                sa.bindparam("gone", KINDS, expanding=True)
            )
        )
        _allow(table, name, [one for one in _known(table, name) if one not in KINDS])
    op.drop_column("listings", "is_call_out")
    op.drop_table("proposal_lines")
    op.drop_table("proposals")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]


def _known(table: str, name: str) -> list[str]:
    """Return what the table allows now, whatever other steps added before."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    [text] = [check["sqltext"] for check in found if check["name"] == f"ck_{table}_{name}"]
    return re.findall(r"'([a-z_]+)'", text)


def _allow(table: str, name: str, values: list[str]) -> None:
    full = f"ck_{table}_{name}"
    condition = "kind IN ({})".format(", ".join(f"'{value}'" for value in values))
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(full), type_="check")
        batch.create_check_constraint(op.f(full), condition)
