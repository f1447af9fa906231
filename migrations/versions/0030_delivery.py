"""Delivery: areas of a shop with their fee, what is on its way to whom, and its news."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0030_delivery"
down_revision = "0029_promotions"
branch_labels = None
depends_on = None

KINDS = ("order_on_way", "order_not_delivered")
CHECKS = {"notices": "notice_kind", "tellings": "telling_kind"}
STATES = ("waiting", "on_way", "back")


def upgrade() -> None:
    """Let a pickup point deliver; make the tables of areas and deliveries; let their news be
    told.
    """
    op.add_column(
        "pickup_points",
        sa.Column("delivers", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "delivery_zones",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("radius_metres", sa.Integer(), nullable=True),
        sa.Column("outline", sa.JSON(), nullable=True),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(radius_metres IS NULL) <> (outline IS NULL)", name=op.f("ck_delivery_zones_one_shape")
        ),
        sa.CheckConstraint(
            "radius_metres IS NULL OR radius_metres BETWEEN 50 AND 50000",
            name=op.f("ck_delivery_zones_radius"),
        ),
        sa.CheckConstraint(
            "minimum_minor >= 0 AND fee_minor >= 0", name=op.f("ck_delivery_zones_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["pickup_points.id"],
            name=op.f("fk_delivery_zones_point_id_pickup_points"),
        ),
        sa.PrimaryKeyConstraint("point_id", name=op.f("pk_delivery_zones")),
    )
    op.create_table(
        "deliveries",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("metres >= 0 AND tries >= 0", name=op.f("ck_deliveries_not_negative")),
        sa.CheckConstraint(
            "state <> 'on_way' OR left_at IS NOT NULL", name=op.f("ck_deliveries_left_when")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_deliveries_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_deliveries_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["courier_id"], ["users.id"], name=op.f("fk_deliveries_courier_id_users")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_shop", "deliveries", ["merchant_id", "state"])
    for table, name in CHECKS.items():
        known = _known(table, name)
        _allow(table, name, [*known, *(kind for kind in KINDS if kind not in known)])


def downgrade() -> None:
    """Forget areas and deliveries; what was ordered and paid stays as it is."""
    for table, name in CHECKS.items():
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE kind IN :kinds").bindparams(  # noqa: S608 - our own names
                sa.bindparam("kinds", KINDS, expanding=True)
            )
        )
        _allow(table, name, [kind for kind in _known(table, name) if kind not in KINDS])
    op.drop_table("deliveries")
    op.drop_table("delivery_zones")
    # What delivered can no longer be told from a counter: it takes no new orders.
    op.execute("UPDATE pickup_points SET archived_at = created_at WHERE delivers")
    op.drop_column("pickup_points", "delivers")


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
