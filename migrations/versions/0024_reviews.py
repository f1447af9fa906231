"""Reviews of collected lines; followers who want a shop's news; three kinds of news and their
topic.
"""

import re
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024_reviews"
down_revision = "0023_cases"
branch_labels = None
depends_on = None

KINDS = ("shop_reviewed", "shop_answered", "shop_news")
TOPICS = ("followed",)
CHECKS = (
    ("notices", "notice_kind", "kind", KINDS),
    ("tellings", "telling_kind", "kind", KINDS),
    ("notices", "notice_topic", "topic", TOPICS),
    ("notice_wishes", "wish_topic", "topic", TOPICS),
)
SHOWINGS = ("shown", "held", "hidden")
BLIND, WRITABLE = timedelta(days=7), timedelta(days=60)


def upgrade() -> None:
    """Make the table, and write the right to review down for what was collected lately."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("showing", _showing("review_showing"), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("word_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("word_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer_showing", _showing("answer_showing"), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars")),
        sa.CheckConstraint(
            "(stars IS NULL) = (wrote_at IS NULL)", name=op.f("ck_reviews_written_whole")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_reviews_{column}_{table}")
            )
            for column, table in (
                ("merchant_id", "merchants"),
                ("listing_id", "listings"),
                ("person_id", "users"),
                ("word_by_id", "users"),
                ("answered_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("line_id", name=op.f("uq_reviews_line_id")),
    )
    op.create_index("ix_reviews_merchant", "reviews", ["merchant_id", "wrote_at", "id"])
    op.create_index("ix_reviews_listing", "reviews", ["listing_id", "wrote_at", "id"])
    op.create_index("ix_reviews_window", "reviews", ["merchant_id", "opens_at"])
    op.create_index("ix_reviews_order", "reviews", ["order_id"])
    op.create_index("ix_reviews_person", "reviews", ["person_id", "id"])
    _write_rights()
    news = sa.Column("wants_news", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("thread_follows", news)
    for table, name, column, added in CHECKS:
        known = _known(table, name)
        _allow(table, name, column, [*known, *(one for one in added if one not in known)])


def downgrade() -> None:
    """Forget reviews, who wants news of shops, and that news."""
    for table, name, column, added in CHECKS:
        op.execute(
            sa.text(f"DELETE FROM {table} WHERE {column} IN :gone").bindparams(  # noqa: S608 - our own names
                sa.bindparam("gone", added, expanding=True)
            )
        )
        _allow(table, name, column, [one for one in _known(table, name) if one not in added])
    op.drop_column("thread_follows", "wants_news")
    op.drop_table("reviews")


def _showing(name: str) -> sa.Enum:
    return sa.Enum(*SHOWINGS, name=name, native_enum=False, create_constraint=True, length=40)


def _known(table: str, name: str) -> list[str]:
    """Return what the table allows now, whatever other steps added before."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    [text] = [check["sqltext"] for check in found if check["name"] == f"ck_{table}_{name}"]
    return re.findall(r"'([a-z_]+)'", text)


def _allow(table: str, name: str, column: str, values: list[str]) -> None:
    full = f"ck_{table}_{name}"
    condition = "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(full), type_="check")
        batch.create_check_constraint(op.f(full), condition)


def _write_rights() -> None:
    """What a member collected within the time for writing may be reviewed, once a line."""
    moment = sa.DateTime(timezone=True)
    lines = sa.table("order_lines", *map(sa.column, ("id", "order_id", "listing_id", "name_zh")))
    lines.append_column(sa.column("name_en"))
    lines.append_column(sa.column("handed_over"))
    orders = sa.table("orders", *map(sa.column, ("id", "merchant_id", "person_id")))
    hands = sa.table(
        "hand_overs", sa.column("order_id"), sa.column("at", moment), sa.column("undone_at")
    )
    bind = op.get_bind()
    latest = bind.scalar(sa.select(sa.func.max(hands.c.at, type_=moment)))
    if latest is None:
        return
    last = (
        sa.select(hands.c.order_id, sa.func.max(hands.c.at, type_=moment).label("at"))
        .where(hands.c.undone_at.is_(None), hands.c.at > latest - WRITABLE)
        .group_by(hands.c.order_id)
        .subquery()
    )
    found = (
        sa.select(
            lines.c.id, lines.c.order_id, orders.c.merchant_id, lines.c.listing_id,
            orders.c.person_id, lines.c.name_zh, lines.c.name_en, last.c.at,
        )
        .join_from(lines, orders, orders.c.id == lines.c.order_id)
        .join(last, last.c.order_id == orders.c.id)
        .where(lines.c.handed_over > 0, orders.c.person_id.is_not(None))
        .order_by(lines.c.id)
    )  # fmt: skip
    names = ("line_id", "order_id", "merchant_id", "listing_id", "person_id", "name_zh", "name_en")
    plain = {"body": "", "word": "", "answer": "", "showing": "shown", "answer_showing": "shown"}
    reviews = sa.table(
        "reviews", *map(sa.column, (*names, *plain)), sa.column("earned_at", moment),
        sa.column("opens_at", moment),
    )  # fmt: skip
    for some in bind.execute(found).partitions(500):
        rows = [
            dict(zip(names, row[:7], strict=True))
            | plain
            | {"earned_at": row[7], "opens_at": row[7] + BLIND}
            for row in some
        ]
        bind.execute(sa.insert(reviews), rows)
