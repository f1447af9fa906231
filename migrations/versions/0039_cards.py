"""Punch cards: what a listing promises, the cards that were handed over, and their uses."""

import sqlalchemy as sa
from alembic import op

revision = "0039_cards"
down_revision = "0038_write_offs"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "card_terms",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("uses BETWEEN 1 AND 200", name=op.f("ck_card_terms_uses")),
        sa.CheckConstraint("days BETWEEN 1 AND 1830", name=op.f("ck_card_terms_days")),
        *_keys("card_terms", listing_id="listings"),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_card_terms")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("void_at", MOMENT, nullable=True),
        sa.Column("paid_back_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("uses > 0", name=op.f("ck_cards_uses")),
        sa.CheckConstraint("paid_back_minor >= 0", name=op.f("ck_cards_paid_back")),
        *_keys(
            "cards", order_id="orders", line_id="order_lines", hand_over_id="hand_overs",
            merchant_id="merchants", pool_id="pools",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("code", name=op.f("uq_cards_code")),
        sa.UniqueConstraint("pool_id", name=op.f("uq_cards_pool_id")),
    )  # fmt: skip
    op.create_index("ix_cards_order", "cards", ["order_id"])
    op.create_index("ix_cards_line", "cards", ["line_id"])
    op.create_index("ix_cards_hand_over", "cards", ["hand_over_id"])
    op.create_table(
        "card_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        *_keys("card_uses", card_id="cards", order_id="orders", hold_id="holds", by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_uses")),
    )
    op.create_index("ix_card_uses_card", "card_uses", ["card_id", "id"])


def downgrade() -> None:
    """Forget cards and their uses."""
    for table in ("card_uses", "cards", "card_terms"):
        op.drop_table(table)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))
        for name, to in columns.items()
    ]
