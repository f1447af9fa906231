"""Two more kinds of news (an order that its shop moved, a new bill); threads settled by their
authors.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017_gaps"
down_revision = "0016_law"
branch_labels = None
depends_on = None

KINDS = ("order_moved", "bill_new")
CHECKS = {"notices": "notice_kind", "tellings": "telling_kind"}


def upgrade() -> None:
    """Let the kinds of news be these two as well, and authors close their threads."""
    settled = sa.Column("is_settled", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("threads", settled)
    for table, name in CHECKS.items():
        known = _known(table, name)
        _allow(table, name, [*known, *(kind for kind in KINDS if kind not in known)])


def downgrade() -> None:
    """Forget news of these kinds, and allow them no more; settled threads stay closed."""
    op.drop_column("threads", "is_settled")
    for table, name in CHECKS.items():
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :kinds").bindparams(  # noqa: S608 - our own names
                sa.bindparam("kinds", KINDS, expanding=True)
            )
        )
        _allow(table, name, [kind for kind in _known(table, name) if kind not in KINDS])


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
