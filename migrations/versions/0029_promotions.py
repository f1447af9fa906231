"""Coupons, offers and their uses; what comes off an order's lines, and who pays for it."""

import sqlalchemy as sa
from alembic import op

revision = "0029_promotions"
down_revision = "0028_groupbuys"
branch_labels = None
depends_on = None

KINDS = ("sale", "undone", "refund", "adjustment", "fee", "fee_back")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; what was ordered cost what it cost."""
    _promotions()
    _uses()
    op.create_table(
        "order_reductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("funder", sa.String(40), nullable=False),
        sa.Column("name_zh", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_order_reductions_something")),
        _one_of("order_reductions", "funder", "reduction_funder", ("merchant", "site")),
        _to("order_reductions", "order_line_id", "order_lines"),
        _to("order_reductions", "promotion_id", "promotions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_reductions")),
        sa.UniqueConstraint(
            "order_line_id",
            "promotion_id",
            name=op.f("uq_order_reductions_order_line_id_promotion_id"),
        ),
    )
    op.create_index("ix_order_reductions_promotion", "order_reductions", ["promotion_id"])
    for name in ("reduced_minor", "site_minor"):
        op.add_column(
            "order_lines", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
    op.add_column("order_lines", sa.Column("list_minor", sa.BigInteger()))
    op.add_column("checkouts", sa.Column("coupons", sa.JSON()))
    op.add_column(
        "bills", sa.Column("coupons_minor", sa.BigInteger(), nullable=False, server_default="0")
    )
    _recheck((*KINDS, "coupon"))


def downgrade() -> None:
    """Forget promotions; refuse where one was used, for orders and the ledger forget nothing."""
    used = sa.text("SELECT count(*) FROM order_reductions")
    if op.get_bind().scalar(used):
        raise RuntimeError("promotions were used here: this step cannot be taken back")
    _recheck(KINDS)
    op.drop_column("bills", "coupons_minor")
    op.drop_column("checkouts", "coupons")
    op.drop_column("order_lines", "list_minor")
    op.drop_column("order_lines", "site_minor")
    op.drop_column("order_lines", "reduced_minor")
    op.drop_index("ix_order_reductions_promotion", "order_reductions")
    op.drop_table("order_reductions")
    for name in ("order_id", "sharer", "person", "promotion"):
        op.drop_index(f"ix_promotion_uses_{name}", "promotion_uses")
    op.drop_table("promotion_uses")
    op.drop_index("ix_promotions_shop", "promotions")
    op.drop_table("promotions")


def _promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("name_zh", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("merchant_id", sa.Integer()),
        sa.Column("shop_zh", sa.String(120), nullable=False),
        sa.Column("shop_en", sa.String(120), nullable=False),
        sa.Column("funder", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("most_minor", sa.BigInteger()),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("least_minor", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.Integer()),
        sa.Column("listing_id", sa.Integer()),
        sa.Column("listing_kind", sa.String(40), nullable=False),
        sa.Column("combines", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(20)),
        sa.Column("pool_id", sa.Integer()),
        sa.Column("per_person", sa.Integer()),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer()),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("stopped_at", INSTANT),
        sa.Column("made_by", sa.Integer()),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_promotions_named")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_promotions_forward")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_promotions_percent")),
        sa.CheckConstraint(
            "value_minor >= 0 AND least_minor >= 0 AND (most_minor IS NULL OR most_minor > 0)",
            name=op.f("ck_promotions_not_negative"),
        ),
        sa.CheckConstraint(
            "merchant_id IS NOT NULL OR funder = 'site'", name=op.f("ck_promotions_funded")
        ),
        _one_of("promotions", "kind", "promotion_kind", ("coupon", "offer")),
        _one_of("promotions", "form", "promotion_form", ("amount", "percent", "nth", "price")),
        _one_of("promotions", "funder", "promotion_funder", ("merchant", "site")),
        _one_of(
            "promotions", "audience", "promotion_audience",
            ("everybody", "members", "first_order"),
        ),
        _to("promotions", "pool_id", "pools"),
        _to("promotions", "reward_id", "promotions"),
        _to("promotions", "made_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
        sa.UniqueConstraint("code", name=op.f("uq_promotions_code")),
    )  # fmt: skip
    op.create_index("ix_promotions_shop", "promotions", ["merchant_id", "ends_at"])


def _uses() -> None:
    op.create_table(
        "promotion_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("hold_ids", sa.JSON(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("order_id", sa.Integer()),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("sharer_id", sa.Integer()),
        sa.Column("rewarded_at", INSTANT),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_promotion_uses_not_negative")),
        sa.CheckConstraint(
            "(order_id IS NULL) = (used_at IS NULL)", name=op.f("ck_promotion_uses_used_whole")
        ),
        _one_of("promotion_uses", "state", "promotion_use_state", ("taken", "used", "given_back")),
        _to("promotion_uses", "promotion_id", "promotions"),
        _to("promotion_uses", "person_id", "users"),
        _to("promotion_uses", "sharer_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_uses")),
    )
    op.create_index("ix_promotion_uses_promotion", "promotion_uses", ["promotion_id", "id"])
    op.create_index("ix_promotion_uses_person", "promotion_uses", ["person_id", "id"])
    op.create_index("ix_promotion_uses_sharer", "promotion_uses", ["sharer_id", "promotion_id"])
    op.create_index(op.f("ix_promotion_uses_order_id"), "promotion_uses", ["order_id"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _one_of(table: str, column: str, name: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


def _recheck(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    name = op.f("ck_settlement_lines_line_kind")
    with op.batch_alter_table("settlement_lines") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({listed})")
