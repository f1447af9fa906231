"""Searches that people saved, and the news of what fits them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0035_saved"
down_revision = "0034_console"
branch_labels = None
depends_on = None

KIND = "saved_found"
CHECKS = (("notices", "notice_kind"), ("tellings", "telling_kind"))


def upgrade() -> None:
    """Make the table, and allow that news."""
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("query", sa.String(400), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("query <> ''", name=op.f("ck_saved_searches_asks")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_saved_searches_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint(
            "person_id", "place", "query", name=op.f("uq_saved_searches_person_id_place_query")
        ),
    )
    op.create_index("ix_saved_searches_place", "saved_searches", ["place", "is_paused", "id"])
    for table, name in CHECKS:
        known = _known(table, name)
        _allow(table, name, [*known, *([] if KIND in known else [KIND])])


def downgrade() -> None:
    """Forget saved searches and their news."""
    for table, name in CHECKS:
        op.execute(sa.text(f"DELETE FROM {table} WHERE kind = '{KIND}'"))  # noqa: S608 - our own names
        _allow(table, name, [one for one in _known(table, name) if one != KIND])
    op.drop_table("saved_searches")


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
