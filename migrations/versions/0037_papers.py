"""The papers a shop trades by: its licence, its food permit, or its word that it needs none."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0037_papers"
down_revision = "0036_slots"
branch_labels = None
depends_on = None

KINDS = (
    *("shop_approved", "shop_stopped", "shop_resumed", "shop_closed"),
    *("request_granted", "request_refused", "paper_right", "paper_wrong", "paper_ends"),
)
CHECKS = {"notices": "notice_kind", "tellings": "telling_kind"}


def upgrade() -> None:
    """Keep one paper of a kind by shop, with who looked at it."""
    op.create_table(
        "merchant_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _one_of("licence", "food_permit", "exempt", name="paper_kind"), nullable=False
        ),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", _one_of("waiting", "checked", "refused", name="paper_state"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("warned_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_merchant_papers_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_merchant_papers_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_merchant_papers_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_papers")),
        sa.UniqueConstraint(
            "merchant_id", "kind", name=op.f("uq_merchant_papers_merchant_id_kind")
        ),
    )
    op.create_index("ix_merchant_papers_state", "merchant_papers", ["state", "sent_at", "id"])
    op.create_index("ix_merchant_papers_until", "merchant_papers", ["valid_until"])
    for table, name in CHECKS.items():
        known = _known(table, name)
        _allow(table, name, [*known, *(kind for kind in KINDS if kind not in known)])


def downgrade() -> None:
    """Forget the papers and their news."""
    for table, name in CHECKS.items():
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :kinds").bindparams(  # noqa: S608 - our own names
                sa.bindparam("kinds", KINDS, expanding=True)
            )
        )
        _allow(table, name, [kind for kind in _known(table, name) if kind not in KINDS])
    op.drop_table("merchant_papers")


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
