"""Case packs out of one stock, goods made to order, a shop's own sections, more pictures, waiting
for what is sold out, and listings and shops that the desk took down.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0033_goods"
down_revision = "0032_calendars"
branch_labels = None
depends_on = None

STATES = ("waiting", "offered", "taken", "passed", "left")
KIND = "back_in_stock"
CHECKS = (("notices", "notice_kind"), ("tellings", "telling_kind"))
TAKEN_DOWN = (
    ("hidden_at", sa.DateTime(timezone=True)),
    ("hidden_by_id", sa.Integer()),
    ("hidden_rule", sa.String(200)),
)


def upgrade() -> None:
    """Make the tables and the columns; what is listed and ordered stays as it is."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "shelf_sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(40), nullable=False),
        sa.Column("name_en", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_shelf_sections_named")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_shelf_sections_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_sections")),
    )
    op.create_index(
        "ix_shelf_sections_merchant", "shelf_sections", ["merchant_id", "position", "id"]
    )
    op.create_table(
        "stock_waits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("hold_id", sa.Integer()),
        sa.Column("due_at", moment),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_waits_something")),
        sa.CheckConstraint(
            "state <> 'offered' OR (hold_id IS NOT NULL AND due_at IS NOT NULL)",
            name=op.f("ck_stock_waits_offered_whole"),
        ),
        sa.CheckConstraint(
            "state IN ({})".format(", ".join(f"'{one}'" for one in STATES)),
            name=op.f("ck_stock_waits_wait_state"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_stock_waits_{column}_{table}")
            )
            for column, table in (
                ("variant_id", "variants"),
                ("pool_id", "pools"),
                ("person_id", "users"),
                ("hold_id", "holds"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_waits")),
    )
    op.create_index("ix_stock_waits_line", "stock_waits", ["pool_id", "state", "id"])
    op.create_index("ix_stock_waits_due", "stock_waits", ["state", "due_at"])
    op.create_index("ix_stock_waits_hold", "stock_waits", ["hold_id"])
    open_one = sa.text("state IN ('waiting', 'offered')")
    op.create_index(
        "uq_stock_waits_open", "stock_waits", ["person_id", "variant_id"], unique=True,
        sqlite_where=open_one, postgresql_where=open_one,
    )  # fmt: skip
    with op.batch_alter_table("variants") as batch:
        batch.add_column(sa.Column("pack_size", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint(op.f("uq_variants_pool_id"), type_="unique")
        batch.create_check_constraint(op.f("ck_variants_pack_size"), "pack_size > 0")
        batch.create_index("ix_variants_pool", ["pool_id"])
    with op.batch_alter_table("listings") as batch:
        batch.add_column(sa.Column("daily_total", sa.Integer()))
        batch.add_column(sa.Column("lead_days", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("section_id", sa.Integer()))
        batch.add_column(sa.Column("more_pictures", sa.JSON(), nullable=False, server_default="[]"))
        for name, kind in TAKEN_DOWN:
            batch.add_column(sa.Column(name, kind))
        batch.create_foreign_key(
            op.f("fk_listings_section_id_shelf_sections"), "shelf_sections", ["section_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_listings_hidden_by_id_users"), "users", ["hidden_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_listings_hidden_off_shelf"), "hidden_at IS NULL OR archived_at IS NOT NULL"
        )
        batch.create_check_constraint(
            op.f("ck_listings_daily"), "daily_total > 0 AND lead_days BETWEEN 0 AND 30"
        )
    for name, kind in TAKEN_DOWN:
        op.add_column("merchants", sa.Column(name, kind))
    op.add_column("merchants", sa.Column("hidden_state", sa.String(40)))
    for column in (
        sa.Column("pack_size", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("rules", sa.Text(), nullable=False, server_default=""),
        sa.Column("allergens", sa.String(200), nullable=False, server_default=""),
    ):
        op.add_column("order_lines", column)
    for table, name in CHECKS:
        _allow(table, name, sorted({*_known(table, name), KIND}))


def downgrade() -> None:
    """Forget all of it; sizes that shared a stock get none of their own."""
    for table, name in CHECKS:
        op.execute(f"DELETE FROM {table} WHERE kind = '{KIND}'")  # noqa: S608 - our own names
        _allow(table, name, [one for one in _known(table, name) if one != KIND])
    for name in ("pack_size", "rules", "allergens"):
        op.drop_column("order_lines", name)
    for name in ("hidden_state", *(one for one, _kind in TAKEN_DOWN)):
        op.drop_column("merchants", name)
    with op.batch_alter_table("listings") as batch:
        batch.drop_constraint(op.f("ck_listings_daily"), type_="check")
        batch.drop_constraint(op.f("ck_listings_hidden_off_shelf"), type_="check")
        batch.drop_constraint(op.f("fk_listings_section_id_shelf_sections"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_listings_hidden_by_id_users"), type_="foreignkey")
        for name in ("daily_total", "lead_days", "section_id", "more_pictures"):
            batch.drop_column(name)
        for name, _kind in TAKEN_DOWN:
            batch.drop_column(name)
    op.execute(
        "UPDATE variants SET pool_id = NULL WHERE pool_id IN"
        " (SELECT pool_id FROM variants GROUP BY pool_id HAVING count(*) > 1)"
        " AND pack_size > 1"
    )
    with op.batch_alter_table("variants") as batch:
        batch.drop_index("ix_variants_pool")
        batch.drop_constraint(op.f("ck_variants_pack_size"), type_="check")
        batch.drop_column("pack_size")
        batch.create_unique_constraint(op.f("uq_variants_pool_id"), ["pool_id"])
    op.drop_table("stock_waits")
    op.drop_table("shelf_sections")


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
